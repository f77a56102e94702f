// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "actuator/admitter.hpp"
#include "actuator/rules_cache.hpp"
#include "actuator/runner.hpp"
#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace primum::actuator {

struct ActuatorOptions {
    std::string database;  // path
    std::string boot_id;
    std::vector<std::string> off_switch;  // files
};

struct ActuatorHooks {
    std::function<void(std::uint64_t asker, const remedy::Reply&)> reply;
    std::function<void(const Note&)> note;
};

// Answers requests: decides for itself whether what is asked for may be done, does it at most once
// an id, and remembers.
class Actuator {
public:
    Actuator(systemd::EventLoop& loop,
             const Clock& clock,
             systemd::Manager& manager,
             RulesCache& rules,
             const ActuatorOptions& options,
             ActuatorHooks hooks);

    // Judges what an earlier run has left without an end. Call once, before requests.
    void recover() { runner_.recover(); }
    void handle(std::uint64_t asker, const remedy::Request& request);

private:
    void preflight(std::uint64_t asker, const remedy::PreflightRequest& request);
    void execute(std::uint64_t asker, const remedy::ExecuteRequest& request);
    void start(std::uint64_t asker,
               const remedy::ExecuteRequest& request,
               const Admitted& admitted);
    void settle(std::uint64_t asker, const std::string& id);
    void rollback(std::uint64_t asker, const std::string& id);
    void refuse(std::uint64_t asker, const std::string& id, Refusal code, std::string detail);
    void fail_request(std::uint64_t asker, Refusal code, std::string detail);

    const Clock& clock_;
    ActuatorHooks hooks_;
    LazyStore store_;
    Admitter admitter_;
    Runner runner_;
};

}  // namespace primum::actuator

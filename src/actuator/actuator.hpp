// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "actuator/admitter.hpp"
#include "actuator/notifier.hpp"
#include "actuator/ports.hpp"
#include "actuator/prober.hpp"
#include "actuator/rollbacks.hpp"
#include "actuator/rules_cache.hpp"
#include "actuator/runner.hpp"
#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace primum::actuator {

struct ActuatorOptions {
    std::string database;  // path
    std::string boot_id;
    std::vector<std::string> off_switch;  // files
    std::string vfs;                      // SQLite's storage layer; empty: its own
};

struct ActuatorHooks {
    std::function<void(std::uint64_t asker, const remedy::Reply&)> reply;
    std::function<void(const Note&)> note;
};

// More evidence than this within a minute is refused: whoever asks cannot fill the disk with it.
inline constexpr std::size_t max_evidence_a_minute = 12;
// More unknown ids than this within an hour are not settled, for each leaves a tombstone.
inline constexpr std::uint32_t max_buried_an_hour = 1'000;

// Answers requests: decides for itself whether what is asked for may be done, does it at most once
// an id, remembers, and takes it back.
class Actuator {
public:
    Actuator(systemd::EventLoop& loop,
             const Clock& clock,
             Ports ports,
             RulesCache& rules,
             const ActuatorOptions& options,
             ActuatorHooks hooks);

    // Judges what an earlier run has left without an end. Call once, before requests.
    void recover();
    void handle(std::uint64_t asker, const remedy::Request& request);

private:
    void preflight(std::uint64_t asker, const remedy::PreflightRequest& request);
    void execute(std::uint64_t asker, const remedy::ExecuteRequest& request);
    void start(std::uint64_t asker,
               const remedy::ExecuteRequest& request,
               const Admitted& admitted);
    void settle(std::uint64_t asker, const std::string& id);
    void rollback(std::uint64_t asker, const std::string& id);
    void evidence(std::uint64_t asker, const std::string& target);
    void pointer(std::uint64_t asker, const std::string& provider);
    void refuse(std::uint64_t asker, const std::string& id, Refusal code, std::string detail);
    void fail_request(std::uint64_t asker, Refusal code, std::string detail);
    [[nodiscard]] bool busy_with(const std::string& unit, const std::string& target) const;
    void tidy_up();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    Ports ports_;
    RulesCache& rules_;
    ActuatorHooks hooks_;
    LazyStore store_;
    Admitter admitter_;
    Runner runner_;
    Rollbacks rollbacks_;
    Prober prober_;
    Notifier notifier_;
    std::deque<Instant> evidence_taken_;
    systemd::LoopSource tidying_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace primum::actuator

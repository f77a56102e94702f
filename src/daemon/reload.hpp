// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"
#include "daemon/rules_check.hpp"
#include "rules/loader.hpp"
#include "rules/settings.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <functional>
#include <string>
#include <vector>

namespace primum::daemon {

// Reads settings and rules, first in a child process, then here, and puts them in force whole or
// not at all. One reading at a time; what is asked for meanwhile is answered by one more reading
// after it.
class Reloader {
public:
    using Answer = std::function<void(const bus::ReloadStatus&)>;

    struct Hooks {
        // A whole new rule set, free of errors and with another digest than the one in force.
        std::function<void(const rules::RulesLoad&, const rules::Settings&)> put_in_force;
        // After each reading, before it is answered.
        std::function<void(const bus::ReloadStatus&)> told;
    };

    // `program` is run for the check; `settings` is the settings file.
    Reloader(systemd::EventLoop& loop,
             const Clock& clock,
             std::string program,
             std::string settings,
             Hooks hooks);

    // Never answers from inside the call.
    void request(Answer answer);
    // Another rule set than one that was read here is in force.
    void in_force(const std::string& digest) { status_.digest = digest; }
    [[nodiscard]] bool busy() const { return check_.running() || !waiting_.empty(); }
    [[nodiscard]] const bus::ReloadStatus& status() const { return status_; }

private:
    void begin();
    void checked(CheckOutcome outcome);
    void load(bus::ReloadStatus& next);

    const Clock& clock_;
    std::string settings_;
    Hooks hooks_;
    RulesCheck check_;
    bus::ReloadStatus status_;
    std::vector<Answer> asking_;   // answered by the reading under way
    std::vector<Answer> waiting_;  // answered by the one after it
};

// The settings as they are on this host.
[[nodiscard]] rules::SettingsLoad load_settings_here(const std::string& settings);

// What --check finds: one formatted line for each error in the settings, or else in the rules.
[[nodiscard]] std::vector<std::string> check_settings_and_rules(const std::string& settings);

}  // namespace primum::daemon

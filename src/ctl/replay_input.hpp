// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"
#include "replay/recorded_events.hpp"
#include "replay/replay_error.hpp"
#include "rules/settings.hpp"

#include <primum/rules.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// What the verbs that read recordings share.
namespace primum::ctl {

// How far the reading is, in one line of the terminal.
class Progress {
public:
    // `doing`: "replaying".
    Progress(Surroundings& world, const replay::RecordedEvents& events, const char* doing)
        : world_(world), events_(events), doing_(doing) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    void show();

private:
    Surroundings& world_;
    const replay::RecordedEvents& events_;
    const char* doing_;
    std::uint64_t calls_ = 0;
    std::uint64_t shown_ = 0;
};

// Each tells its error, and gives the exit code of it.

// The settings that rules on disk are compiled under: of the file `settings`, else those recorded.
[[nodiscard]] Result<rules::Settings, Exit> settings_of(const std::string& settings,
                                                        const std::vector<std::string>& recordings,
                                                        Surroundings& world);
// Null for an empty path.
[[nodiscard]] Result<std::shared_ptr<const RuleSet>, Exit> rules_at(const std::string& path,
                                                                    const rules::Settings& settings,
                                                                    Surroundings& world);
Exit tell_replay_error(const replay::ReplayError& error, Surroundings& world);

// What was left out of what was read, a line each, and how many lines were passed over.
[[nodiscard]] std::vector<std::string> remarks_of(const replay::RecordedEvents& events);

}  // namespace primum::ctl

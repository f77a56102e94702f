// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "remedy/notify_run.hpp"
#include "remedy/snapshot_store.hpp"
#include "remedy/wire.hpp"
#include "systemd/manager.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace primum::actuator {

// Everything that the actuator asks of the world or does to it. Callbacks come once, perhaps at
// once.
struct Ports {
    using FactsDone = std::function<void(const systemd::ManagerResult<systemd::UnitFacts>&)>;
    using UnitsDone = std::function<void(const systemd::ManagerResult<std::vector<std::string>>&)>;
    using ReportDone = std::function<void(const remedy::Report&)>;
    using ProbeDone = std::function<void(const remedy::ProbeReply&)>;
    using NotifyDone = std::function<void(const remedy::NotifyReply&)>;
    using EvidenceDone = std::function<void(const remedy::EvidenceReply&)>;

    // systemd::Manager's functions of these names.
    std::function<void(const std::string& unit, FactsDone)> facts;
    std::function<void(const std::string& unit, std::uint32_t most, UnitsDone)> stopped_with;
    // remedy::make_execution, make_rollback and judge_left.
    std::function<std::unique_ptr<remedy::Execution>(remedy::Order)> execute;
    std::function<std::unique_ptr<remedy::Execution>(remedy::WayBackRecord)> roll_back;
    std::function<void(
        const remedy::Order&, const remedy::WayBackRecord&, const systemd::UnitFacts&, ReportDone)>
        judge_left;
    // remedy::take_back_preparation; empty: there is nothing to take back.
    std::function<void(const remedy::Order&)> take_back_preparation;
    // Looks at a target's unit, no longer than `within`; empty: no evidence can be had.
    std::function<void(
        const std::string& target, const std::string& unit, Duration within, EvidenceDone)>
        evidence;
    // Runs the plugin of a source of kind exec; letting go of what it gives forgets the run. `done`
    // never comes at once. Empty: none can be run.
    std::function<std::shared_ptr<void>(const SourceRule&, ProbeDone)> probe;
    // Runs the program for pages, likewise.
    std::function<std::shared_ptr<void>(remedy::NotifyOrder, NotifyDone)> notify;
    // What a provider's pointer names; empty: pointers cannot be read.
    std::function<ProviderEvent(const ProviderRule&)> pointer;
    // Of the snapshot store; empty: there is none.
    std::function<remedy::FileResult<std::string>(const std::string& path)> identify;
    std::function<remedy::FileResult<void>(const std::string& path)> tidy;
    std::function<remedy::FileResult<void>(const std::set<std::string>& needed)> collect;
};

// The real ones. The tools must outlive them.
[[nodiscard]] Ports make_ports(const remedy::Tools& tools);

}  // namespace primum::actuator

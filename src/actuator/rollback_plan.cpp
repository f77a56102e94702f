// SPDX-License-Identifier: MIT
#include "actuator/rollback_plan.hpp"

#include <primum/names.hpp>

#include <utility>
#include <variant>

namespace primum::actuator {
namespace {

constexpr Duration default_timeout = std::chrono::seconds{90};

RollbackRest over(RollbackState state, Refusal code, std::string detail) {
    RollbackRest rest;
    rest.end = {state, code, std::move(detail), {}};
    return rest;
}

RollbackRest then_of(const remedy::WayBackRecord& way_back,
                     const StoredRollback& rollback,
                     const systemd::ManagerResult<systemd::UnitFacts>& unit,
                     const std::string& boot_id) {
    if (way_back.then == Then::nothing) {
        return over(RollbackState::done, Refusal::none, "everything was back already");
    }
    RollbackRest rest;
    if (!unit.has_value() || unit->job_id != 0) {
        rest.step = RollbackRest::Step::later;
        return rest;
    }
    if (rollback.boot_id != boot_id ||
        (way_back.then == Then::restart && unit->invocation_id != rollback.invocation_before)) {
        return over(
            RollbackState::done,
            Refusal::none,
            "everything was back already, and " + way_back.unit + " has been started since");
    }
    rest.step = RollbackRest::Step::run;
    rest.way_back = way_back;
    rest.way_back.files.clear();
    return rest;
}

}  // namespace

bool told_again(const StoredRollback& rollback) {
    return rollback.state == RollbackState::done ||
           (rollback.state == RollbackState::failed && rollback.acting);
}

RollbackObjection may_roll_back(const StoredAction& action,
                                bool busy,
                                const std::string& boot_id,
                                Stamp now) {
    if (action.state == StoredState::tombstone) {
        return {Refusal::unknown_action, "no action of this id was ever started"};
    }
    if (action.state == StoredState::started) {
        return {Refusal::foreign_job, "the action is at work still; it is undone when it is over"};
    }
    if (action.refusal != Refusal::none || !action.acting) {
        return {Refusal::no_way_back, "nothing was done, so nothing is to be undone"};
    }
    if (action.way_back.empty()) {
        return {Refusal::no_way_back, std::string(name_of(action.kind)) + " has no way back"};
    }
    if (!remedy::read_way_back(action.way_back).has_value()) {
        return {Refusal::storage, "the stored way back cannot be read"};
    }
    const auto age =
        action.boot_id == boot_id ? now.t - action.started.t : now.wall - action.started.wall;
    if (age > way_back_kept) {
        return {Refusal::expired, "the way back was kept for 30 days"};
    }
    if (busy) {
        return {
            Refusal::foreign_job,
            "another action is at work on " + (action.unit.empty() ? action.target : action.unit)};
    }
    return {};
}

Duration timeout_of(const remedy::WayBackRecord& way_back, const StoredAction& action) {
    return way_back.timeout > Duration{0} ? way_back.timeout
           : action.timeout > Duration{0} ? action.timeout
                                          : default_timeout;
}

RollbackRest rest_of(const remedy::WayBackRecord& way_back,
                     const StoredRollback& rollback,
                     const Ports& ports,
                     const systemd::ManagerResult<systemd::UnitFacts>& unit,
                     const std::string& boot_id) {
    if (!std::holds_alternative<std::monostate>(way_back.call)) {
        return over(RollbackState::failed,
                    Refusal::undone_before,
                    "in doubt: the actuator ended while the undo was made, and it is not made "
                    "a second time");
    }
    RollbackRest rest;
    rest.way_back = way_back;
    rest.way_back.files.clear();
    for (const auto& file : way_back.files) {
        const auto now = ports.identify(file.path);
        if (!now.has_value() || *now != file.before) {
            rest.way_back.files.push_back(file);
        } else if (ports.tidy) {
            static_cast<void>(ports.tidy(file.path));  // what its swap left; no harm if it stays
        }
    }
    if (rest.way_back.files.empty()) {
        return then_of(way_back, rollback, unit, boot_id);
    }
    rest.step = RollbackRest::Step::run;
    return rest;
}

}  // namespace primum::actuator

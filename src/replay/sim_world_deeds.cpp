// SPDX-License-Identifier: MIT
// What a timeline does to a world.
#include "replay/sim_world.hpp"

#include <algorithm>
#include <utility>

namespace primum::replay {
namespace {

constexpr std::uint64_t draw_hands = 8;
constexpr std::uint32_t all_indicators = UINT32_MAX;
// From info to critical.
constexpr std::int64_t leak_steps = 3;

bool lasts(DeedKind kind) {
    switch (kind) {
        case DeedKind::lies:
        case DeedKind::source_fails:
        case DeedKind::source_silent:
        case DeedKind::source_nan:
        case DeedKind::preflight:
        case DeedKind::course:
        case DeedKind::way_back:
        case DeedKind::ledger:
        case DeedKind::off_switch:
        case DeedKind::busy:
        case DeedKind::candidate:
            return true;
        default:
            return false;
    }
}

}  // namespace

void SimWorld::perform(std::uint32_t index) {
    const Deed& deed = timeline_.deeds[index];
    const bool passes = deed.kind == DeedKind::falls_ill || deed.kind == DeedKind::unit_fails;
    if (lasts(deed.kind) || (passes && deed.length > Duration::zero())) {
        add(Due::deed_ends, deed.length, index);
    }
    if (deed.kind == DeedKind::tool) {
        return use_tool(index);
    }
    switch (deed.kind) {
        case DeedKind::falls_ill:
        case DeedKind::unit_fails:
        case DeedKind::leaks:
        case DeedKind::recovers:
        case DeedKind::lies:
        case DeedKind::remedy:
        case DeedKind::person:
            return deed.who < patients_.size() ? perform_on_target(deed) : void();
        case DeedKind::candidate:
        case DeedKind::points:
        case DeedKind::mark:
            return perform_on_provider(deed);
        default:
            return perform_on_host(deed);
    }
}

void SimWorld::perform_on_target(const Deed& deed) {
    Patient& patient = patients_[deed.who];
    switch (deed.kind) {
        case DeedKind::falls_ill: {
            const auto mask = static_cast<std::uint32_t>(deed.a >> 8U);
            patient.mask = mask == 0 ? all_indicators : mask;
            return fall_ill(deed.who, static_cast<Severity>(deed.a & 0xff), deed.b);
        }
        case DeedKind::unit_fails:
            fall_ill(deed.who, Severity::critical, deed.b);
            if (patient.unit) {
                patient.down = true;
                Unit& unit = units_[*patient.unit];
                unit.tries = static_cast<std::uint32_t>(deed.a);
                unit.state.restart = deed.a > 0 ? "on-failure" : "no";
                unit.state.restart_delay = std::chrono::seconds{5};
                if (unit.state.active_state == "active" && unit.job == 0) {
                    fail_unit(*patient.unit);
                }
            }
            return;
        case DeedKind::leaks:
            patient.mask = all_indicators;
            fall_ill(deed.who, Severity::info, deed.b);
            patient.leak_step = deed.length / leak_steps;
            return add(Due::leak, patient.leak_step, deed.who, patient.generation);
        case DeedKind::recovers:
            return recover(deed.who);
        case DeedKind::lies:
            patient.lie = static_cast<Severity>(deed.a);
            patient.lying = deed.b;
            return;
        case DeedKind::remedy:
            patient.remedies[static_cast<std::size_t>(deed.a) % level_count] =
                static_cast<SimEffect>(deed.b);
            return;
        default: {
            SimRng rng =
                SimRng::of(seed_, draw_hands, static_cast<std::uint64_t>(to_us(stamp().t)));
            const Duration takes =
                rng.one_in(2) ? Duration{0} : Duration{rng.between(1'000, 20'000'000)};
            return hand(deed.who, static_cast<SimHand>(deed.a), takes);
        }
    }
}

void SimWorld::perform_on_host(const Deed& deed) {
    const bool is_source = deed.who < sources_.size();
    switch (deed.kind) {
        case DeedKind::source_fails:
            sources_[is_source ? deed.who : 0].failing += is_source ? 1 : 0;
            return;
        case DeedKind::source_silent:
            sources_[is_source ? deed.who : 0].silent += is_source ? 1 : 0;
            return;
        case DeedKind::source_nan:
            sources_[is_source ? deed.who : 0].nan += is_source ? 1 : 0;
            return;
        case DeedKind::preflight:
            answers_ = static_cast<SimAnswer>(deed.a);
            return;
        case DeedKind::course:
            course_ = static_cast<SimCourse>(deed.a);
            return;
        case DeedKind::way_back:
            way_back_ = static_cast<SimBack>(deed.a);
            return;
        case DeedKind::ledger:
            return set_disk(static_cast<SimDisk>(deed.a));
        case DeedKind::command:
            return command(deed);
        case DeedKind::off_switch:
            off_ = true;
            return send(HostEvent{HostChange::off_switch, true, false, "/run/primum/disabled"});
        case DeedKind::wall_jump:
            wall_shift_ += Duration{deed.a};
            wall_is_true_ = false;
            return send(HostEvent{HostChange::clock_jumped, off_, busy_, "set by somebody"});
        case DeedKind::suspend:
            asleep_ += deed.length;
            return send(HostEvent{HostChange::resumed, off_, busy_, ""});
        case DeedKind::busy:
            busy_ = true;
            return send(HostEvent{HostChange::busy, off_, true, "package manager"});
        case DeedKind::reload:
            if (!reloads_.empty()) {
                rules_ = reloads_[static_cast<std::size_t>(deed.a) % reloads_.size()];
                send(RulesEvent{rules_->digest, "", rules_});
            }
            return;
        case DeedKind::crash:
            if (engine_ && crash_in_ == 0) {
                crash_in_ = deed.a + 1;
                crash_how_ = static_cast<SimCrash>(deed.b);
                crash_length_ = deed.length;
            }
            return;
        default:
            return;
    }
}

// What overlaps ends with the first that ends.
void SimWorld::end_deed(std::uint32_t index) {
    const Deed& deed = timeline_.deeds[index];
    const auto ends = [&](std::uint32_t& count) { count -= count > 0 ? 1 : 0; };
    switch (deed.kind) {
        case DeedKind::falls_ill:
        case DeedKind::unit_fails:
            return recover(deed.who);
        case DeedKind::candidate:
            return end_candidate(deed);
        case DeedKind::lies:
            patients_[deed.who].lie = Severity::unknown;
            return;
        case DeedKind::source_fails:
            return deed.who < sources_.size() ? ends(sources_[deed.who].failing) : void();
        case DeedKind::source_silent:
            return deed.who < sources_.size() ? ends(sources_[deed.who].silent) : void();
        case DeedKind::source_nan:
            return deed.who < sources_.size() ? ends(sources_[deed.who].nan) : void();
        case DeedKind::preflight:
            answers_ = SimAnswer::can;
            return;
        case DeedKind::course:
            course_ = SimCourse::done;
            return;
        case DeedKind::way_back:
            way_back_ = SimBack::rolled_back;
            return;
        case DeedKind::ledger:
            return set_disk(SimDisk::writes);
        case DeedKind::off_switch:
            off_ = false;
            return send(HostEvent{HostChange::off_switch, false, false, ""});
        case DeedKind::busy:
            busy_ = false;
            return send(HostEvent{HostChange::busy, off_, false, ""});
        default:
            return;
    }
}

void SimWorld::command(const Deed& deed) {
    OperatorEvent command;
    command.ticket = next_ticket_++;
    command.verb = static_cast<OperatorVerb>(deed.a);
    const bool all = deed.b != 0 || deed.who >= patients_.size();
    command.target = all ? std::string{} : exhibit_.rules->targets[deed.who].name;
    command.incident = newest_incident_;
    command.action = action_id(newest_action_);
    command.length = deed.length;
    if (command.verb == OperatorVerb::force) {  // each rung in turn
        constexpr auto rungs = level_count - index_of(Level::retry);
        command.level = static_cast<Level>(index_of(Level::retry) + command.ticket % rungs);
    } else if (command.verb == OperatorVerb::label) {
        command.label = ActionLabel::justified;
    }
    command.reason = "as the timeline says";
    send(std::move(command));
}

// Another tool that restarts the unit, needed or not.
void SimWorld::use_tool(std::uint32_t index) {
    const Deed& deed = timeline_.deeds[index];
    if (elapsed_ >= deed.at + deed.length || deed.who >= patients_.size() || deed.b <= 0) {
        return;
    }
    hand(deed.who, SimHand::restart, Duration{0});
    add(Due::tool, Duration{deed.b}, index);
}

}  // namespace primum::replay

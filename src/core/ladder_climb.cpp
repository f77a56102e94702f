// SPDX-License-Identifier: MIT
// Up the ladder: waiting for a time, a condition or a guard, and leaving a rung that is spent.
#include "core/ladder.hpp"
#include "core/text.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

constexpr std::array climbing{
    Level::observe, Level::retry, Level::failover, Level::restart, Level::fallback};

// The rungs above `level`, lowest first.
std::vector<Level> above(Level level) {
    std::vector<Level> levels;
    std::copy_if(climbing.begin(), climbing.end(), std::back_inserter(levels), [&](Level each) {
        return each > level;
    });
    return levels;
}

std::string condition_text(const RungRule& rung) {
    return std::string{name_of(rung.when)} + " on " + std::to_string(rung.indicators) +
           (rung.indicators == 1 ? " indicator" : " indicators");
}

}  // namespace

bool Ladder::step_waiting() {
    if (recovered()) {
        begin_soak(Trigger::got_well, "recovered_alone");
        return true;
    }
    if (target_.forcing) {
        return step_forcing();
    }
    const Level level = target_.level;
    if (target_.spent(level)) {
        return climb();
    }
    const RungRule& rung = target_.rung(level);
    if (!rung.named) {
        mark_spent(level, DecisionKind::spent, "unnamed");
        return true;
    }
    const Condition condition = target_.condition_of(level);
    auto& since = target_.condition_since[index_of(level)];
    if (condition == Condition::no) {
        since.reset();
        wait_no_more();
        return wait_for_condition(rung);
    }
    if (!since) {
        if (condition == Condition::undecidable) {
            return wait_for_condition(rung);
        }
        since = world_.now.t;
    }
    target_.stuck_since.reset();
    const Instant ready_at = std::max(target_.rung_entered, *since) + rung.dwell;
    if (world_.now.t < ready_at) {
        need_at(ready_at);
        return false;
    }
    if (rung.remedies.empty()) {
        mark_spent(level, DecisionKind::spent, "no_remedy");
        return true;
    }
    if (is_only_observed()) {  // a person's force brought it here
        return false;
    }
    if (attempts(is_dry_run())[index_of(level)] >= rung.attempts) {
        mark_spent(level, DecisionKind::spent, "attempts_used");
        return true;
    }
    if (!next_remedy()) {
        mark_spent(level, DecisionKind::passed_over, "demoted", "no remedy of it beats waiting");
        return true;
    }
    return want_action();
}

// A rung is left only upwards, only when spent, and only into the condition of the next named one;
// those between are recorded as spent on the way.
bool Ladder::climb() {
    if (is_only_observed()) {
        return false;
    }
    const auto higher = above(target_.level);
    const auto next = std::find_if(
        higher.begin(), higher.end(), [&](Level each) { return target_.rung(each).named; });
    if (next == higher.end()) {
        const auto all = above(Level::observe);
        const bool has_ladder = std::any_of(
            all.begin(), all.end(), [&](Level each) { return target_.rung(each).named; });
        if (!has_ladder) {
            return false;
        }
        for (const Level level : higher) {
            mark_spent(level, DecisionKind::spent, "unnamed");
        }
        exhaust(Trigger::gave_up, "ladder_spent", "every rung has been tried");
        return true;
    }
    if (target_.condition_of(*next) != Condition::yes) {
        wait_no_more();
        return wait_for_condition(target_.rung(*next));
    }
    if (const auto frozen = frozen_by_flapping(world_, target_)) {
        return held_back(*frozen);
    }
    for (const Level level : higher) {
        enter(level, "condition_met");
        if (level == *next) {
            break;
        }
        mark_spent(level, DecisionKind::spent, "unnamed");
    }
    return true;
}

// Ill, but not as the next rung wants it: after max_wait a person is told, once.
bool Ladder::wait_for_condition(const RungRule& wanted) {
    if (!target_.stuck_since) {
        target_.stuck_since = world_.now.t;
    }
    const Instant stalled_at = *target_.stuck_since + wanted.max_wait;
    if (world_.now.t < stalled_at) {
        need_at(stalled_at);
        return false;
    }
    const auto bit = 1U << static_cast<unsigned>(PageKind::stalled);
    if ((target_.incident->paged & bit) == 0) {
        const std::string text = "ill for " + duration_text(wanted.max_wait) + " without meeting " +
                                 condition_text(wanted);
        decide(DecisionKind::stalled, "stalled", text);
        if (is_for_real()) {
            page(PageKind::stalled, "stalled", text);
        }
        target_.incident->paged |= bit;
    }
    return false;
}

bool Ladder::want_action() {
    const GuardReport report = ask_guards(world_, target_, target_.level);
    if (report.veto && *report.veto != Guard::dry_run) {
        return held_back(report);
    }
    target_.held_back.reset();
    const RungRule& rung = target_.rung(target_.level);
    const std::uint32_t index = *next_remedy();
    std::string candidate;
    if (!choose(rung.remedies[index], candidate)) {
        return true;
    }
    Asking asking{world_.next_ticket++, index, world_.now.t + preflight_patience, candidate};
    world_.emit(AskPreflight{asking.ticket,
                             name(),
                             target_.rule->unit,
                             target_.level,
                             index,
                             candidate,
                             rung.remedies[index].plan_digest,
                             is_dry_run()});
    target_.asking = std::move(asking);
    go(Trigger::guards_passed);
    return true;
}

// A guard vetoes: the rung is waited for, never skipped; a person is called when that takes longer
// than max_wait for a reason that is not a person's own doing.
bool Ladder::held_back(const GuardReport& report) {
    const Guard guard = *report.veto;
    std::string detail;
    for (const GuardVerdict& verdict : report.verdicts) {
        if (verdict.guard == guard) {
            detail = verdict.detail;
        }
    }
    decide(DecisionKind::waited, std::string{name_of(guard)}, detail, report.verdicts);
    if (report.look_again) {
        need_at(*report.look_again);
    }
    if (guard == Guard::held || guard == Guard::disabled || guard == Guard::breaker) {
        wait_no_more();
        return false;
    }
    if (!target_.waiting_since) {
        target_.waiting_since = world_.now.t;
        target_.incident->held_back_since = world_.now;
    }
    const Instant gives_up_at = *target_.waiting_since + target_.rung(target_.level).max_wait;
    if (world_.now.t < gives_up_at) {
        need_at(gives_up_at);
        return false;
    }
    exhaust(Trigger::gave_up, std::string{name_of(guard)}, "held back for too long: " + detail);
    return true;
}

}  // namespace primum::core

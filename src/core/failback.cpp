// SPDX-License-Identifier: MIT
#include "core/failback.hpp"

#include "core/guards.hpp"
#include "core/provider_book.hpp"
#include "core/text.hpp"
#include "core/way_back.hpp"

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

FailbackPlan none(std::string words) {
    return {nullptr, std::nullopt, std::move(words)};
}

// The failback stands among the intents that budgets count: it moves the pointer as one does.
void count_failback(World& world, const Away& away) {
    RememberedAction counted;
    counted.id = failback_id(away.action);
    counted.target = away.target;
    counted.level = away.level;
    counted.intended = world.now.t;
    counted.started = world.now.t;
    counted.failback = true;
    world.actions.add(world.now.t, std::move(counted));
}

void begin_failback(World& world,
                    const ProviderState& provider,
                    const FailbackPlan& plan,
                    GuardReport report) {
    const Away& away = *plan.away;
    AskedBack asked;
    asked.action = away.action;
    asked.incident = away.incident;
    asked.target = away.target;
    asked.level = away.level;
    asked.code = failback_code;
    asked.reason = "back to " + away.from + " (" + provider.states_text() + ")";
    asked.guards = std::move(report.verdicts);
    asked.answer_by = world.now.t + undo_patience;
    count_failback(world, away);
    ask_back(world, std::move(asked));
}

}  // namespace

std::optional<Duration> failback_wait(const ProviderState& provider, const Candidate& candidate) {
    const auto& after = provider.rule->failback_after;
    if (!after) {
        return std::nullopt;
    }
    Duration wait = *after;
    for (std::uint32_t i = 0; i < candidate.fell_again && wait < max_failback_wait; ++i) {
        wait *= 2;
    }
    return std::max(*after, std::min(wait, max_failback_wait));
}

FailbackPlan plan_failback(const ProviderState& provider, Instant now) {
    if (!provider.current) {
        return none("what its pointer names is not known yet");
    }
    const Candidate* present = provider.current_one();
    if (present == nullptr) {
        return none("nothing: its pointer names none of its candidates");
    }
    if (present == &provider.candidates.front()) {
        return none("nothing: the preferred candidate is in use");
    }
    if (provider.away.empty() || provider.away.back().to != present->name) {
        return none("nothing: no failover of primum's led to " + present->name);
    }
    const Away& away = provider.away.back();
    const Candidate* back = provider.find(away.from);
    if (back == nullptr || back > present) {
        return none("nothing: the failover led here from what is not preferred to it");
    }
    const std::string command = "primumctl rollback " + away.action + " --reason \"...\"";
    if (now - away.intended >= way_back_kept) {
        return none("nothing: the way back to " + back->name + " has expired");
    }
    if (away.stuck) {
        return none("a person is needed: the way back to " + back->name + " could not be taken");
    }
    const auto wait = failback_wait(provider, *back);
    if (!wait) {
        return none("back to " + back->name + " by hand: " + command);
    }
    FailbackPlan plan;
    plan.away = &away;
    plan.words =
        "back to " + back->name + " once it has been healthy for " + duration_text(*wait) +
        (back->fell_again > 0 ? ", for it fell again " + std::to_string(back->fell_again) + "x"
                              : "");
    if (back->state == CandidateState::healthy && back->healthy_since) {
        plan.due = *back->healthy_since + *wait;
    }
    return plan;
}

std::optional<Instant> consider_failback(World& world, ProviderState& provider) {
    const Instant now = world.now.t;
    const FailbackPlan plan = plan_failback(provider, now);
    if (plan.away == nullptr || !plan.due || world.asked_back.contains(plan.away->action)) {
        return std::nullopt;
    }
    if (now < *plan.due) {
        return plan.due;
    }
    if (world.asked_back.size() >= max_asked_back || is_moving(world, provider)) {
        return now + pointer_period;
    }
    GuardReport report = ask_failback_guards(world, *plan.away, provider.users);
    if (report.veto) {
        const Instant again = now + pointer_period;
        return report.look_again && *report.look_again > now ? std::min(*report.look_again, again)
                                                             : again;
    }
    begin_failback(world, provider, plan, std::move(report));
    return std::nullopt;
}

}  // namespace primum::core

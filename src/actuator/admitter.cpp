// SPDX-License-Identifier: MIT
#include "actuator/admitter.hpp"

#include "actuator/memory.hpp"
#include "actuator/off_switch.hpp"
#include "rules/trust.hpp"

#include <utility>

namespace primum::actuator {
namespace {

// Rules are let go of when nobody has asked for so long.
constexpr Duration rules_idle = std::chrono::minutes{10};
// More than any rule allows to go down with a unit; a longer list is not read to its end.
constexpr std::uint32_t most_units = 256;

Answer not_now(Refusal code, std::string detail) {
    return {Preflight::not_now, code, std::move(detail)};
}

Answer no_answer(const systemd::ManagerError& error) {
    return not_now(Refusal::bus, "systemd did not answer: " + error.message);
}

Duration window_of(const std::optional<Budget>& budget) {
    return budget.has_value() ? budget->per : Duration{0};
}

StoreResult<Used> count_used(ActionStore& store, const Ask& ask, const RuleSet& rules, Stamp now) {
    const auto& settings = rules.settings;
    const auto* target = find_plan(ask, rules).target;
    const auto hour = store.count(std::chrono::hours{1}, now, {}, {});
    const auto host = store.count(settings.host.per, now, {}, {});
    const auto level =
        store.count(window_of(settings.per_level[index_of(ask.level)]), now, {}, ask.level);
    const auto own = store.count(
        target != nullptr ? window_of(target->budget) : Duration{0}, now, ask.target, {});
    for (const auto* each : {&hour, &host, &level, &own}) {
        if (!each->has_value()) {
            return fail(each->error());
        }
    }
    return Used{*hour, *host, *level, *own};
}

// What systemd was asked, and what it has answered so far.
struct Looking {
    Admitted admitted;
    UnitNeeds needs;
    std::optional<std::uint32_t> most;  // units that may go down with it
    Admitter::Done done;
    std::optional<systemd::ManagerResult<systemd::UnitFacts>> facts;
    std::optional<systemd::ManagerResult<std::vector<std::string>>> units;
};

}  // namespace

struct Admitter::State : std::enable_shared_from_this<State> {
    State(Parts with, std::vector<std::string> files) : parts(with), off_switch(std::move(files)) {}

    Answer admit_ask(const Ask& ask, std::shared_ptr<const RuleSet>& rules);
    Answer admit_files(const Plan& plan, Admitted& admitted);
    void look_at_unit(const std::string& unit, const std::shared_ptr<Looking>& looking);
    void conclude(const std::shared_ptr<Looking>& looking);
    std::optional<OwnAction> own_action(const std::string& unit);

    Parts parts;
    std::vector<std::string> off_switch;
    systemd::LoopSource release;
};

Answer Admitter::State::admit_ask(const Ask& ask, std::shared_ptr<const RuleSet>& rules) {
    release = parts.loop.at(parts.clock.now().t + rules_idle, [this] {
        parts.rules.release();
        give_back_memory();
    });
    PlanFacts facts;
    const auto read = parts.rules.get();
    if (read.has_value()) {
        rules = *read;
        facts.rules = rules.get();
    } else {
        facts.rules_trouble = read.error().message;
    }
    const auto off = read_off_switch(off_switch);
    facts.disabled = off.disabled;
    facts.disabled_detail = off.detail;
    const Stamp now = parts.clock.now();
    facts.now = now.t;
    facts.wall = now.wall;
    const auto store = parts.store.get();
    if (!store.has_value()) {
        return not_now(Refusal::storage, store.error().message);
    }
    // An intent is not worth making for what could not be recorded here.
    const bool only_asked = !ask.not_after.has_value() && !ask.dry_run;
    const auto probed = only_asked ? (*store)->probe() : StoreResult<void>{};
    if (!probed.has_value()) {
        return not_now(Refusal::storage, probed.error().message);
    }
    if (rules != nullptr) {
        const auto used = count_used(**store, ask, *rules, now);
        if (!used.has_value()) {
            return not_now(Refusal::storage, used.error().message);
        }
        facts.used = *used;
    }
    return admit_plan(ask, facts);
}

// Trust, and the pointer of a failover; no process is started.
Answer Admitter::State::admit_files(const Plan& plan, Admitted& admitted) {
    for (const auto& path : trusted_paths(plan)) {
        const auto trusted = rules::check_trusted(path, parts.rules.trust());
        if (!trusted.has_value()) {
            return {Preflight::cannot, Refusal::untrusted, rules::format_error(trusted.error())};
        }
    }
    if (plan.provider == nullptr) {
        return {};
    }
    admitted.provider = *plan.provider;
    if (!parts.ports.pointer) {
        return {Preflight::cannot, Refusal::not_available, "pointers cannot be read"};
    }
    admitted.current = parts.ports.pointer(*plan.provider).candidate;
    if (admitted.current == plan.candidate->name) {
        return not_now(Refusal::points_there,
                       plan.provider->name + " points at " + admitted.current + " already");
    }
    return {};
}

std::optional<OwnAction> Admitter::State::own_action(const std::string& unit) {
    const auto store = parts.store.get();
    if (!store.has_value()) {
        return std::nullopt;
    }
    const auto latest = (*store)->latest_on(unit);
    if (!latest.has_value() || !latest->has_value()) {
        return std::nullopt;
    }
    const auto& action = **latest;
    const bool over = action.state == StoredState::finished;
    return OwnAction{action.started.t, over ? action.finished.t : parts.clock.now().t};
}

// Both questions are asked at once; the unit's answer is looked at first.
void Admitter::State::look_at_unit(const std::string& unit,
                                   const std::shared_ptr<Looking>& looking) {
    const auto weak = weak_from_this();
    if (!looking->needs.restart) {
        looking->units = std::vector<std::string>{};  // nothing goes down with it
    }
    parts.ports.facts(unit,
                      [weak, looking](const systemd::ManagerResult<systemd::UnitFacts>& facts) {
                          looking->facts = facts;
                          if (const auto self = weak.lock()) {
                              self->conclude(looking);
                          }
                      });
    if (looking->units.has_value()) {
        return;
    }
    parts.ports.stopped_with(
        unit,
        most_units,
        [weak, looking](const systemd::ManagerResult<std::vector<std::string>>& units) {
            looking->units = units;
            if (const auto self = weak.lock()) {
                self->conclude(looking);
            }
        });
}

void Admitter::State::conclude(const std::shared_ptr<Looking>& looking) {
    if (!looking->facts.has_value() || !looking->units.has_value()) {
        return;
    }
    const auto& facts = *looking->facts;
    const auto& units = *looking->units;
    auto& admitted = looking->admitted;
    if (!facts.has_value()) {
        admitted.answer = no_answer(facts.error());
        looking->done(admitted);
        return;
    }
    admitted.unit = facts->id;
    admitted.invocation = facts->invocation_id;
    admitted.user = facts->user;
    admitted.answer = admit_unit(looking->needs, *facts, own_action(facts->id));
    if (admitted.answer.can() && units.has_value()) {
        admitted.blast_radius = *units;
        admitted.answer = admit_blast(*units, looking->most);
    } else if (admitted.answer.can() && units.error().name == "too_many") {
        admitted.answer = not_now(Refusal::blast_radius, units.error().message);
    } else if (admitted.answer.can()) {
        admitted.answer = no_answer(units.error());
    }
    looking->done(admitted);
}

Admitter::Admitter(Parts parts, std::vector<std::string> off_switch)
    : state_(std::make_shared<State>(parts, std::move(off_switch))) {}

Admitter::~Admitter() = default;

void Admitter::admit(const Ask& ask, bool execute, Done done) {
    auto looking = std::make_shared<Looking>();
    std::shared_ptr<const RuleSet> rules;
    looking->admitted.answer = state_->admit_ask(ask, rules);
    if (!looking->admitted.answer.can()) {
        done(looking->admitted);
        return;
    }
    const auto plan = find_plan(ask, *rules);  // there: it was admitted
    looking->needs = needs_of(*plan.remedy);
    looking->admitted.remedy = *plan.remedy;
    looking->admitted.answer = state_->admit_files(plan, looking->admitted);
    if (!looking->admitted.answer.can()) {
        done(looking->admitted);
        return;
    }
    if (execute) {
        looking->most = plan.rung->max_blast_radius;
    }
    looking->done = std::move(done);
    if (plan.target->unit.empty()) {
        looking->done(looking->admitted);
        return;
    }
    state_->look_at_unit(plan.target->unit, looking);
}

}  // namespace primum::actuator

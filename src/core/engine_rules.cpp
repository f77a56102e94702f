// SPDX-License-Identifier: MIT
// Rule sets that take effect, at the start and at a reload.
#include "core/engine_impl.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum {
namespace {

constexpr std::size_t max_farewells = 1'024;
constexpr std::size_t max_opened = 4'096;  // a quarter of what the ledger's queue holds

const TargetRule* find_rule(const RuleSet& rules, std::string_view name) {
    const auto found = std::find_if(rules.targets.begin(),
                                    rules.targets.end(),
                                    [&](const TargetRule& each) { return each.name == name; });
    return found == rules.targets.end() ? nullptr : &*found;
}

bool enforces_alike(const TargetRule& a, const TargetRule& b) {
    return a.mode == b.mode && a.enforce_up_to == b.enforce_up_to && a.in_share == b.in_share &&
           a.promoted == b.promoted;
}

}  // namespace

void Engine::Impl::take(const RulesEvent& event) {
    PRIMUM_CHECK(event.compiled != nullptr);
    if (world_.rules != nullptr && world_.rules->digest == event.compiled->digest) {
        return;
    }
    const bool is_start = world_.rules == nullptr;
    world_.rules = event.compiled;
    apply_sources(*event.compiled);
    apply_targets(event.compiled, is_start);
    apply_providers(event.compiled);
    if (restored_) {
        restore_holds();
        restore_baselines();
        restore_providers();
        restore_actions();
        restore_relapses();
        restore_breakers();
        restore_precision();
        restore_incidents();
        restored_.reset();
        undoing_.clear();
    }
    open_counts();
    for (const auto& [name, target] : targets_) {
        judge_unit(*target);
    }
    for (const auto& [name, source] : sources_) {
        wake_source(*source);
    }
    world_.look_at_all_ill();
    look_at_changed();
}

void Engine::Impl::apply_sources(const RuleSet& rules) {
    std::erase_if(sources_, [&](const auto& entry) {
        SourceState& source = *entry.second;
        const bool stays =
            std::any_of(rules.sources.begin(), rules.sources.end(), [&](const SourceRule& each) {
                return each.name == source.rule.name;
            });
        if (!stays) {
            close_source_incident(source, "abandoned");
            source_by_key_.erase(source.key);
            world_.deadlines.forget(source.key);
        }
        return !stays;
    });
    for (const SourceRule& rule : rules.sources) {
        const auto known = sources_.find(rule.name);
        if (known != sources_.end()) {
            known->second->rule = rule;
            continue;
        }
        auto source = std::make_unique<SourceState>(next_key_++, rule);
        source_by_key_[source->key] = source.get();
        sources_.emplace(rule.name, std::move(source));
    }
}

void Engine::Impl::apply_targets(const std::shared_ptr<const RuleSet>& rules, bool is_start) {
    for (const auto& [name, target] : targets_) {
        if (find_rule(*rules, name) == nullptr) {
            ladder(*target).abandon();
            world_.changed.insert(target->key);
        }
    }
    targets_by_unit_.clear();
    for (const TargetRule& rule : rules->targets) {
        const auto known = targets_.find(rule.name);
        if (known == targets_.end()) {
            add_target(rules, rule);
        } else if (known->second->rule->digest == rule.digest && !known->second->gone) {
            rebind_target(*known->second, rules, rule);
        } else {
            change_target(*known->second, rules, rule);
        }
    }
    index_units();
    if (is_start) {
        for (const auto& [name, target] : targets_) {
            target->warm_up_until = world_.now.t + target->rule->warm_up;
        }
    }
    take_census();
}

// Also those that are gone: an action under way is still to be verified.
void Engine::Impl::index_units() {
    for (const auto& [name, target] : targets_) {
        if (!target->rule->unit.empty()) {
            targets_by_unit_.emplace(target->rule->unit, target.get());
        }
    }
}

void Engine::Impl::take_census() {
    std::vector<core::HealthCensus::Member> members;
    for (const auto& [name, target] : targets_) {
        if (!target->gone) {
            members.push_back({target->key, name, &target->rule->depends_on, target->health});
        }
    }
    world_.census.take(members);
}

// From when on each rung has meant what it means. So many rows at once that the ledger takes them;
// the others are made when something is to be counted.
void Engine::Impl::open_counts() {
    if (world_.precision.full()) {
        world_.precision.keep_only(
            [&](const std::string& target) { return targets_.contains(target); });
    }
    std::size_t opened = 0;
    for (const auto& [name, target] : targets_) {
        for (std::size_t i = index_of(Level::observe); i < level_count && !target->gone; ++i) {
            const auto level = static_cast<Level>(i);
            if (opened == max_opened || !core::is_counted(*target->rule, level)) {
                continue;
            }
            if (auto row =
                    world_.precision.open(*target->rule, level, world_.next_action, world_.now)) {
                world_.record(std::move(*row));
                ++opened;
            }
        }
    }
}

void Engine::Impl::add_target(const std::shared_ptr<const RuleSet>& rules, const TargetRule& rule) {
    auto target = std::make_unique<TargetState>(next_key_++, rules, rule, world_.limits);
    target->warm_up_until = world_.now.t + rule.warm_up;
    target_by_key_[target->key] = target.get();
    world_.targets[rule.name] = target.get();
    if (const auto before = farewells_.find(rule.name); before != farewells_.end()) {
        target->last_closed = std::move(before->second);
        farewells_.erase(before);
    }
    TargetState& added = *target;
    targets_.emplace(rule.name, std::move(target));
    listen(added);
}

void Engine::Impl::listen(TargetState& target) {
    for (std::size_t i = 0; i < target.indicators.size(); ++i) {
        const IndicatorRule& indicator = target.rule->indicators[i];
        if (indicator.kind != ValueKind::unit_state) {
            const std::string& source = target.rules->sources[indicator.source].name;
            sources_.find(source)->second->add_listener({&target, i});
        }
    }
}

// The same meaning, compiled anew: everything known of the target stays. Plans not yet started are
// dropped where something else is enforced.
void Engine::Impl::rebind_target(TargetState& target,
                                 const std::shared_ptr<const RuleSet>& rules,
                                 const TargetRule& rule) {
    if (!enforces_alike(*target.rule, rule)) {
        ladder(target).drop_plans();
        world_.changed.insert(target.key);
    }
    target.rule = &rule;
    for (std::size_t i = 0; i < target.indicators.size(); ++i) {
        target.indicators[i].rebind(rule.indicators[i]);
    }
    target.rules = rules;
}

// Another meaning: its evidence is gathered anew, plans not yet started are dropped, and it warms
// up. Its incident, its level and an action under way stay.
void Engine::Impl::change_target(TargetState& target,
                                 const std::shared_ptr<const RuleSet>& rules,
                                 const TargetRule& rule) {
    for (const auto& [name, source] : sources_) {
        source->remove_listeners(target);
    }
    ladder(target).drop_plans();
    TargetState fresh{target.key, rules, rule, world_.limits};
    target.gone = false;
    target.rule = fresh.rule;
    target.rules = rules;
    target.indicators = std::move(fresh.indicators);
    target.was_ill.assign(target.indicators.size(), target.incident.has_value());
    target.flapping = fresh.flapping;
    target.condition_since.fill(std::nullopt);
    target.warm_up_until = world_.now.t + rule.warm_up;
    listen(target);
    world_.changed.insert(target.key);
}

void Engine::Impl::remove_gone() {
    world_.any_gone = false;
    std::erase_if(targets_, [&](const auto& entry) {
        TargetState& target = *entry.second;
        if (!target.gone || target.incident) {
            world_.any_gone = world_.any_gone || target.gone;
            return false;
        }
        for (const auto& [name, source] : sources_) {
            source->remove_listeners(target);
        }
        if (target.last_closed && farewells_.size() < max_farewells) {
            farewells_[target.rule->name] = std::move(*target.last_closed);
        }
        target_by_key_.erase(target.key);
        world_.targets.erase(target.rule->name);
        world_.deadlines.forget(target.key);
        std::erase_if(targets_by_unit_,
                      [&](const auto& watched) { return watched.second == &target; });
        return true;
    });
}

}  // namespace primum

// SPDX-License-Identifier: MIT
#include "core/health_census.hpp"

#include "core/target_state.hpp"
#include "core/world.hpp"

#include <optional>
#include <utility>

namespace primum::core {

void HealthCensus::take(const std::vector<Member>& members) {
    const std::map<Key, Entry> before = std::exchange(entries_, {});
    ill_ = known_ = 0;
    std::map<std::string, Key> by_name;
    for (const Member& member : members) {
        Entry& entry = entries_[member.key];
        entry.health = member.health;
        const auto known = before.find(member.key);
        entry.explained = known != before.end() && known->second.explained;
        by_name[member.name] = member.key;
    }
    for (const Member& member : members) {
        for (const std::string& name : *member.depends_on) {
            const auto dependency = by_name.find(name);
            if (dependency == by_name.end()) {
                continue;
            }
            Entry& entry = entries_.at(dependency->second);
            entry.dependants.push_back(member.key);
            entries_.at(member.key).ill_dependencies += entry.health == TargetHealth::ill ? 1 : 0;
        }
    }
    for (auto& [key, entry] : entries_) {
        explain(entry);
        count(entry, true);
    }
}

bool HealthCensus::note(Key key, TargetHealth health) {
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.health == health) {
        return false;
    }
    const bool before = common_cause();
    Entry& entry = found->second;
    const bool was_ill = entry.health == TargetHealth::ill;
    count(entry, false);
    entry.health = health;
    explain(entry);
    count(entry, true);
    if (was_ill != (health == TargetHealth::ill)) {
        for (const Key each : entry.dependants) {
            Entry& dependant = entries_.at(each);
            count(dependant, false);
            dependant.ill_dependencies += was_ill ? -1U : 1U;
            explain(dependant);
            count(dependant, true);
        }
    }
    return common_cause() != before;
}

const std::vector<HealthCensus::Key>& HealthCensus::dependants(Key key) const {
    static const std::vector<Key> nobody;
    const auto found = entries_.find(key);
    return found == entries_.end() ? nobody : found->second.dependants;
}

void HealthCensus::explain(Entry& entry) {
    if (entry.health == TargetHealth::well) {
        entry.explained = false;
    } else if (entry.health == TargetHealth::ill && entry.ill_dependencies > 0) {
        entry.explained = true;
    }
}

void HealthCensus::count(const Entry& entry, bool add) {
    const bool is_ill = entry.health == TargetHealth::ill && !entry.explained;
    const std::uint32_t step = add ? 1U : -1U;
    ill_ += is_ill ? step : 0;
    known_ += is_ill || entry.health == TargetHealth::well ? step : 0;
}

TargetHealth health_of(const TargetState& target) {
    switch (target.condition_of(Level::observe)) {
        case Condition::yes:
            return TargetHealth::ill;
        case Condition::undecidable:
            return TargetHealth::unknown;
        case Condition::no:
            break;
    }
    return target.severity() == Severity::unknown ? TargetHealth::unknown : TargetHealth::well;
}

bool is_in_trouble(const TargetState& target) {
    const bool is_over = target.phase == Phase::soaking ||
                         (target.phase == Phase::exhausted && target.health == TargetHealth::well);
    return target.incident.has_value() && !is_over;
}

void note_health(World& world, TargetState& target) {
    const TargetHealth before = target.health;
    target.health = health_of(target);
    if (target.health != before) {
        const bool is_our_doing = target.flight && !target.flight->record.dry_run;
        const auto ill = target.health == TargetHealth::unknown
                             ? std::nullopt
                             : std::optional{target.health == TargetHealth::ill};
        target.flapping.note(world.now.t, ill, is_our_doing);
        target.changes = target.flapping.save();
    }
    if (!target.gone && world.census.note(target.key, target.health)) {
        world.look_at_all_ill();
    }
}

void note_standing(World& world, TargetState& target) {
    const bool in_trouble = is_in_trouble(target);
    if (target.was_in_trouble && !in_trouble) {
        const auto& dependants = world.census.dependants(target.key);
        world.changed.insert(dependants.begin(), dependants.end());
    }
    target.was_in_trouble = in_trouble;
}

}  // namespace primum::core

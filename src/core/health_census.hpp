// SPDX-License-Identifier: MIT
#pragma once

#include "core/deadlines.hpp"

#include <primum/time.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace primum::core {

struct TargetState;
struct World;

// Three-valued: ill is what opens an incident; unknown is what nobody can say anything about.
enum class TargetHealth : std::uint8_t { unknown, well, ill };

// How many targets are ill, and who depends on whom. Kept up to date change by change: asking
// costs nothing, a change as much as the target has dependants.
//
// Most of a host ill at once is the observer's fault or has one cause, and acting on each only
// adds to it (the field's lessons: poison-pill#61, and NVSentinel#1715, where 214 of 288 nodes
// looked ill and none was). A target that is or was ill together with what it depends on is not
// counted until it is well: that illness is explained, and what they all depend on, and then they,
// would otherwise never be helped.
class HealthCensus {
public:
    static constexpr std::uint32_t least_ill = 4;  // fewer are no crowd
    using Key = Deadlines::Key;

    struct Member {
        Key key;
        std::string name;
        const std::vector<std::string>* depends_on;
        TargetHealth health;
    };
    // All targets anew.
    void take(const std::vector<Member>& members);
    // One target's health. True when common_cause() is another now.
    bool note(Key key, TargetHealth health);

    // Whether at least least_ill targets are ill, and more than half of those about which
    // something is known.
    [[nodiscard]] bool common_cause() const { return ill_ >= least_ill && 2 * ill_ > known_; }
    [[nodiscard]] std::uint32_t ill() const { return ill_; }
    [[nodiscard]] std::uint32_t known() const { return known_; }
    [[nodiscard]] const std::vector<Key>& dependants(Key key) const;

    static void members(auto& archive, auto& it) {
        archive(it.entries_, it.ill_, it.known_);
        for (const auto& [key, entry] : it.entries_) {
            for (const Key each : entry.dependants) {
                archive.require(it.entries_.contains(each));
            }
        }
    }

private:
    struct Entry {
        TargetHealth health = TargetHealth::unknown;
        std::uint32_t ill_dependencies = 0;
        bool explained = false;  // ill with a dependency, and not known to be well since
        std::vector<Key> dependants;

        static void members(auto& archive, auto& it) {
            archive.up_to(it.health, TargetHealth::ill);
            archive(it.ill_dependencies, it.explained, it.dependants);
        }
    };
    static void explain(Entry& entry);
    void count(const Entry& entry, bool add);

    std::map<Key, Entry> entries_;
    std::uint32_t ill_ = 0;
    std::uint32_t known_ = 0;
};

TargetHealth health_of(const TargetState& target);

// Whether what depends on it should wait: it has an open incident that is not soaking. One that is
// exhausted, and well again though nobody has acknowledged it, holds nobody back.
bool is_in_trouble(const TargetState& target);

// To be called when the evidence on a target may have changed, and before anything is decided: its
// state changes are counted for `flapping` and for `common_cause`.
void note_health(World& world, TargetState& target);
// To be called when something has been decided: those that wait for it are looked at again once it
// is out of trouble.
void note_standing(World& world, TargetState& target);

}  // namespace primum::core

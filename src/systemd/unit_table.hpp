// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace primum::systemd {

// A unit as a listing gives it.
struct ListedUnit {
    std::string id;  // primary name
    std::string load_state;
    std::string active_state;
    std::string sub_state;
    std::uint32_t job_id = 0;
    std::string job_type;
};

// What the listing does not tell; absent members are not known or did not change.
struct UnitChange {
    std::optional<std::string> load_state;
    std::optional<std::string> active_state;
    std::optional<std::string> sub_state;
    std::optional<std::string> invocation_id;
    std::optional<std::uint32_t> job_id;
    std::optional<std::string> result;
    std::optional<std::string> restart;
    std::optional<std::string> exit_status;
    std::optional<Duration> restart_delay;
    std::optional<std::uint32_t> restarts;
    std::optional<std::uint32_t> start_limit_burst;
    std::optional<Duration> start_limit_interval;
};

// The object path of a unit, as systemd makes it from the name, and back. What is no path of a
// unit gives an empty name.
[[nodiscard]] std::string unit_path(std::string_view id);
[[nodiscard]] std::string unit_of_path(std::string_view path);

// The state of the watched units and the order of their events; knows nothing of D-Bus. Tells
// through `emit` (which must not call back) what changed. While the type of a new job is being
// asked for, everything about its unit is held back, so that the job is told first.
class UnitTable {
public:
    using Emit = std::function<void(EventBody)>;
    explicit UnitTable(Emit emit) : emit_(std::move(emit)) {}

    // The whole set; gives the names that are new and have to be resolved.
    std::vector<std::string> watch(const std::vector<std::string>& names);
    [[nodiscard]] std::vector<std::string> names() const;

    // `name` was found to be `unit`. `true`: ask for its details; the state is told once they are
    // there. Those of a unit that is at rest are asked for when it leaves that state: systemd would
    // have to load it from disk for each.
    bool resolved(const std::string& name, const ListedUnit& unit);
    // The answer to that, or a change. No effect on a unit that is not watched.
    void details(std::string_view id, const UnitChange& change);
    // A part of a change whose rest is still to come: remembered, not told.
    void remember(std::string_view id, const UnitChange& change);
    // A change. `true`: the unit was at rest, and perhaps unloaded, before; ask for its details,
    // without which the change is not told.
    bool changed(std::string_view id, const UnitChange& change);
    // The unit was unloaded. `true`: it was not inactive when last heard of; resolve it again.
    bool unloaded(std::string_view id);

    // `true`: ask for the job's type, then call job_type().
    bool job_new(std::string_view id, std::uint32_t job_id);
    // The answer; empty when the job was gone already.
    void job_type(std::string_view id, std::uint32_t job_id, std::string_view type);
    void job_removed(std::string_view id, std::uint32_t job_id, std::string_view result);

    [[nodiscard]] bool watches(std::string_view id) const;
    // Whether every watched unit has been told at least once.
    [[nodiscard]] bool complete() const { return untold_ == 0; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    template <class V>
    using Map = std::unordered_map<std::string, V, Hash, std::equal_to<>>;

    struct Held {
        EventBody body;
        bool asking = false;  // for the job's type, or the state's configuration
    };
    struct Unit {
        std::vector<std::string> names;  // as watched
        UnitEvent now;
        UnitEvent told;
        bool detailed = false;
        bool was_told = false;
        bool stale = false;  // its details are to be asked for when it leaves its rest
        std::vector<Held> held;
    };

    Unit* find(std::string_view id);
    static void apply(Unit& unit, const UnitChange& change);
    void release_states(Unit& unit);
    void tell_state(Unit& unit);
    void tell(Unit& unit, EventBody body, bool asking);
    void flush(Unit& unit);
    void send(const Unit& unit, const EventBody& body);
    void forget_name(const std::string& name);

    Emit emit_;
    Map<std::string> id_by_name_;  // empty id: not resolved yet
    Map<Unit> units_;              // by id
    std::size_t untold_ = 0;
};

}  // namespace primum::systemd

// SPDX-License-Identifier: MIT
#include "systemd/unit_table.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace primum::systemd {
namespace {

bool same(const UnitEvent& a, const UnitEvent& b) {
    return a.load_state == b.load_state && a.active_state == b.active_state &&
           a.sub_state == b.sub_state && a.result == b.result &&
           a.invocation_id == b.invocation_id && a.restart == b.restart &&
           a.restart_delay == b.restart_delay && a.restarts == b.restarts && a.job_id == b.job_id &&
           a.exit_status == b.exit_status && a.start_limit_burst == b.start_limit_burst &&
           a.start_limit_interval == b.start_limit_interval;
}

bool at_rest(const std::string& active_state) {
    return active_state.empty() || active_state == "inactive";
}

constexpr std::string_view path_prefix = "/org/freedesktop/systemd1/unit/";
constexpr std::string_view hex = "0123456789abcdef";

}  // namespace

std::string unit_path(std::string_view id) {
    std::string path{path_prefix};
    path.reserve(path.size() + id.size() * 3);
    for (std::size_t i = 0; i < id.size(); ++i) {
        const char c = id[i];
        const bool digit = c >= '0' && c <= '9';
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (digit && i > 0)) {
            path += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            path += '_';
            path += hex[byte >> 4U];
            path += hex[byte & 15U];
        }
    }
    return path;
}

std::string unit_of_path(std::string_view path) {
    if (!path.starts_with(path_prefix)) {
        return {};
    }
    path.remove_prefix(path_prefix.size());
    std::string id;
    id.reserve(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '_') {
            id += path[i];
            continue;
        }
        const auto high = i + 2 < path.size() ? hex.find(path[i + 1]) : std::string_view::npos;
        const auto low = i + 2 < path.size() ? hex.find(path[i + 2]) : std::string_view::npos;
        if (high == std::string_view::npos || low == std::string_view::npos) {
            return {};
        }
        id += static_cast<char>(high << 4U | low);
        i += 2;
    }
    return id;
}

std::vector<std::string> UnitTable::watch(const std::vector<std::string>& names) {
    const std::unordered_set<std::string> wanted(names.begin(), names.end());
    std::vector<std::string> gone;
    for (const auto& [name, id] : id_by_name_) {
        if (!wanted.contains(name)) {
            gone.push_back(name);
        }
    }
    for (const auto& name : gone) {
        forget_name(name);
        id_by_name_.erase(name);
    }
    std::vector<std::string> fresh;
    for (const auto& name : wanted) {
        if (id_by_name_.try_emplace(name).second) {
            ++untold_;
            fresh.push_back(name);
        }
    }
    std::sort(fresh.begin(), fresh.end());
    return fresh;
}

std::vector<std::string> UnitTable::names() const {
    std::vector<std::string> all;
    all.reserve(id_by_name_.size());
    for (const auto& [name, id] : id_by_name_) {
        all.push_back(name);
    }
    std::sort(all.begin(), all.end());
    return all;
}

// Undoes the name's part in its unit; the name itself stays.
void UnitTable::forget_name(const std::string& name) {
    const auto found = id_by_name_.find(name);
    if (found == id_by_name_.end()) {
        return;
    }
    const std::string id = std::exchange(found->second, {});
    const auto unit = units_.find(id);
    if (id.empty() || unit == units_.end()) {
        --untold_;
        return;
    }
    if (!unit->second.was_told) {
        --untold_;
    }
    std::erase(unit->second.names, name);
    if (unit->second.names.empty()) {
        units_.erase(unit);
    }
}

bool UnitTable::resolved(const std::string& name, const ListedUnit& listed) {
    const auto found = id_by_name_.find(name);
    if (found == id_by_name_.end() || listed.id.empty()) {
        return false;
    }
    if (found->second != listed.id) {
        if (!found->second.empty()) {
            forget_name(name);  // an alias that now means another unit
            ++untold_;
        }
        found->second = listed.id;
        auto& unit = units_[listed.id];
        unit.names.push_back(name);
        if (unit.was_told) {
            // Its other name has been told; this one catches up.
            --untold_;
            UnitEvent body = unit.told;
            body.unit = name;
            emit_(std::move(body));
        }
    }
    auto& unit = units_[listed.id];
    const std::uint32_t known_job = unit.now.job_id;
    if (known_job != 0 && known_job != listed.job_id) {
        tell(unit, JobEvent{{}, known_job, {}, true, {}, false}, false);
    }
    if (listed.job_id != 0 && known_job != listed.job_id) {
        tell(unit, JobEvent{{}, listed.job_id, listed.job_type, false, {}, false}, false);
    }
    unit.now.load_state = listed.load_state;
    unit.now.active_state = listed.active_state;
    unit.now.sub_state = listed.sub_state;
    unit.now.job_id = listed.job_id;
    if (!at_rest(unit.now.active_state)) {
        return true;
    }
    unit.stale = true;
    unit.detailed = true;
    release_states(unit);
    tell_state(unit);
    return false;
}

void UnitTable::apply(Unit& unit, const UnitChange& change) {
    const auto take = [](const auto& from, auto& to) {
        if (from.has_value()) {
            to = *from;
        }
    };
    take(change.load_state, unit.now.load_state);
    take(change.active_state, unit.now.active_state);
    take(change.sub_state, unit.now.sub_state);
    take(change.invocation_id, unit.now.invocation_id);
    take(change.job_id, unit.now.job_id);
    take(change.result, unit.now.result);
    take(change.restart, unit.now.restart);
    take(change.exit_status, unit.now.exit_status);
    take(change.restart_delay, unit.now.restart_delay);
    take(change.start_limit_burst, unit.now.start_limit_burst);
    take(change.start_limit_interval, unit.now.start_limit_interval);
    take(change.restarts, unit.now.restarts);
}

void UnitTable::details(std::string_view id, const UnitChange& change) {
    if (auto* unit = find(id)) {
        apply(*unit, change);
        unit->detailed = true;
        release_states(*unit);
        tell_state(*unit);
    }
}

// The configuration that held back states has been read, or will not be.
void UnitTable::release_states(Unit& unit) {
    for (auto& held : unit.held) {
        if (auto* state = std::get_if<UnitEvent>(&held.body)) {
            state->restart = unit.now.restart;
            state->restart_delay = unit.now.restart_delay;
            state->start_limit_burst = unit.now.start_limit_burst;
            state->start_limit_interval = unit.now.start_limit_interval;
            unit.told = *state;
            held.asking = false;
        }
    }
    flush(unit);
}

void UnitTable::remember(std::string_view id, const UnitChange& change) {
    if (auto* unit = find(id)) {
        apply(*unit, change);
    }
}

bool UnitTable::changed(std::string_view id, const UnitChange& change) {
    auto* unit = find(id);
    if (unit == nullptr) {
        return false;
    }
    apply(*unit, change);
    const bool ask = unit->stale && !at_rest(unit->now.active_state);
    if (ask) {
        // Held back, and all that follows behind it, until its configuration is known.
        unit->stale = false;
        unit->told = unit->now;
        tell(*unit, unit->now, true);
    } else if (unit->detailed) {
        tell_state(*unit);
    }
    return ask;
}

bool UnitTable::unloaded(std::string_view id) {
    auto* unit = find(id);
    if (unit == nullptr) {
        return false;
    }
    unit->stale = true;
    return !at_rest(unit->now.active_state);
}

bool UnitTable::job_new(std::string_view id, std::uint32_t job_id) {
    auto* unit = find(id);
    if (unit == nullptr) {
        return false;
    }
    unit->now.job_id = job_id;
    tell(*unit, JobEvent{{}, job_id, {}, false, {}, false}, true);
    return true;
}

void UnitTable::job_type(std::string_view id, std::uint32_t job_id, std::string_view type) {
    auto* unit = find(id);
    if (unit == nullptr) {
        return;
    }
    for (auto& held : unit->held) {
        auto* job = std::get_if<JobEvent>(&held.body);
        if (held.asking && job != nullptr && job->id == job_id) {
            job->type = std::string(type);
            held.asking = false;
            break;
        }
    }
    flush(*unit);
}

void UnitTable::job_removed(std::string_view id, std::uint32_t job_id, std::string_view result) {
    auto* unit = find(id);
    if (unit == nullptr) {
        return;
    }
    if (unit->now.job_id == job_id) {
        unit->now.job_id = 0;
    }
    tell(*unit, JobEvent{{}, job_id, {}, true, std::string(result), false}, false);
}

bool UnitTable::watches(std::string_view id) const {
    return units_.find(id) != units_.end();
}

UnitTable::Unit* UnitTable::find(std::string_view id) {
    const auto found = units_.find(id);
    return found == units_.end() ? nullptr : &found->second;
}

void UnitTable::tell_state(Unit& unit) {
    if (unit.was_told && same(unit.now, unit.told)) {
        return;
    }
    if (!unit.was_told) {
        unit.was_told = true;
        untold_ -= unit.names.size();
    }
    unit.told = unit.now;
    tell(unit, unit.now, false);
}

void UnitTable::tell(Unit& unit, EventBody body, bool asking) {
    unit.held.push_back(Held{std::move(body), asking});
    flush(unit);
}

void UnitTable::flush(Unit& unit) {
    const auto stop = std::find_if(
        unit.held.begin(), unit.held.end(), [](const Held& held) { return held.asking; });
    for (auto held = unit.held.begin(); held != stop; ++held) {
        send(unit, held->body);
    }
    unit.held.erase(unit.held.begin(), stop);
}

void UnitTable::send(const Unit& unit, const EventBody& body) {
    for (const auto& name : unit.names) {
        EventBody named = body;
        if (auto* state = std::get_if<UnitEvent>(&named)) {
            state->unit = name;
        } else if (auto* job = std::get_if<JobEvent>(&named)) {
            job->unit = name;
        }
        emit_(std::move(named));
    }
}

}  // namespace primum::systemd

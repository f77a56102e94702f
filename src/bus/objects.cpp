// SPDX-License-Identifier: MIT
#include "bus/objects.hpp"

#include "bus/manager.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <ranges>
#include <set>
#include <utility>

namespace primum::bus {
namespace {

constexpr const char* target_interface = "org.primum.Primum1.Target";
constexpr const char* incident_interface = "org.primum.Primum1.Incident";

// Nothing may be thrown into sd-bus, which is C.
template <class Work>
int contained(Work&& work) {
    try {
        return work();
    } catch (const std::exception&) {
        return -EIO;
    }
}

template <class Found, auto table>
int read_property(sd_bus* /*bus*/,
                  const char* /*path*/,
                  const char* /*interface*/,
                  const char* name,
                  sd_bus_message* reply,
                  void* userdata,
                  sd_bus_error* /*error*/) {
    return contained([&] {
        for (const auto& property : table()) {
            if (std::strcmp(property.name, name) == 0) {
                return append(reply, property.value(static_cast<Found*>(userdata)->thing));
            }
        }
        return -ENOENT;
    });
}

// As sd-bus wants them: malloc's, the last one null.
char** as_strings(const std::vector<std::string>& texts) {
    auto** strings = static_cast<char**>(std::calloc(texts.size() + 1, sizeof(char*)));  // NOLINT
    for (std::size_t i = 0; strings != nullptr && i < texts.size(); ++i) {
        strings[i] = ::strdup(texts[i].c_str());
    }
    return strings;
}

}  // namespace

// A method's handler: the call, and the object it is for.
template <class Found>
struct Objects::Rows {
    template <auto handle>
    static int call(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        return contained([&] {
            const auto found = *static_cast<Found*>(userdata);  // another may be found meanwhile
            const auto call = std::make_shared<Call>(message);
            Manager::guarded(call, [&] { handle(found.objects->manager_, call, found.thing); });
            return 1;
        });
    }
};

Objects::Objects(sd_bus* bus, Backend& backend, Manager& manager)
    : bus_(bus), backend_(backend), manager_(manager) {
    found_target_.objects = this;
    found_incident_.objects = this;
    add_target_rows();
    add_incident_rows();
}

void Objects::add_target_rows() {
    using On = Rows<FoundTarget>;
    for (const auto& each : target_properties()) {
        target_rows_.property(
            each.name, each.type, read_property<FoundTarget, target_properties>, each.constant);
    }
    target_rows_.method(
        "Explain",
        "",
        "s",
        {"json"},
        On::call<[](Manager& manager, const SharedCall& call, const TargetSummary& target) {
            manager.explain_target(call, target.name);
        }>);
    const auto verb = [this](const char* name, bool starts, sd_bus_message_handler_t handler) {
        if (starts) {
            target_rows_.method(name, "ts", "ts", {"usec", "reason", "hold", "message"}, handler);
        } else {
            target_rows_.method(name, "s", "s", {"reason", "message"}, handler);
        }
    };
    verb("Hold",
         true,
         On::call<[](Manager& manager, const SharedCall& call, const TargetSummary& target) {
             manager.start_hold(call, OperatorVerb::hold, target.name);
         }>);
    verb("Release",
         false,
         On::call<[](Manager& manager, const SharedCall& call, const TargetSummary& target) {
             manager.end_hold(call, OperatorVerb::release, target.name);
         }>);
    verb("Disable",
         true,
         On::call<[](Manager& manager, const SharedCall& call, const TargetSummary& target) {
             manager.start_hold(call, OperatorVerb::disable, target.name);
         }>);
    verb("Enable",
         false,
         On::call<[](Manager& manager, const SharedCall& call, const TargetSummary& target) {
             manager.end_hold(call, OperatorVerb::enable, target.name);
         }>);
    verb("ResetBreaker",
         false,
         On::call<[](Manager& manager, const SharedCall& call, const TargetSummary& target) {
             manager.end_hold(call, OperatorVerb::reset_breaker, target.name);
         }>);
    target_rows_.method(
        "Force",
        "ss",
        "s",
        {"level", "reason", "message"},
        On::call<[](Manager& manager, const SharedCall& call, const TargetSummary& target) {
            manager.force_level(call, target.name);
        }>);
}

void Objects::add_incident_rows() {
    using On = Rows<FoundIncident>;
    for (const auto& each : incident_properties()) {
        incident_rows_.property(
            each.name, each.type, read_property<FoundIncident, incident_properties>, each.constant);
    }
    incident_rows_.method(
        "Story",
        "",
        "s",
        {"json"},
        On::call<[](Manager& manager, const SharedCall& call, const IncidentRecord& incident) {
            manager.tell_incident(call, incident.id);
        }>);
    incident_rows_.method(
        "Acknowledge",
        "s",
        "s",
        {"reason", "message"},
        On::call<[](Manager& manager, const SharedCall& call, const IncidentRecord& incident) {
            manager.acknowledge_incident(call, incident.id);
        }>);
}

int Objects::publish() {
    for (TargetSummary& target : backend_.targets()) {
        std::string name = target.name;
        told_.emplace(std::move(name), std::move(target));
    }
    for (IncidentRecord& incident : backend_.open_incidents()) {
        incidents_.emplace(incident.id, std::move(incident));
    }
    told_rules_ = backend_.host().rules_digest;
    int done = sd_bus_add_object_manager(bus_, manager_slot_.fill(), object_path);
    const auto next = [&](auto&& add) { done = done < 0 ? done : add(); };
    next([&] {
        return sd_bus_add_fallback_vtable(bus_,
                                          targets_slot_.fill(),
                                          target_prefix,
                                          target_interface,
                                          target_rows_.finish(),
                                          find_target,
                                          this);
    });
    next([&] {
        return sd_bus_add_fallback_vtable(bus_,
                                          incidents_slot_.fill(),
                                          incident_prefix,
                                          incident_interface,
                                          incident_rows_.finish(),
                                          find_incident,
                                          this);
    });
    next([&] {
        return sd_bus_add_node_enumerator(
            bus_, target_list_slot_.fill(), target_prefix, list_targets, this);
    });
    next([&] {
        return sd_bus_add_node_enumerator(
            bus_, incident_list_slot_.fill(), incident_prefix, list_incidents, this);
    });
    return done;
}

int Objects::find_target(sd_bus* /*bus*/,
                         const char* path,
                         const char* /*interface*/,
                         void* self,
                         void** found,
                         sd_bus_error* /*error*/) {
    return contained([&] {
        auto& objects = *static_cast<Objects*>(self);
        const std::string name = target_of_path(path);
        auto target = name.empty() ? std::nullopt : objects.backend_.target(name);
        if (!target) {
            return 0;
        }
        objects.found_target_.thing = std::move(*target);
        *found = &objects.found_target_;
        return 1;
    });
}

int Objects::find_incident(sd_bus* /*bus*/,
                           const char* path,
                           const char* /*interface*/,
                           void* self,
                           void** found,
                           sd_bus_error* /*error*/) {
    return contained([&] {
        auto& objects = *static_cast<Objects*>(self);
        const auto find_in = [&](const auto& incidents) {
            const auto it = std::find_if(incidents.begin(), incidents.end(), [&](const auto& each) {
                return incident_path(each.id) == path;
            });
            if (it == incidents.end()) {
                return false;
            }
            objects.found_incident_.thing = *it;
            *found = &objects.found_incident_;
            return true;
        };
        // A target names its incident before the incident is announced.
        const bool there = find_in(std::views::values(objects.incidents_)) ||
                           find_in(objects.backend_.open_incidents());
        return there ? 1 : 0;
    });
}

int Objects::list_targets(
    sd_bus* /*bus*/, const char* /*prefix*/, void* self, char*** paths, sd_bus_error* /*error*/) {
    return contained([&] {
        std::vector<std::string> all;
        for (const auto& [name, told] : static_cast<Objects*>(self)->told_) {
            all.push_back(target_path(name));
        }
        *paths = as_strings(all);
        return *paths == nullptr ? -ENOMEM : 0;
    });
}

int Objects::list_incidents(
    sd_bus* /*bus*/, const char* /*prefix*/, void* self, char*** paths, sd_bus_error* /*error*/) {
    return contained([&] {
        const auto& objects = *static_cast<Objects*>(self);
        std::set<std::uint64_t> ids;
        for (const auto& [id, incident] : objects.incidents_) {
            ids.insert(id);
        }
        for (const IncidentRecord& incident : objects.backend_.open_incidents()) {
            ids.insert(incident.id);
        }
        std::vector<std::string> all;
        for (const std::uint64_t id : ids) {
            all.push_back(incident_path(id));
        }
        *paths = as_strings(all);
        return *paths == nullptr ? -ENOMEM : 0;
    });
}

void Objects::rules_changed(const std::string& digest) {
    if (digest == std::exchange(told_rules_, digest)) {
        return;
    }
    auto before = std::exchange(told_, {});
    for (TargetSummary& target : backend_.targets()) {
        const std::string name = target.name;
        const bool is_known = before.erase(name) > 0;
        told_.emplace(name, std::move(target));
        if (!is_known) {
            count(sd_bus_emit_interfaces_added(
                bus_, target_path(name).c_str(), target_interface, nullptr));
        }
    }
    for (const auto& [name, gone] : before) {
        count(sd_bus_emit_interfaces_removed(
            bus_, target_path(name).c_str(), target_interface, nullptr));
    }
}

void Objects::target_changed(std::string_view target) {
    const auto known = told_.find(target);
    auto now = backend_.target(target);
    if (known == told_.end() || !now) {
        return;
    }
    const TargetSummary before = std::exchange(known->second, *now);
    tell_changed(
        target_path(target), target_interface, differing(target_properties(), before, *now));
}

void Objects::incident_changed(const IncidentRecord& incident) {
    const std::string path = incident_path(incident.id);
    const auto known = incidents_.find(incident.id);
    if (!incident.open) {
        if (known != incidents_.end()) {
            incidents_.erase(known);
            count(sd_bus_emit_interfaces_removed(bus_, path.c_str(), incident_interface, nullptr));
        }
    } else if (known == incidents_.end()) {
        incidents_.emplace(incident.id, incident);
        count(sd_bus_emit_interfaces_added(bus_, path.c_str(), incident_interface, nullptr));
    } else {
        const IncidentRecord before = std::exchange(known->second, incident);
        tell_changed(path, incident_interface, differing(incident_properties(), before, incident));
    }
}

void Objects::tell_changed(const std::string& path,
                           const char* interface,
                           std::vector<std::string> properties) {
    if (properties.empty()) {
        return;
    }
    std::vector<char*> names;
    for (std::string& each : properties) {
        names.push_back(each.data());
    }
    names.push_back(nullptr);
    count(sd_bus_emit_properties_changed_strv(bus_, path.c_str(), interface, names.data()));
}

}  // namespace primum::bus

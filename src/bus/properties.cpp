// SPDX-License-Identifier: MIT
#include "bus/properties.hpp"

#include <array>
#include <cstdlib>
#include <memory>

namespace primum::bus {
namespace {

struct Free {
    void operator()(char* text) const { std::free(text); }  // NOLINT: sd-bus gives malloc's
};
using Text = std::unique_ptr<char, Free>;

template <class Word>
std::string word(Word value) {
    return std::string{name_of(value)};
}

constexpr std::array target_table{
    Property<TargetSummary>{
        "Name", "s", true, [](const TargetSummary& t) -> PropertyValue { return t.name; }},
    Property<TargetSummary>{
        "Unit", "s", false, [](const TargetSummary& t) -> PropertyValue { return t.unit; }},
    Property<TargetSummary>{
        "Mode", "s", false, [](const TargetSummary& t) -> PropertyValue { return word(t.mode); }},
    Property<TargetSummary>{
        "EnforceUpTo",
        "s",
        false,
        [](const TargetSummary& t) -> PropertyValue { return word(t.enforce_up_to); }},
    Property<TargetSummary>{"HeldBack",
                            "s",
                            false,
                            [](const TargetSummary& t) -> PropertyValue { return t.held_back; }},
    Property<TargetSummary>{
        "Level", "s", false, [](const TargetSummary& t) -> PropertyValue { return word(t.level); }},
    Property<TargetSummary>{
        "Phase", "s", false, [](const TargetSummary& t) -> PropertyValue { return word(t.phase); }},
    Property<TargetSummary>{
        "Severity",
        "s",
        false,
        [](const TargetSummary& t) -> PropertyValue { return word(t.severity); }},
    Property<TargetSummary>{
        "Reason", "s", false, [](const TargetSummary& t) -> PropertyValue { return t.reason; }},
    Property<TargetSummary>{"Incident",
                            "o",
                            false,
                            [](const TargetSummary& t) -> PropertyValue {
                                return ObjectPath{t.incident == 0 ? "/"
                                                                  : incident_path(t.incident)};
                            }},
    Property<TargetSummary>{"Sev",
                            "s",
                            false,
                            [](const TargetSummary& t) -> PropertyValue {
                                return t.incident == 0 ? std::string{} : word(t.sev);
                            }},
    Property<TargetSummary>{"Acknowledged",
                            "b",
                            false,
                            [](const TargetSummary& t) -> PropertyValue { return t.acknowledged; }},
    Property<TargetSummary>{
        "Held", "b", false, [](const TargetSummary& t) -> PropertyValue { return t.held; }},
    Property<TargetSummary>{
        "Disabled", "b", false, [](const TargetSummary& t) -> PropertyValue { return t.disabled; }},
    Property<TargetSummary>{
        "Breaker", "b", false, [](const TargetSummary& t) -> PropertyValue { return t.breaker; }},
    Property<TargetSummary>{
        "Flapping", "b", false, [](const TargetSummary& t) -> PropertyValue { return t.flapping; }},
};

std::uint64_t wall_us(const Stamp& stamp) {
    return stamp == Stamp{} ? 0 : static_cast<std::uint64_t>(to_us(stamp.wall));
}

constexpr std::string_view source_prefix = "source:";

constexpr std::array incident_table{
    Property<IncidentRecord>{
        "Id", "t", true, [](const IncidentRecord& i) -> PropertyValue { return i.id; }},
    Property<IncidentRecord>{
        "Target", "s", true, [](const IncidentRecord& i) -> PropertyValue { return i.target; }},
    Property<IncidentRecord>{
        "TargetObject",
        "o",
        true,
        [](const IncidentRecord& i) -> PropertyValue {
            return ObjectPath{i.target.starts_with(source_prefix) ? "/" : target_path(i.target)};
        }},
    Property<IncidentRecord>{
        "OpenedUSec",
        "t",
        true,
        [](const IncidentRecord& i) -> PropertyValue { return wall_us(i.opened); }},
    Property<IncidentRecord>{
        "Sev", "s", false, [](const IncidentRecord& i) -> PropertyValue { return word(i.sev); }},
    Property<IncidentRecord>{
        "Level",
        "s",
        false,
        [](const IncidentRecord& i) -> PropertyValue { return word(i.level); }},
    Property<IncidentRecord>{
        "Peak", "s", false, [](const IncidentRecord& i) -> PropertyValue { return word(i.peak); }},
    Property<IncidentRecord>{
        "Phase",
        "s",
        false,
        [](const IncidentRecord& i) -> PropertyValue { return word(i.phase); }},
    Property<IncidentRecord>{
        "Reason", "s", false, [](const IncidentRecord& i) -> PropertyValue { return i.reason; }},
    Property<IncidentRecord>{
        "DryRun", "b", false, [](const IncidentRecord& i) -> PropertyValue { return i.dry_run; }},
    Property<IncidentRecord>{
        "ExhaustedCode",
        "s",
        false,
        [](const IncidentRecord& i) -> PropertyValue { return i.exhausted_code; }},
    Property<IncidentRecord>{
        "AcknowledgedUSec",
        "t",
        false,
        [](const IncidentRecord& i) -> PropertyValue { return wall_us(i.acknowledged); }},
    Property<IncidentRecord>{
        "AcknowledgedBy",
        "u",
        false,
        [](const IncidentRecord& i) -> PropertyValue { return i.acknowledged_by; }},
    Property<IncidentRecord>{
        "Overdue", "u", false, [](const IncidentRecord& i) -> PropertyValue { return i.overdue; }},
};

}  // namespace

std::string target_path(std::string_view name) {
    char* path = nullptr;
    if (sd_bus_path_encode(target_prefix, std::string{name}.c_str(), &path) < 0) {
        return target_prefix;
    }
    const Text kept{path};
    return kept.get();
}

std::string incident_path(std::uint64_t id) {
    return std::string{incident_prefix} + '/' + std::to_string(id);
}

std::string target_of_path(const char* path) {
    char* name = nullptr;
    if (sd_bus_path_decode(path, target_prefix, &name) <= 0) {
        return {};
    }
    const Text kept{name};
    return kept.get();
}

std::span<const Property<TargetSummary>> target_properties() {
    return target_table;
}

std::span<const Property<IncidentRecord>> incident_properties() {
    return incident_table;
}

int append(sd_bus_message* message, const PropertyValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return sd_bus_message_append_basic(message, 's', text->c_str());
    }
    if (const auto* object = std::get_if<ObjectPath>(&value)) {
        return sd_bus_message_append_basic(message, 'o', object->path.c_str());
    }
    if (const auto* flag = std::get_if<bool>(&value)) {
        const int number = *flag ? 1 : 0;
        return sd_bus_message_append_basic(message, 'b', &number);
    }
    if (const auto* small = std::get_if<std::uint32_t>(&value)) {
        return sd_bus_message_append_basic(message, 'u', small);
    }
    return sd_bus_message_append_basic(message, 't', &std::get<std::uint64_t>(value));
}

}  // namespace primum::bus

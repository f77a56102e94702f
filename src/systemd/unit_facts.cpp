// SPDX-License-Identifier: MIT
#include "systemd/unit_facts.hpp"

#include <utility>

namespace primum::systemd {
namespace {

bool runs(const std::string& active_state) {
    return active_state != "inactive" && active_state != "failed";
}

}  // namespace

ManagerError error_of(const sdbus::Error* error) {
    if (error == nullptr) {
        return {"unreadable", "systemd's answer could not be read"};
    }
    return {error->getName(), error->getMessage()};
}

void read_unit(const PropertyMap& properties, UnitFacts& facts) {
    facts.id = text_of(properties, "Id").value_or("");
    facts.load_state = text_of(properties, "LoadState").value_or("");
    facts.unit_file_state = text_of(properties, "UnitFileState").value_or("");
    facts.active_state = text_of(properties, "ActiveState").value_or("");
    facts.sub_state = text_of(properties, "SubState").value_or("");
    facts.invocation_id = hex_of(properties, "InvocationID").value_or("");
    facts.job_id = job_of(properties).value_or(0);
    facts.can_start = flag_of(properties, "CanStart").value_or(false);
    facts.can_reload = flag_of(properties, "CanReload").value_or(false);
    facts.refuses_manual_start = flag_of(properties, "RefuseManualStart").value_or(false);
    facts.refuses_manual_stop = flag_of(properties, "RefuseManualStop").value_or(false);
    facts.active_entered = instant_of(properties, "ActiveEnterTimestampMonotonic");
    facts.active_left = instant_of(properties, "ActiveExitTimestampMonotonic");
    facts.inactive_entered = instant_of(properties, "InactiveEnterTimestampMonotonic");
    facts.inactive_left = instant_of(properties, "InactiveExitTimestampMonotonic");
}

UnitLinks read_links(const PropertyMap& properties, const std::string& unit) {
    UnitLinks links;
    links.id = text_of(properties, "Id").value_or(unit);
    links.running = runs(text_of(properties, "ActiveState").value_or(""));
    links.required_by = texts_of(properties, "RequiredBy");
    links.requisite_of = texts_of(properties, "RequisiteOf");
    links.bound_by = texts_of(properties, "BoundBy");
    links.consists_of = texts_of(properties, "ConsistsOf");
    links.propagates_stop_to = texts_of(properties, "PropagatesStopTo");
    links.conflicts = texts_of(properties, "Conflicts");
    for (const auto* name : {"Requires", "BindsTo", "Upholds"}) {
        const auto started = texts_of(properties, name);
        links.starts.insert(links.starts.end(), started.begin(), started.end());
    }
    return links;
}

void FactsGathering::finish() {
    if (failed.has_value()) {
        done(fail(*failed));
        return;
    }
    const auto result = text_of(service, "Result");
    facts.service = result.has_value();
    facts.result = result.value_or("");
    facts.remain_after_exit = flag_of(service, "RemainAfterExit").value_or(false);
    facts.main_pid = static_cast<std::uint32_t>(unsigned_of(service, "MainPID").value_or(0));
    facts.control_pid = static_cast<std::uint32_t>(unsigned_of(service, "ControlPID").value_or(0));
    facts.stored_fds =
        static_cast<std::uint32_t>(unsigned_of(service, "NFileDescriptorStore").value_or(0));
    facts.user = text_of(service, "User").value_or("");
    facts.main_exited = instant_of(service, "ExecMainExitTimestampMonotonic");
    done(std::move(facts));
}

}  // namespace primum::systemd

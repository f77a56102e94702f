// SPDX-License-Identifier: MIT
#include "bus/manager.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace primum::bus {
namespace {

CallError internal_error(const char* what) {
    return {error_name::internal,
            fmt::format("primumd could not answer ({}); look at 'journalctl -u primumd.service'",
                        what)};
}

// A switch file, or an operator's disable of all targets.
bool nothing_acts(const HostView& host) {
    return host.disabled ||
           std::any_of(host.holds.begin(), host.holds.end(), [](const HoldView& view) {
               return view.hold.disable && view.hold.target.empty();
           });
}

// sdbus-c++ 1.2 does not tell; a message knows.
sd_bus* bus_of(sdbus::IObject& object) {
    return sd_bus_message_get_bus(raw(object.createSignal(manager_interface, "TargetChanged")));
}

}  // namespace

Manager::Manager(sdbus::IConnection& connection, Backend& backend, ServiceOptions options)
    : backend_(backend),
      options_(options),
      waiting_(options.max_outstanding, options.max_outstanding_per_sender),
      authority_(connection,
                 {options.root_uid, options.authority_timeout, options.interactive_timeout}),
      object_(sdbus::createObject(connection, object_path)),
      objects_(bus_of(*object_), backend, *this) {}

void Manager::guarded(const SharedCall& call, const std::function<void()>& work) {
    try {
        work();
    } catch (const std::exception& error) {
        call->refuse(internal_error(error.what()));
    } catch (...) {
        call->refuse(internal_error("unknown exception"));
    }
}

void Manager::add(const char* name, const char* in, const char* out, Names names, Handler handler) {
    object_->registerMethod(manager_interface,
                            name,
                            in,
                            names.in,
                            out,
                            names.out,
                            [this, handler](const sdbus::MethodCall& message) {
                                const auto call = std::make_shared<Call>(raw(message));
                                guarded(call, [&] { (this->*handler)(call); });
                            });
}

void Manager::add_reads() {
    add("Status", "", "s", {{}, {"json"}}, &Manager::status);
    add("ListTargets", "", "s", {{}, {"json"}}, &Manager::list_targets);
    add("ListTargetsAfter",
        "us",
        "s",
        {{"limit", "after"}, {"json"}},
        &Manager::list_targets_after);
    add("Explain", "s", "s", {{"target"}, {"json"}}, &Manager::explain);
    add("Sources", "", "s", {{}, {"json"}}, &Manager::sources);
    add("Source", "s", "s", {{"source"}, {"json"}}, &Manager::source);
    add("Precision", "s", "s", {{"target"}, {"json"}}, &Manager::precision);
    add("Providers", "", "s", {{}, {"json"}}, &Manager::providers);
    add("Incidents", "ut", "s", {{"limit", "before"}, {"json"}}, &Manager::incidents);
    add("Incident", "t", "s", {{"incident"}, {"json"}}, &Manager::incident);
    add("OperatorCommands", "u", "s", {{"limit"}, {"json"}}, &Manager::operator_commands);
    add("BackupLedger", "", "h", {{}, {"file"}}, &Manager::backup_ledger);
    add("Actions", "ut", "s", {{"limit", "before"}, {"json"}}, &Manager::actions);
}

void Manager::add_writes() {
    const std::vector<std::string> started{"hold", "message"};
    add("Hold", "sts", "ts", {{"target", "usec", "reason"}, started}, &Manager::hold);
    add("Release", "ss", "s", {{"target", "reason"}, {"message"}}, &Manager::release);
    add("Disable", "sts", "ts", {{"target", "usec", "reason"}, started}, &Manager::disable);
    add("Enable", "ss", "s", {{"target", "reason"}, {"message"}}, &Manager::enable);
    add("Acknowledge", "ts", "s", {{"incident", "reason"}, {"message"}}, &Manager::acknowledge);
    add("Rollback", "ss", "s", {{"action", "reason"}, {"message"}}, &Manager::rollback);
    add("ResetBreaker", "ss", "s", {{"target", "reason"}, {"message"}}, &Manager::reset_breaker);
    add("Force", "sss", "s", {{"target", "level", "reason"}, {"message"}}, &Manager::force);
    add("Label", "sss", "s", {{"action", "label", "reason"}, {"message"}}, &Manager::label);
    add("MarkProvider",
        "sssts",
        "s",
        {{"provider", "candidate", "state", "usec", "reason"}, {"message"}},
        &Manager::mark_provider);
    add("NoteProvider",
        "sss",
        "s",
        {{"provider", "candidate", "note"}, {"message"}},
        &Manager::note_provider);
    add("Promote",
        "sssss",
        "s",
        {{"target", "level", "verdict", "detail", "reason"}, {"message"}},
        &Manager::promote);
    add("Demote",
        "ssss",
        "s",
        {{"target", "level", "detail", "reason"}, {"message"}},
        &Manager::demote);
    add("Reload", "s", "s", {{"reason"}, {"message"}}, &Manager::reload);
}

void Manager::add_properties() {
    // A getter must throw nothing but sdbus::Error.
    const auto property = [this](const char* name, const char* signature, auto get, bool constant) {
        sdbus::Flags flags;
        flags.set(constant ? sdbus::Flags::CONST_PROPERTY_VALUE
                           : sdbus::Flags::EMITS_CHANGE_SIGNAL);
        object_->registerProperty(
            manager_interface,
            name,
            signature,
            [get](sdbus::PropertyGetReply& reply) {
                try {
                    reply << get();
                } catch (const sdbus::Error&) {
                    throw;
                } catch (...) {
                    throw sdbus::Error{error_name::internal, "primumd could not answer"};
                }
            },
            flags);
    };
    property("Version", "s", [this] { return backend_.daemon().version; }, true);
    property("Mode", "s", [this] { return std::string{name_of(backend_.host().mode)}; }, false);
    property("Disabled", "b", [this] { return nothing_acts(backend_.host()); }, false);
}

void Manager::publish() {
    add_reads();
    add_writes();
    add_properties();
    object_->registerSignal(
        manager_interface, "LevelChanged", "sssst", {"target", "from", "to", "reason", "incident"});
    object_->registerSignal(manager_interface,
                            "IncidentChanged",
                            "tsbsss",
                            {"incident", "target", "open", "level", "phase", "reason"});
    object_->registerSignal(manager_interface, "TargetChanged", "s", {"target"});
    object_->finishRegistration();
    if (const int refused = objects_.publish(); refused < 0) {
        throw sdbus::createError(-refused, "the objects could not be registered");
    }
    const HostView host = backend_.host();
    told_mode_ = host.mode;
    told_disabled_ = nothing_acts(host);
}

void Manager::emit(const char* signal, const std::function<void(sdbus::Signal&)>& fill) {
    try {
        sdbus::Signal message = object_->createSignal(manager_interface, signal);
        fill(message);
        object_->emitSignal(message);
    } catch (const sdbus::Error&) {
        ++signals_lost_;
    }
}

void Manager::host_changed() {
    const HostView host = backend_.host();
    objects_.rules_changed(host.rules_digest);
    std::vector<std::string> changed;
    if (host.mode != std::exchange(told_mode_, host.mode)) {
        changed.emplace_back("Mode");
    }
    const bool disabled = nothing_acts(host);
    if (disabled != std::exchange(told_disabled_, disabled)) {
        changed.emplace_back("Disabled");
    }
    if (changed.empty()) {
        return;
    }
    try {
        object_->emitPropertiesChangedSignal(manager_interface, changed);
    } catch (const sdbus::Error&) {
        ++signals_lost_;
    }
}

}  // namespace primum::bus

// SPDX-License-Identifier: MIT
#include "ctl/run.hpp"

#include "ctl/audit.hpp"
#include "ctl/change.hpp"
#include "ctl/drill.hpp"
#include "ctl/export_incident.hpp"
#include "ctl/json.hpp"
#include "ctl/ledger_copy.hpp"
#include "ctl/look.hpp"
#include "ctl/promote.hpp"
#include "ctl/push.hpp"
#include "ctl/replay.hpp"
#include "ctl/rules_check.hpp"
#include "ctl/rules_diff.hpp"
#include "ctl/rules_import.hpp"
#include "ctl/rules_new.hpp"
#include "ctl/rules_show.hpp"
#include "ctl/score.hpp"
#include "ctl/scrape.hpp"
#include "ctl/simulate.hpp"
#include "ctl/switches.hpp"
#include "ctl/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace primum::ctl {
namespace {

constexpr std::array<std::pair<std::string_view, Exit>, 24> exits{{
    {"org.primum.Error.NotAuthorized", Exit::denied},
    {"org.freedesktop.DBus.Error.AccessDenied", Exit::denied},
    {"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", Exit::denied},
    {"org.primum.Error.NoReason", Exit::usage},
    {"org.primum.Error.NoLength", Exit::usage},
    {"org.primum.Error.TooLong", Exit::usage},
    {"org.primum.Error.InvalidArgument", Exit::usage},
    {"org.primum.Error.UnknownTarget", Exit::usage},
    {"org.primum.Error.UnknownIncident", Exit::usage},
    {"org.primum.Error.UnknownAction", Exit::usage},
    {"org.primum.Error.Usage", Exit::usage},
    {"org.primum.Error.NoLabel", Exit::usage},
    {"org.primum.Error.UnknownProvider", Exit::usage},
    {"org.primum.Error.UnknownCandidate", Exit::usage},
    {"org.primum.Error.UnknownSource", Exit::usage},
    {"org.primum.Error.DryRun", Exit::usage},
    {"org.primum.Error.NoWayBack", Exit::usage},
    {"org.primum.Error.NotTripped", Exit::usage},
    {"org.primum.Error.ReloadFailed", Exit::bad_data},
    {"org.primum.Error.NotPromoted", Exit::breach},
    {"org.primum.Error.Internal", Exit::internal},
    {"org.freedesktop.DBus.Error.UnknownMethod", Exit::internal},
    {"org.freedesktop.DBus.Error.InvalidArgs", Exit::internal},
    {"org.freedesktop.DBus.Error.InconsistentMessage", Exit::internal},
}};

Exit version(const Command& command, Surroundings& world) {
    world.out << (command.json ? fmt::format("{{\"v\":1,\"version\":\"{}\"}}\n", PRIMUM_VERSION)
                               : fmt::format("primumctl {}\n", PRIMUM_VERSION));
    return Exit::ok;
}

}  // namespace

Exit tell_failure(const CallFailure& failure, bool json, Surroundings& world) {
    if (json) {
        world.out << failure_json(failure);
    }
    world.err << "primumctl: " << advice(failure) << "\n";
    return exit_of(failure);
}

Exit tell_problem(const std::string& what, Exit exit, bool json, Surroundings& world) {
    const bool usage = exit == Exit::usage;
    const std::string name = usage ? "org.primum.Error.Usage" : "org.primum.Error.Failed";
    static_cast<void>(tell_failure({CallFailure::Kind::refused, name, what}, json, world));
    return exit;
}

Result<Document, Exit> ask(const Request& request, bool json, Surroundings& world) {
    const auto reply = world.client.call(request);
    if (!reply.has_value()) {
        return fail(tell_failure(reply.error(), json, world));
    }
    std::optional<Document> document = Document::parse(reply->text);
    if (!document.has_value()) {
        return fail(
            tell_problem("primumd's answer is not understood: do primumctl and primumd "
                         "have the same version?",
                         Exit::internal,
                         json,
                         world));
    }
    return std::move(*document);
}

Exit exit_of(const CallFailure& failure) {
    if (failure.kind != CallFailure::Kind::refused) {
        return Exit::unreachable;
    }
    const auto found = std::find_if(
        exits.begin(), exits.end(), [&](const auto& entry) { return entry.first == failure.name; });
    return found == exits.end() ? Exit::temporary : found->second;
}

std::string advice(const CallFailure& failure) {
    switch (failure.kind) {
        case CallFailure::Kind::no_bus:
            return printable(failure.message) +
                   "; primumd cannot be asked (systemctl start dbus.service)";
        case CallFailure::Kind::not_running:
            return "primumd is not running (systemctl start primumd.service)";
        case CallFailure::Kind::timeout:
            return "primumd does not answer (systemctl status primumd.service)";
        case CallFailure::Kind::refused:
            break;
    }
    return printable(failure.message, true);
}

Exit run(const Command& command, Surroundings& surroundings) {
    switch (command.verb) {
        case Verb::hold:
        case Verb::release:
        case Verb::disable:
        case Verb::enable:
        case Verb::acknowledge:
        case Verb::rollback:
        case Verb::reset_breaker:
        case Verb::mark_provider:
        case Verb::note_provider:
        case Verb::force:
        case Verb::label:
        case Verb::reload:
            return change(command, surroundings);
        case Verb::ledger_verify:
        case Verb::ledger_backup:
        case Verb::ledger_export:
            return work_on_ledger(command, surroundings);
        case Verb::export_incident:
            return export_incident(command, surroundings);
        case Verb::rules_check:
            return rules_check(command, surroundings);
        case Verb::rules_show:
            return rules_show(command, surroundings);
        case Verb::rules_diff:
            return rules_diff(command, surroundings);
        case Verb::rules_import_monit:
            return rules_import_monit(command, surroundings);
        case Verb::rules_new:
            return rules_new(command, surroundings);
        case Verb::replay:
            return replay(command, surroundings);
        case Verb::audit:
            return audit(command.audit, command.json, surroundings);
        case Verb::simulate:
            return simulate(command.simulate, command.json, surroundings);
        case Verb::score:
            return score(command.score, command.json, surroundings);
        case Verb::record_import:
            return import_record(command.importing, command.json, surroundings);
        case Verb::promote:
            return promote(command.promote, command.json, surroundings);
        case Verb::demote:
            return demote(command.promote, command.json, surroundings);
        case Verb::drill:
            return drill(command.drill, command.json, surroundings);
        case Verb::push:
            return push(command.push, command.json, surroundings);
        case Verb::scrape:
            return scrape(command.scrape, command.json, surroundings);
        case Verb::version:
            return version(command, surroundings);
        default:
            return look(command, surroundings);
    }
}

Exit tell(const NotACommand& problem, Surroundings& surroundings) {
    if (problem.exit == Exit::ok) {
        surroundings.out << problem.text;
        return problem.exit;
    }
    if (problem.json) {
        surroundings.out << failure_json(
            {CallFailure::Kind::refused, "org.primum.Error.Usage", problem.text});
    }
    surroundings.err << "primumctl: " << problem.text;
    return problem.exit;
}

}  // namespace primum::ctl

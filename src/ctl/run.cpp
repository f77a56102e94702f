// SPDX-License-Identifier: MIT
#include "ctl/run.hpp"

#include "ctl/direct_rollback.hpp"
#include "ctl/drill.hpp"
#include "ctl/json.hpp"
#include "ctl/push.hpp"
#include "ctl/render.hpp"
#include "ctl/replay.hpp"
#include "ctl/rules_check.hpp"
#include "ctl/scrape.hpp"
#include "ctl/simulate.hpp"
#include "ctl/switches.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace primum::ctl {
namespace {

using Render = std::function<std::string(const Document&, const Painter&)>;

// A password may be asked for; polkit gives up after two minutes.
constexpr Duration interactive_timeout{std::chrono::seconds{150}};
constexpr std::uint32_t actions_in_status = 5;
// Of the last actions, which only the ledger knows: its disk may hang.
constexpr Duration actions_within = std::chrono::milliseconds{500};

constexpr std::array<std::pair<std::string_view, Exit>, 21> exits{{
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
    {"org.primum.Error.UnknownProvider", Exit::usage},
    {"org.primum.Error.UnknownCandidate", Exit::usage},
    {"org.primum.Error.UnknownSource", Exit::usage},
    {"org.primum.Error.DryRun", Exit::usage},
    {"org.primum.Error.NoWayBack", Exit::usage},
    {"org.primum.Error.NotTripped", Exit::usage},
    {"org.primum.Error.ReloadFailed", Exit::bad_data},
    {"org.primum.Error.Internal", Exit::internal},
    {"org.freedesktop.DBus.Error.UnknownMethod", Exit::internal},
    {"org.freedesktop.DBus.Error.InvalidArgs", Exit::internal},
    {"org.freedesktop.DBus.Error.InconsistentMessage", Exit::internal},
}};

Exit failed(const CallFailure& failure, bool json, Surroundings& world) {
    if (json) {
        world.out << failure_json(failure);
    }
    world.err << "primumctl: " << advice(failure) << "\n";
    return exit_of(failure);
}

// Prints the document that `request` answers.
Exit read(const Request& request, bool json, const Render& render, Surroundings& world) {
    const auto reply = world.client.call(request);
    if (!reply.has_value()) {
        return failed(reply.error(), json, world);
    }
    if (json) {
        world.out << reply->text << "\n";
        return Exit::ok;
    }
    const std::optional<Document> document = Document::parse(reply->text);
    if (!document.has_value()) {
        world.err << "primumctl: primumd's answer is not understood: do primumctl and primumd have "
                     "the same version?\n";
        return Exit::internal;
    }
    world.out << render(*document, Painter{world.colours});
    return Exit::ok;
}

// Without the last actions the rest is still worth showing: Status says what is wrong.
Exit status(const Command& command, Surroundings& world) {
    const Render render = [&](const Document& document, const Painter& painter) {
        const auto reply =
            world.client.call({"Actions", {actions_in_status, std::uint64_t{0}}, actions_within});
        const std::optional<Document> actions =
            reply.has_value() ? Document::parse(reply->text) : std::nullopt;
        return render_status(document, actions.has_value() ? &*actions : nullptr, painter);
    };
    return read({"Status", {}}, command.json, render, world);
}

// The document has all providers; with JSON the reader picks the one.
Exit show_provider(const Command& command, Surroundings& world) {
    bool found = true;
    const Render render = [&](const Document& document, const Painter& painter) {
        const std::string text = render_provider(document, command.provider, painter);
        found = !text.empty();
        return text;
    };
    const Exit exit = read({"Providers", {}}, command.json, render, world);
    if (exit == Exit::ok && !found) {
        world.err << "primumctl: there is no provider \"" << printable(command.provider)
                  << "\"; primumctl providers lists them\n";
        return Exit::usage;
    }
    return exit;
}

Exit look(const Command& command, Surroundings& world) {
    const std::string& target = command.target;
    const bool json = command.json;
    switch (command.verb) {
        case Verb::list:
            return read(
                {"ListTargets", {}},
                json,
                [&](const Document& document, const Painter& painter) {
                    return render_targets(document, command.ill_only, painter);
                },
                world);
        case Verb::show:
            return read({"Explain", {target}}, json, render_show, world);
        case Verb::explain:
            return read({"Explain", {target}}, json, render_explain, world);
        case Verb::providers:
            return read({"Providers", {}}, json, render_providers, world);
        case Verb::provider:
            return show_provider(command, world);
        case Verb::sources:
            return read({"Sources", {}}, json, render_sources, world);
        case Verb::source:
            return read({"Source", {command.source}}, json, render_source, world);
        case Verb::incidents:
            return read(
                {"Incidents", {command.limit, command.before}}, json, render_incidents, world);
        case Verb::incident:
            return read({"Incident", {command.incident}}, json, render_incident, world);
        case Verb::actions:
            return read({"Actions", {command.limit, command.before}}, json, render_actions, world);
        default:
            return status(command, world);
    }
}

Request request_of(const Command& command) {
    const std::string& target = command.target;
    const auto usec = static_cast<std::uint64_t>(command.length.count());
    Request request;
    request.timeout = interactive_timeout;
    request.interactive = true;
    switch (command.verb) {
        case Verb::hold:
            request.method = "Hold";
            request.arguments = {target, usec, command.reason};
            break;
        case Verb::release:
            request.method = "Release";
            request.arguments = {target, command.reason};
            break;
        case Verb::disable:
            request.method = "Disable";
            request.arguments = {target, usec, command.reason};
            break;
        case Verb::enable:
            request.method = "Enable";
            request.arguments = {target, command.reason};
            break;
        case Verb::acknowledge:
            request.method = "Acknowledge";
            request.arguments = {command.incident, command.reason};
            break;
        case Verb::rollback:
            request.method = "Rollback";
            request.arguments = {command.action, command.reason};
            break;
        case Verb::mark_provider:
            request.method = "MarkProvider";
            request.arguments = {
                command.provider, command.candidate, command.state, usec, command.reason};
            break;
        case Verb::note_provider:
            request.method = "NoteProvider";
            request.arguments = {command.provider, command.candidate, command.reason};
            break;
        case Verb::reset_breaker:
            request.method = "ResetBreaker";
            request.arguments = {target, command.reason};
            break;
        default:
            request.method = "Reload";
            request.arguments = {command.reason.empty() ? std::string{"primumctl reload"}
                                                        : command.reason};
            break;
    }
    return request;
}

Exit change(const Command& command, Surroundings& world) {
    Request request = request_of(command);
    if (command.target.empty() && command.verb == Verb::disable) {
        return switch_off(request, command, world);
    }
    if (command.target.empty() && command.verb == Verb::enable) {
        return switch_on(request, command, world);
    }
    const bool direct = command.verb == Verb::rollback && world.uid == 0;
    if (direct) {
        request.timeout = switch_timeout;
    }
    const auto reply = world.client.call(request);
    if (!reply.has_value()) {
        return direct && reply.error().kind != CallFailure::Kind::refused
                   ? roll_back_directly(reply.error(), command, world)
                   : failed(reply.error(), command.json, world);
    }
    world.out << (command.json ? reply_json(*reply) : printable(reply->text, true) + "\n");
    return Exit::ok;
}

Exit rules_check(const Command& command, Surroundings& world) {
    const RulesReport report = check_rules(command.paths, command.settings);
    if (command.json) {
        world.out << report_json(report);
    } else if (report.errors.empty()) {
        world.out << report_text(report);
    }
    if (!report.errors.empty()) {
        world.err << mistakes_text(report);
        return Exit::bad_data;
    }
    return Exit::ok;
}

Exit version(const Command& command, Surroundings& world) {
    world.out << (command.json ? fmt::format("{{\"v\":1,\"version\":\"{}\"}}\n", PRIMUM_VERSION)
                               : fmt::format("primumctl {}\n", PRIMUM_VERSION));
    return Exit::ok;
}

}  // namespace

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
        case Verb::reload:
            return change(command, surroundings);
        case Verb::rules_check:
            return rules_check(command, surroundings);
        case Verb::replay:
            return replay(command, surroundings);
        case Verb::simulate:
            return simulate(command.simulate, command.json, surroundings);
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

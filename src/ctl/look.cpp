// SPDX-License-Identifier: MIT
#include "ctl/look.hpp"

#include "ctl/render.hpp"
#include "ctl/text.hpp"
#include "rules/nearest.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <set>
#include <utility>

namespace primum::ctl {
namespace {

using Render = std::function<std::string(const Document&, const Painter&)>;

constexpr std::uint32_t actions_in_status = 5;
constexpr std::uint32_t incidents_in_status = 100;
constexpr std::size_t explained_in_status = 8;
// Of what only the ledger knows: its disk may hang.
constexpr Duration ledger_within = std::chrono::milliseconds{500};
constexpr Duration names_within = std::chrono::seconds{1};

// "did you mean" for a target that there is none of.
void suggest_target(const std::string& name, Surroundings& world) {
    const auto reply = world.client.call({"ListTargets", {}});
    const std::optional<Document> targets =
        reply.has_value() ? Document::parse(reply->text) : std::nullopt;
    if (!targets.has_value()) {
        return;
    }
    std::vector<std::string> known;
    for (const Json& target : targets->root()["targets"].items()) {
        known.push_back(target["name"].text());
    }
    if (const std::string word = rules::nearest(name, {known.begin(), known.end()});
        !word.empty()) {
        world.err << "did you mean \"" << printable(word) << "\"?\n";
    }
}

// Prints the document that `request` answers.
Exit read(const Request& request, bool json, const Render& render, Surroundings& world) {
    const auto reply = world.client.call(request);
    if (!reply.has_value()) {
        const Exit exit = tell_failure(reply.error(), json, world);
        if (reply.error().name == "org.primum.Error.UnknownTarget") {
            suggest_target(std::get<std::string>(request.arguments.at(0)), world);
        }
        return exit;
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
    world.out << render(*document, world.painter());
    return Exit::ok;
}

// What Status does not have, of the worst targets: since when, and what comes next. Whatever does
// not answer is left out: Status says what is wrong.
StatusExtras extras_of(const Document& status, Surroundings& world) {
    StatusExtras extras;
    extras.rows = world.rows;
    extras.actions =
        glance({"Actions", {actions_in_status, std::uint64_t{0}}, ledger_within}, world);
    extras.sources = glance({"Sources", {}}, world);
    const std::vector<Json> ill = status.root()["ill"].items();
    if (ill.empty()) {
        return extras;
    }
    extras.incidents =
        glance({"Incidents", {incidents_in_status, std::uint64_t{0}}, ledger_within}, world);
    for (std::size_t i = 0; i < std::min(ill.size(), explained_in_status); ++i) {
        const std::string name = ill[i]["name"].text();
        if (auto document = glance({"Explain", {name}}, world)) {
            extras.explanations.emplace(name, std::move(*document));
        }
    }
    return extras;
}

Exit status(const Command& command, Surroundings& world) {
    const Render render = [&](const Document& document, const Painter& painter) {
        return render_status(document, extras_of(document, world), painter);
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

}  // namespace

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
            return command.look.at.empty()
                       ? read({"Explain", {target}}, json, render_explain, world)
                       : explain_past(command, world);
        case Verb::precision:
            return read({"Precision", {target}}, json, render_precision, world);
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
        case Verb::action:
            return show_action(command, world);
        case Verb::watch:
            return watch(command, world);
        case Verb::names:
            return names(command, world);
        default:
            return status(command, world);
    }
}

std::optional<Document> glance(const Request& request, Surroundings& world) {
    const auto reply = world.client.call(request);
    return reply.has_value() ? Document::parse(reply->text) : std::nullopt;
}

Exit names(const Command& command, Surroundings& world) {
    struct Place {
        const char* method;
        const char* list;
        const char* name;
    };
    constexpr std::uint32_t newest = 50;
    const std::map<std::string_view, Place> places{
        {"targets", {"ListTargets", "targets", "name"}},
        {"sources", {"Sources", "sources", "name"}},
        {"providers", {"Providers", "providers", "name"}},
        {"incidents", {"Incidents", "incidents", "incident.id"}},
        {"actions", {"Actions", "actions", "action.sequence"}}};
    const auto place = places.find(command.look.kind);
    Request request{place == places.end() ? "" : place->second.method, {}, names_within};
    if (command.look.kind == "incidents" || command.look.kind == "actions") {
        request.arguments = {newest, std::uint64_t{0}};
    }
    const auto document = glance(request, world);
    if (!document || place == places.end()) {
        return Exit::unreachable;
    }
    std::string out;
    for (const Json& row : document->root()[place->second.list].items()) {
        const Json name = row.at(place->second.name);
        const std::string text = name.text().empty() ? std::to_string(name.number()) : name.text();
        out += command.json ? (out.empty() ? "" : ",") + fmt::format("\"{}\"", text)
                            : printable(text) + "\n";
    }
    world.out << (command.json ? fmt::format("{{\"v\":1,\"names\":[{}]}}\n", out) : out);
    return Exit::ok;
}

}  // namespace primum::ctl

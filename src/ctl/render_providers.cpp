// SPDX-License-Identifier: MIT
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

namespace primum::ctl {
namespace {

Cell state_cell(const Json& candidate) {
    const std::string state = candidate["state"].text();
    const Colour colour = state == name_of(CandidateState::healthy)   ? Colour::green
                          : state == name_of(CandidateState::dead)    ? Colour::red
                          : state == name_of(CandidateState::unknown) ? Colour::dim
                                                                      : Colour::yellow;
    return {state + (candidate["marked"].flag() ? " (by hand)" : ""), colour};
}

std::string pointer_text(const Json& provider) {
    const std::string key = provider.at("pointer.key").text();
    return fmt::format("{} {}{}",
                       provider.at("pointer.form").text(),
                       provider.at("pointer.path").text(),
                       key.empty() ? "" : ", key " + key);
}

std::string one_provider(const Json& provider, WallTime now, const Painter& painter) {
    std::string text = painter.paint(provider["name"].text(), Colour::bold) + '\n';
    const std::string current = provider["current"].text();
    text += fmt::format("  pointer  {}\n", printable(pointer_text(provider)));
    text += fmt::format("  in use   {}\n", current.empty() ? "-" : printable(current));
    text += fmt::format("  next     {}", printable(provider["next"].text()));
    if (const auto at = provider["failback_at"].wall()) {
        text += fmt::format(", {} at the earliest", when_text(at, now));
    }
    text += "\n\n";
    Table table{{"CANDIDATE", "STATE", "FELL AGAIN", "CHECKED", "MARKED UNTIL", "NOTE"}};
    table.align_right(2);
    for (const Json& candidate : provider["candidates"].items()) {
        const auto fell = candidate["fell_again"].number();
        const auto checked = candidate["last_checked"].wall();
        const auto until = candidate["marked_until"].wall();
        table.add({{candidate["candidate"].text()},
                   state_cell(candidate),
                   {fell == 0 ? "" : fmt::format("{}", fell)},
                   {checked ? relative(*checked, now) : ""},
                   {until ? when_text(until, now) : ""},
                   {candidate["note"].text()}});
    }
    return text + table.render(painter, 2);
}

}  // namespace

std::string render_providers(const Document& providers, const Painter& painter) {
    const std::vector<Json> rows = providers.root()["providers"].items();
    if (rows.empty()) {
        return "the rules in force have no provider\n";
    }
    Table table{{"PROVIDER", "CANDIDATE", "STATE", "IN USE", "CHECKED", "NOTE"}};
    for (const Json& provider : rows) {
        for (const Json& candidate : provider["candidates"].items()) {
            const auto checked = candidate["last_checked"].wall();
            table.add({{provider["name"].text()},
                       {candidate["candidate"].text()},
                       state_cell(candidate),
                       {candidate["current"].flag() ? "yes" : "", Colour::bold},
                       {checked ? relative(*checked, providers.now()) : ""},
                       {candidate["note"].text()}});
        }
    }
    return table.render(painter);
}

std::string render_provider(const Document& providers,
                            const std::string& name,
                            const Painter& painter) {
    for (const Json& provider : providers.root()["providers"].items()) {
        if (provider["name"].text() == name) {
            return one_provider(provider, providers.now(), painter);
        }
    }
    return {};
}

}  // namespace primum::ctl

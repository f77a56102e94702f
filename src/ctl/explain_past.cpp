// SPDX-License-Identifier: MIT
#include "ctl/look.hpp"
#include "ctl/render.hpp"
#include "ctl/text.hpp"
#include "ctl/time_text.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

namespace primum::ctl {
namespace {

constexpr std::uint32_t page_size = 500;

std::uint64_t id_of(const Json& row) {
    return static_cast<std::uint64_t>(row.at("incident.id").number());
}

// The newest incident of `target` that was open at `at`: its id, 0 where there was none, or the
// exit code of a call that failed.
Result<std::uint64_t, Exit> incident_at(const std::string& target,
                                        WallTime at,
                                        bool json,
                                        Surroundings& world) {
    for (std::uint64_t before = 0;;) {
        const auto page = ask({"Incidents", {page_size, before}}, json, world);
        if (!page.has_value()) {
            return fail(page.error());
        }
        const std::vector<Json> rows = page->root()["incidents"].items();
        for (const Json& row : rows) {
            const Json incident = row["incident"];
            const auto opened = incident["opened"].wall();
            if (incident["target"].text() != target || !opened.has_value() || *opened > at) {
                continue;
            }
            const auto closed = incident["closed"].wall();
            const bool covers = incident["open"].flag() || !closed.has_value() || *closed > at;
            return covers ? id_of(row) : 0;
        }
        if (rows.size() < page_size) {
            return std::uint64_t{0};
        }
        before = id_of(rows.back());
    }
}

// What of a list happened up to `at`, and the first thing after it.
struct Split {
    std::vector<Json> until;
    Json next;
};

Split split(const std::vector<Json>& items, WallTime at) {
    Split parts;
    for (const Json& item : items) {
        if (item["at"].wall().value_or(WallTime{}) <= at) {
            parts.until.push_back(item);
        } else if (!parts.next.present()) {
            parts.next = item;
        }
    }
    return parts;
}

std::string list_of(const std::vector<Json>& items) {
    std::string list;
    for (const Json& item : items) {
        list += (list.empty() ? "" : ",") + item.raw();
    }
    return "[" + list + "]";
}

}  // namespace

Exit explain_past(const Command& command, Surroundings& world) {
    const auto at = parse_time(command.look.at, world.clock.now().wall, Direction::past);
    if (!at.has_value()) {
        return tell_problem(fmt::format("--at \"{}\" is no time; write 03:45, 2026-11-22 03:45, "
                                        "10m ago or @1795320000",
                                        command.look.at),
                            Exit::usage,
                            command.json,
                            world);
    }
    const auto incident = incident_at(command.target, *at, command.json, world);
    if (!incident.has_value()) {
        return incident.error();
    }
    std::optional<Document> story;
    if (*incident != 0) {
        auto found = ask({"Incident", {*incident}}, command.json, world);
        if (!found.has_value()) {
            return found.error();
        }
        story = std::move(*found);
    }
    const Json parts = story.has_value() ? story->root()["story"] : Json{};
    const Split decisions = split(parts["decisions"].items(), *at);
    const Split steps = split(parts["transitions"].items(), *at);
    const Json last = decisions.until.empty() ? Json{} : decisions.until.back();
    if (command.json) {
        world.out << fmt::format(R"({{"v":1,"target":"{}","at_wall_us":{},"incident":{},)"
                                 R"("decisions":{},"transitions":{},"next":{}}})",
                                 printable(command.target),
                                 to_us(*at),
                                 parts.at("incident.incident").raw(),
                                 list_of(decisions.until),
                                 list_of(steps.until),
                                 decisions.next.raw())
                  << "\n";
        return Exit::ok;
    }
    const Past past{command.target, *at, parts.at("incident.incident"), last, decisions.next};
    world.out << render_past(past, steps.until, world.painter());
    return Exit::ok;
}

}  // namespace primum::ctl

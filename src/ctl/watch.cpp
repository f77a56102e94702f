// SPDX-License-Identifier: MIT
#include "ctl/look.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace primum::ctl {
namespace {

// On a terminal the screen is drawn again so often, for spans of time to go on.
constexpr Duration redraw_after{std::chrono::seconds{2}};
constexpr Duration patience{std::chrono::minutes{1}};

// What the arguments of a signal are, in their order; the JSON's members.
std::vector<std::string_view> members_of(const Signal& signal) {
    if (signal.name == "LevelChanged") {
        return {"target", "from", "to", "reason", "incident"};
    }
    if (signal.name == "IncidentChanged") {
        return {"incident", "target", "open", "level", "phase", "reason"};
    }
    if (signal.name == "TargetChanged") {
        return {"target"};
    }
    return {};
}

std::string json_line(const Signal& signal, WallTime at) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("wall_us");
    writer.value(to_us(at));
    writer.key("signal");
    writer.value(signal.name);
    const auto members = members_of(signal);
    for (std::size_t i = 0; i < std::min(members.size(), signal.arguments.size()); ++i) {
        const std::string& text = signal.arguments[i];
        writer.key(members[i]);
        const bool bare = members[i] == "incident" || members[i] == "open";
        bare ? writer.raw(text) : writer.value(text);
    }
    writer.end_object();
    return json + "\n";
}

// One line for people; nothing for a signal that another one says better.
std::string text_line(const Signal& signal, WallTime at) {
    const auto& said = signal.arguments;
    std::string text;
    if (signal.name == "LevelChanged" && said.size() == 5) {
        text = fmt::format(
            "{}: {} -> {} ({}), incident {}", said[0], said[1], said[2], said[3], said[4]);
    } else if (signal.name == "IncidentChanged" && said.size() == 6) {
        text = fmt::format("{}: incident {} {}, {} at {} ({})",
                           said[1],
                           said[0],
                           said[2] == "true" ? "open" : "closed",
                           said[4],
                           said[3],
                           said[5]);
    } else if (signal.name == "Gone") {
        text = "primumd has left the bus";
    } else if (signal.name == "Back") {
        text = "primumd is on the bus";
    }
    return text.empty() ? text : fmt::format("{}  {}\n", local_time(at), printable(text));
}

// The screen as `status` shows it, drawn over the last one.
Exit draw(const Command& command, Surroundings& world) {
    Command status = command;
    status.verb = Verb::status;
    world.out << "\x1b[H\x1b[2J" << std::flush;
    const Exit exit = look(status, world);
    world.out << std::flush;
    return exit == Exit::unreachable ? Exit::ok : exit;  // it may come back
}

}  // namespace

Exit watch(const Command& command, Surroundings& world) {
    if (const auto listening = world.client.listen(); !listening.has_value()) {
        return tell_failure(listening.error(), command.json, world);
    }
    const bool screen = world.columns > 0 && !command.json;
    if (!screen) {
        const auto status = ask({"Status", {}}, command.json, world);  // now, or why not
        if (!status.has_value()) {
            return status.error();
        }
        const WallTime now = world.clock.now().wall;
        world.out << (command.json ? json_line({"Watching", {}}, now)
                                   : fmt::format("{}  watching\n", local_time(now)))
                  << std::flush;
    }
    for (std::uint64_t told = 0; command.look.count == 0 || told < command.look.count;) {
        if (screen) {
            if (const Exit exit = draw(command, world); exit != Exit::ok) {
                return exit;
            }
        }
        const auto signal = world.client.next_signal(screen ? redraw_after : patience);
        if (!signal.has_value()) {
            return tell_failure(signal.error(), command.json, world);
        }
        if (!signal->has_value()) {
            continue;
        }
        const WallTime now = world.clock.now().wall;
        const std::string line = command.json ? json_line(**signal, now) : text_line(**signal, now);
        told += line.empty() ? 0 : 1;
        if (!screen) {
            world.out << line << std::flush;
        }
        if (!world.out) {
            return Exit::ok;  // nobody reads any more
        }
    }
    return Exit::ok;
}

}  // namespace primum::ctl

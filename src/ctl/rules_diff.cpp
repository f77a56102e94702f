// SPDX-License-Identifier: MIT
#include "ctl/rules_diff.hpp"

#include "ctl/rules_show.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "rules/rule_diff.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <filesystem>

namespace primum::ctl {
namespace {

using rules::Change;
using rules::ChangeKind;
using rules::Tendency;

std::string json_of(const std::vector<Change>& changes) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("same");
    writer.value(changes.empty());
    writer.key("changes");
    writer.begin_array();
    for (const Change& change : changes) {
        writer.begin_object();
        writer.key("kind");
        writer.value(name_of(change.kind));
        writer.key("key");
        writer.value(change.key);
        writer.key("before");
        writer.value(change.before);
        writer.key("after");
        writer.value(change.after);
        writer.key("tendency");
        writer.value(name_of(change.tendency));
        writer.key("meaning");
        writer.value(change.meaning);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

std::string line_of(const Change& change, const Painter& painter) {
    constexpr std::array<std::string_view, 3> signs{"+", "-", "~"};
    constexpr std::array<Colour, 3> colours{Colour::green, Colour::red, Colour::yellow};
    const auto kind = static_cast<std::size_t>(change.kind);
    std::string out = painter.paint(fmt::format("{} {}", signs.at(kind), printable(change.key)),
                                    colours.at(kind));
    if (!change.before.empty() && !change.after.empty()) {
        out += fmt::format(": {} -> {}", printable(change.before), printable(change.after));
    } else if (!change.before.empty() || !change.after.empty()) {
        out += fmt::format(": {}", printable(change.before + change.after));
    }
    if (!change.meaning.empty()) {
        const Colour colour = change.tendency == Tendency::acts_more   ? Colour::red
                              : change.tendency == Tendency::acts_less ? Colour::cyan
                                                                       : Colour::plain;
        out += fmt::format("  ({})", painter.paint(change.meaning, colour));
    }
    return out + "\n";
}

std::string text_of(const std::vector<Change>& changes, const Painter& painter) {
    if (changes.empty()) {
        return "no difference in effect\n";
    }
    std::string out;
    std::size_t more = 0;
    std::size_t less = 0;
    for (const Change& change : changes) {
        out += line_of(change, painter);
        more += change.tendency == Tendency::acts_more ? 1 : 0;
        less += change.tendency == Tendency::acts_less ? 1 : 0;
    }
    return out + fmt::format("{} difference{}: {} let it act more, {} less\n",
                             changes.size(),
                             changes.size() == 1 ? "" : "s",
                             more,
                             less);
}

}  // namespace

Exit rules_diff(const Command& command, Surroundings& world) {
    for (const std::string& path : command.paths) {
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored)) {
            return tell_problem(
                fmt::format("there is no {}: a rule file or a directory of them", printable(path)),
                Exit::no_input,
                command.json,
                world);
        }
    }
    const auto before = load_rules_of(command, {command.paths.at(0)}, world);
    if (!before.has_value()) {
        return before.error();
    }
    const auto after = load_rules_of(command, {command.paths.at(1)}, world);
    if (!after.has_value()) {
        return after.error();
    }
    const auto changes = rules::diff_rules(*before->rules, *after->rules);
    world.out << (command.json ? json_of(changes) : text_of(changes, world.painter()));
    return changes.empty() ? Exit::ok : Exit::regression;
}

}  // namespace primum::ctl

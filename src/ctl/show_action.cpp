// SPDX-License-Identifier: MIT
#include "ctl/look.hpp"
#include "ctl/render.hpp"
#include "ctl/table.hpp"
#include "ctl/text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace primum::ctl {
namespace {

std::string fact(std::string_view name, const std::string& value) {
    return value.empty() ? "" : fmt::format("{:<10}  {}\n", name, printable(value));
}

// The transitions of one action, from the story of its incident.
std::vector<Json> steps_of(const std::optional<Document>& story, const std::string& id) {
    std::vector<Json> steps;
    if (story.has_value()) {
        steps = story->root().at("story.transitions").items();
        std::erase_if(steps, [&](const Json& step) { return step["action"].text() != id; });
    }
    return steps;
}

std::string table_of(const std::string& heading, const Table& table, const Painter& painter) {
    return table.empty()
               ? ""
               : "\n" + painter.paint(heading, Colour::bold) + "\n" + table.render(painter, 2);
}

std::string steps_text(const std::vector<Json>& steps,
                       const Document& rows,
                       const Painter& painter) {
    Table table{{"TIME", "STEP", "RESULT", "REASON", "TOOK", "DETAIL"}};
    for (const Json& step : steps) {
        const std::string outcome = word_or_nothing(step["outcome"]);
        table.add({{when_text(step["at"].wall(), rows.now())},
                   {step["state"].text()},
                   word(outcome.empty() ? word_or_nothing(step["result"]) : outcome),
                   {word_or_nothing(step["reason"])},
                   {step["took_us"].number() == 0 ? "" : human_span(step["took_us"].span())},
                   {step["detail"].text()}});
    }
    return table_of("Steps", table, painter);
}

// Whether it was called for, and who says so.
std::string judgement_text(const Json& judgement) {
    const std::string judged = word_or_nothing(judgement["judged"]);
    if (judged.empty()) {
        return judgement["action"].text().empty() ? "" : "not judged yet";
    }
    if (judgement["by"].text() == name_of(JudgedBy::person)) {
        return fmt::format("{}, labelled by uid {}", judged, judgement["uid"].number());
    }
    return fmt::format("{}, judged by comparison: {}", judged, judgement["reason"].text());
}

std::string render(const Document& rows, const std::vector<Json>& steps, const Painter& painter) {
    const Json row = row_of(rows);
    const Json action = row["action"];
    const std::int64_t sequence = action["sequence"].number();
    std::string out =
        painter.paint(fmt::format("Action {}: {}", sequence, printable(action_name(action))),
                      Colour::bold) +
        "\n";
    out += fact("id", action["id"].text());
    out += fact("target", action["target"].text());
    out += fact("level", action["level"].text());
    out += fact("incident", fmt::format("{}", action["incident"].number()));
    out += fact("intended", when_text(action["intended"].wall(), rows.now()));
    const std::string result = action_result(row);
    out += fmt::format("{:<10}  {}\n", "result", painter.paint(result, colour_of_result(row)));
    out += fact("judgement", judgement_text(row["judgement"]));
    out += fact("provider", action["provider"].text());
    out += fact("candidate", action["candidate"].text());
    const std::string way_back = word_or_nothing(action["way_back"]);
    const bool undone = row["state"].text() == "rolled_back";
    if (way_back.empty()) {
        out += fact("to undo it", "there is no way back");
    } else if (!undone && !action["dry_run"].flag()) {
        out += fact("to undo it", fmt::format("primumctl rollback {} --reason ...", sequence));
    }
    Table evidence{{"INDICATOR", "SEVERITY", "VALUE", "WHY"}};
    for (const Json& item : action["evidence"].items()) {
        evidence.add({{item["indicator"].text()},
                      word(item["severity"].text()),
                      {item["value"].text()},
                      {item["why"].text()}});
    }
    Table guards{{"GUARD", "VERDICT", "DETAIL"}};
    for (const Json& guard : action["guards"].items()) {
        guards.add(
            {{guard["guard"].text()}, word(guard["verdict"].text()), {guard["detail"].text()}});
    }
    return out + steps_text(steps, rows, painter) +
           table_of("Evidence, when it was decided", evidence, painter) +
           table_of("Guards, when it was decided", guards, painter);
}

}  // namespace

std::optional<std::uint64_t> sequence_of(const std::string& action) {
    const std::size_t dash = action.rfind('-');
    const std::string digits = dash == std::string::npos ? action : action.substr(dash + 1);
    std::uint64_t sequence = 0;
    const char* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, sequence);
    constexpr std::uint64_t most = std::uint64_t{1} << 62U;
    return error == std::errc{} && at == end && sequence < most ? std::optional{sequence}
                                                                : std::nullopt;
}

Json row_of(const Document& actions) {
    const std::vector<Json> rows = actions.root()["actions"].items();
    return rows.empty() ? Json{} : rows.front();
}

Result<Document, Exit> find_action(const std::string& action, bool json, Surroundings& world) {
    const auto unknown = [&] {
        return fail(tell_problem(
            fmt::format("there is no action \"{}\"; primumctl actions lists them", action),
            Exit::usage,
            json,
            world));
    };
    const auto sequence = sequence_of(action);
    if (!sequence.has_value()) {
        return unknown();
    }
    auto rows = ask({"Actions", {1U, *sequence + 1}}, json, world);
    if (!rows.has_value()) {
        return fail(rows.error());
    }
    const Json found = row_of(*rows)["action"];
    const bool by_number = action == std::to_string(*sequence);
    const bool same = by_number
                          ? static_cast<std::uint64_t>(found["sequence"].number()) == *sequence
                          : found["id"].text() == action;
    if (!found.present() || !same) {
        return unknown();
    }
    return rows;
}

Exit show_action(const Command& command, Surroundings& world) {
    const auto rows = find_action(command.action, command.json, world);
    if (!rows.has_value()) {
        return rows.error();
    }
    const Json row = row_of(*rows);
    const auto incident = static_cast<std::uint64_t>(row.at("action.incident").number());
    const std::optional<Document> story =
        incident == 0 ? std::nullopt : glance({"Incident", {incident}}, world);
    const std::vector<Json> steps = steps_of(story, row.at("action.id").text());
    if (!command.json) {
        world.out << render(*rows, steps, world.painter());
        return Exit::ok;
    }
    std::string list;
    for (const Json& step : steps) {
        list += (list.empty() ? "" : ",") + step.raw();
    }
    world.out << fmt::format(R"({{"v":1,"now":{},"action":{},"transitions":[{}]}})",
                             rows->root()["now"].raw(),
                             row.raw(),
                             list)
              << "\n";
    return Exit::ok;
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/simulate.hpp"

#include "ctl/rules_check.hpp"
#include "ctl/simulate_availability.hpp"
#include "ctl/table.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "replay/sim_library.hpp"
#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace primum::ctl {
namespace {

constexpr std::array acting{Level::retry, Level::failover, Level::restart, Level::fallback};

std::string list_text(const Painter& painter) {
    Table table{{"SCENARIO", "WHAT HAPPENS", "WHAT MUST COME OF IT"}};
    for (const replay::SimScenario& scenario : replay::scenarios()) {
        table.add({{std::string{scenario.name}, Colour::bold},
                   {std::string{scenario.summary}},
                   {std::string{scenario.expectation}}});
    }
    return table.render(painter);
}

std::string list_json() {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("scenarios");
    writer.begin_array();
    for (const replay::SimScenario& scenario : replay::scenarios()) {
        writer.begin_object();
        writer.key("name");
        writer.value(scenario.name);
        writer.key("summary");
        writer.value(scenario.summary);
        writer.key("expectation");
        writer.value(scenario.expectation);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

void write_strings(event::JsonWriter& writer,
                   std::string_view key,
                   const std::vector<std::string>& texts) {
    writer.key(key);
    writer.begin_array();
    for (const std::string& text : texts) {
        writer.value(text);
    }
    writer.end_array();
}

void write_levels(event::JsonWriter& writer,
                  std::string_view key,
                  const std::array<std::uint32_t, level_count>& counts) {
    writer.key(key);
    writer.begin_object();
    for (const Level level : acting) {
        writer.key(name_of(level));
        writer.value(counts[index_of(level)]);
    }
    writer.end_object();
}

std::string rows_json(const SimulateOptions& options,
                      const std::string& digest,
                      const std::vector<replay::SimRow>& rows,
                      bool is_well) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("ok");
    writer.value(is_well);
    writer.key("rules");
    writer.value(digest);
    writer.key("seed");
    writer.value(options.seed);
    writer.key("hours");
    writer.value(options.hours);
    writer.key("runs");
    writer.begin_array();
    for (const replay::SimRow& row : rows) {
        writer.begin_object();
        writer.key("scenario");
        writer.value(row.scenario);
        writer.key("target");
        writer.value(row.target);
        write_levels(writer, "actions", row.count.acted);
        write_levels(writer, "would_acts", row.count.would_act);
        write_levels(writer, "rolled_back", row.count.taken_back);
        writer.key("peak");
        writer.value(name_of(row.count.peak));
        writer.key("outcome");
        writer.value(row.outcome);
        writer.key("steps");
        writer.value(row.steps);
        write_strings(writer, "breaches", row.breaches);
        write_strings(writer, "timeline", row.timeline);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

Cell number(std::uint32_t count) {
    return {count == 0 ? std::string{} : std::to_string(count)};
}

std::string rows_text(const std::vector<replay::SimRow>& rows, const Painter& painter) {
    Table table{{"SCENARIO",
                 "TARGET",
                 "RETRY",
                 "FAILOVER",
                 "RESTART",
                 "FALLBACK",
                 "WOULD ACT",
                 "PEAK",
                 "OUTCOME",
                 "BREACHES"}};
    for (std::size_t column = 2; column <= 6; ++column) {
        table.align_right(column);
    }
    for (const replay::SimRow& row : rows) {
        std::vector<Cell> cells{{row.scenario},
                                {row.target.empty() ? std::string{"(all)"} : row.target}};
        for (const Level level : acting) {
            cells.push_back(number(row.count.acted[index_of(level)]));
        }
        cells.push_back(number(row.count.would_acts()));
        cells.push_back(word(std::string{name_of(row.count.peak)}));
        cells.push_back(word(row.outcome));
        cells.push_back(row.breaches.empty()
                            ? Cell{}
                            : Cell{fmt::format("{} (below)", row.breaches.size()), Colour::red});
        table.add(std::move(cells));
    }
    return table.render(painter);
}

std::string replay_command(const SimulateOptions& options, const replay::SimRow& row) {
    std::string command = "primumctl simulate --rules " + options.rules;
    if (!options.settings.empty()) {
        command += " --settings " + options.settings;
    }
    command += fmt::format(
        " --scenario {} --seed {} --hours {}", row.scenario, options.seed, options.hours);
    if (!row.target.empty()) {
        command += " --target " + row.target;
    }
    return command + (options.enforced ? " --enforced" : "");
}

// What is wrong, how to see it again, and the shortest way there.
std::string breaches_text(const SimulateOptions& options, const std::vector<replay::SimRow>& rows) {
    std::string text;
    for (const replay::SimRow& row : rows) {
        if (row.breaches.empty()) {
            continue;
        }
        text += fmt::format(
            "\n{} {}\n", row.scenario, row.target.empty() ? "(all)" : printable(row.target));
        for (const std::string& breach : row.breaches) {
            text += "  " + printable(breach) + "\n";
        }
        text += "  again: " + printable(replay_command(options, row)) + "\n";
        text += "  the shortest timeline that still has a breach:\n";
        for (const std::string& deed : row.timeline) {
            text += "    " + printable(deed) + "\n";
        }
    }
    return text;
}

Exit misused(const std::string& why, bool json, Surroundings& world) {
    return tell(NotACommand{Exit::usage, why + "\n", json}, world);
}

}  // namespace

Exit simulate(const SimulateOptions& options, bool json, Surroundings& world) {
    const Painter painter{world.colours};
    if (options.scenario == "list") {
        world.out << (json ? list_json() : list_text(painter));
        return Exit::ok;
    }
    if (options.rules.empty()) {
        return misused("simulate needs --rules", json, world);
    }
    if (!options.scenario.empty() && replay::find_scenario(options.scenario) == nullptr) {
        return misused(
            "there is no such scenario; simulate --scenario list shows them", json, world);
    }
    rules::Settings settings;
    settings.decision.mode = Mode::enforce;
    RulesReport report;
    if (!options.settings.empty()) {
        rules::SettingsLoad loaded = rules::load_settings(options.settings);
        report.errors = loaded.errors;
        settings = loaded.settings;
    }
    settings.decision.machine = world.machine;
    const rules::RulesLoad load =
        rules::load_rules({options.rules}, with_library(settings, options.library));
    report.errors.insert(report.errors.end(), load.errors.begin(), load.errors.end());
    if (load.rules == nullptr || !report.errors.empty()) {
        if (json) {
            world.out << report_json(report);
        }
        world.err << mistakes_text(report);
        return Exit::bad_data;
    }
    const auto& targets = load.rules->targets;
    const bool is_known = options.target.empty() ||
                          std::any_of(targets.begin(), targets.end(), [&](const TargetRule& each) {
                              return each.name == options.target;
                          });
    if (!is_known) {
        return misused("there is no such target in the rules", json, world);
    }
    if (options.availability) {
        return simulate_availability(options, *load.rules, json, world);
    }
    const replay::SimRequest request{options.scenario,
                                     options.target,
                                     options.seed,
                                     std::chrono::hours{options.hours},
                                     options.enforced};
    const auto rows = replay::run_library(*load.rules, request, [&](auto scenario, auto target) {
        if (world.colours && !json) {
            world.err << fmt::format("\r\033[K{} {}", scenario, printable(target)) << std::flush;
        }
    });
    if (world.colours && !json) {
        world.err << "\r\033[K" << std::flush;
    }
    const bool is_well =
        std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.breaches.empty(); });
    if (json) {
        world.out << rows_json(options, load.rules->digest, rows, is_well);
    } else {
        world.out << rows_text(rows, painter) << breaches_text(options, rows);
    }
    return is_well ? Exit::ok : Exit::breach;
}

}  // namespace primum::ctl

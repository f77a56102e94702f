// SPDX-License-Identifier: MIT
#include "ctl/simulate_availability.hpp"

#include "ctl/table.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "replay/sim_availability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using Rows = std::vector<replay::AvailabilityRow>;

std::string percent(double share) {
    return fmt::format("{:.3f}%", 100 * share);
}

// A gain of nothing is not told as "+0.000%", and rounding makes no loss.
Cell gain(const replay::AvailabilityRow& row) {
    constexpr double shown = 5e-6;
    const double difference = row.with - row.without;
    if (difference > -shown && difference < shown) {
        return {std::string{}};
    }
    const Colour colour = row.is_worse()   ? Colour::red
                          : difference > 0 ? Colour::green
                                           : Colour::yellow;
    return {fmt::format("{:+.3f}%", 100 * difference), colour};
}

std::string rows_text(const Rows& rows, const Painter& painter) {
    Table table{{"SCENARIO", "WORLDS", "WITH", "WITHOUT", "GAIN", "JUDGEMENT"}};
    for (std::size_t column = 1; column <= 4; ++column) {
        table.align_right(column);
    }
    for (const replay::AvailabilityRow& row : rows) {
        table.add({{row.scenario},
                   {std::to_string(row.worlds)},
                   {percent(row.with)},
                   {percent(row.without)},
                   gain(row),
                   row.is_worse() ? Cell{"worse", Colour::red} : Cell{}});
    }
    return table.render(painter);
}

std::string worse_text(const SimulateOptions& options, const Rows& rows) {
    std::string text;
    for (const replay::AvailabilityRow& row : rows) {
        if (!row.is_worse()) {
            continue;
        }
        text += fmt::format(
            "\n{}: its targets are well for less of their time than without primum\n"
            "  what is done in the worst world: primumctl simulate --rules {} "
            "--scenario {} --seed {} --hours {}{}{}\n",
            row.scenario,
            printable(options.rules),
            row.scenario,
            row.worst_seed,
            options.hours,
            row.worst_target.empty() ? "" : " --target " + row.worst_target,
            options.enforced ? " --enforced" : "");
    }
    return text;
}

std::string rows_json(const SimulateOptions& options,
                      const std::string& digest,
                      const Rows& rows,
                      bool is_well) {
    std::string json;
    event::JsonWriter writer{json};
    const auto put = [&](std::string_view key, const auto& value) {
        writer.key(key);
        writer.value(value);
    };
    writer.begin_object();
    put("v", 1);
    put("ok", is_well);
    put("rules", digest);
    put("seed", options.seed);
    put("seeds", options.seeds);
    put("hours", options.hours);
    writer.key("availability");
    writer.begin_array();
    for (const replay::AvailabilityRow& row : rows) {
        writer.begin_object();
        put("scenario", row.scenario);
        put("worlds", row.worlds);
        put("with", row.with);
        put("without", row.without);
        put("bearable_loss", row.bearable_loss);
        put("worse", row.is_worse());
        put("worst", row.worst);
        put("worst_seed", row.worst_seed);
        put("worst_target", row.worst_target);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

}  // namespace

Exit simulate_availability(const SimulateOptions& options,
                           const RuleSet& rules,
                           bool json,
                           Surroundings& world) {
    const replay::AvailabilityRequest request{options.scenario,
                                              options.target,
                                              options.seed,
                                              options.seeds,
                                              std::chrono::hours{options.hours},
                                              options.enforced};
    const bool tells = world.colours && !json;
    const auto rows = replay::measure_availability(rules, request, [&](auto scenario, auto target) {
        if (tells) {
            world.err << fmt::format("\r\033[K{} {}", scenario, printable(target)) << std::flush;
        }
    });
    if (tells) {
        world.err << "\r\033[K" << std::flush;
    }
    const bool is_well =
        std::none_of(rows.begin(), rows.end(), [](const auto& row) { return row.is_worse(); });
    if (json) {
        world.out << rows_json(options, rules.digest, rows, is_well);
    } else {
        world.out << rows_text(rows, Painter{world.colours}) << worse_text(options, rows);
    }
    return is_well ? Exit::ok : Exit::breach;
}

}  // namespace primum::ctl

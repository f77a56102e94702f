// SPDX-License-Identifier: MIT
#include "ctl/score.hpp"

#include "ctl/rules_check.hpp"
#include "ctl/table.hpp"
#include "ctl/text.hpp"
#include "ctl/windows_file.hpp"
#include "event/json_writer.hpp"
#include "replay/recorded_events.hpp"
#include "replay/rehearsal.hpp"
#include "replay/score.hpp"
#include "rules/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace primum::ctl {
namespace {

constexpr std::uintmax_t max_windows_bytes = std::uintmax_t{16} << 20U;

using Rules = std::shared_ptr<const RuleSet>;
using Windows = std::vector<replay::LabelledWindow>;

Exit failed(const std::string& what, Exit exit, bool json, Surroundings& world) {
    return tell_problem(printable(what), exit, json, world);
}

Result<Rules, Exit> rules_of(const ScoreOptions& options, bool json, Surroundings& world) {
    std::vector<rules::RuleError> errors;
    rules::Settings settings;
    settings.decision.mode = Mode::enforce;  // the rules' own modes decide
    if (!options.settings.empty()) {
        rules::SettingsLoad load = rules::load_settings(options.settings);
        errors = std::move(load.errors);
        settings = std::move(load.settings);
    }
    const rules::RulesLoad load =
        rules::load_rules({options.rules}, with_library(settings, options.library));
    errors.insert(errors.end(), load.errors.begin(), load.errors.end());
    for (const rules::RuleError& error : errors) {
        world.err << printable(rules::format_error(error)) << "\n";
    }
    if (!errors.empty()) {
        return fail(failed("the rules have mistakes; primumctl rules check tells them",
                           Exit::bad_data,
                           json,
                           world));
    }
    const auto& targets = load.rules->targets;
    const bool known = std::any_of(targets.begin(), targets.end(), [&](const TargetRule& each) {
        return options.target.empty() || each.name == options.target;
    });
    if (!known) {
        return fail(failed(
            options.target.empty()
                ? options.rules + ": the rules have no target"
                : fmt::format(
                      "{}: there is no target \"{}\" in the rules", options.rules, options.target),
            Exit::usage,
            json,
            world));
    }
    return load.rules;
}

Result<Windows, Exit> windows_of(const ScoreOptions& options, bool json, Surroundings& world) {
    std::error_code none;
    const auto size = std::filesystem::file_size(options.windows, none);
    std::ifstream file{options.windows};
    if (none || !file) {
        return fail(failed(
            options.windows + ": there is no such file to be read", Exit::no_input, json, world));
    }
    if (size > max_windows_bytes) {
        return fail(failed(options.windows + ": larger than 16 MiB", Exit::bad_data, json, world));
    }
    std::ostringstream text;
    text << file.rdbuf();
    auto windows = read_windows(text.str(), options.name, options.recordings);
    if (!windows) {
        return fail(failed(options.windows + ": " + windows.error(), Exit::bad_data, json, world));
    }
    return std::move(*windows);
}

Result<void, replay::ReplayError> rehearse(replay::RecordedEvents& events,
                                           const Rules& rules,
                                           replay::Score& score) {
    replay::Rehearsal rehearsal{rules};
    bool any = false;
    while (true) {
        const auto event = events.next();
        if (!event) {
            return fail(event.error());
        }
        if (*event == nullptr) {
            break;
        }
        any = true;
        const auto steps = rehearsal.play(**event);
        if (!steps) {
            return fail(replay::ReplayError{events.place() + ": " + steps.error().message});
        }
        for (const auto& step : *steps) {
            score.see(step);
        }
        score.see((*event)->at);
    }
    return any ? Result<void, replay::ReplayError>{}
               : Result<void, replay::ReplayError>{
                     fail(replay::ReplayError{"there is no event in it"})};
}

std::string percent(std::uint32_t of, std::uint32_t all) {
    return all == 0 ? "-" : fmt::format("{} %", of * 100 / all);
}

std::string text_of(const replay::Score& score, std::size_t windows, const Painter& painter) {
    Table table{{"TARGET",
                 "LEVEL",
                 "SEEN",
                 "MISSED",
                 "STOOD ALREADY",
                 "FALSE",
                 "RECALL",
                 "PRECISION",
                 "MEDIAN DELAY",
                 "ACTS",
                 "FALSE ACTS"}};
    for (std::size_t column = 2; column <= 10; ++column) {
        table.align_right(column);
    }
    for (const replay::LevelScore& each : score.levels()) {
        table.add({{each.target},
                   word(std::string{name_of(each.level)}),
                   {std::to_string(each.seen)},
                   {std::to_string(each.missed)},
                   {std::to_string(each.standing)},
                   {std::to_string(each.false_ones)},
                   {percent(each.seen, each.seen + each.missed)},
                   {percent(each.seen, each.seen + each.false_ones)},
                   {each.delay ? human_span(*each.delay) : "-"},
                   {std::to_string(each.acts)},
                   {std::to_string(each.false_acts)}});
    }
    std::string out = table.render(painter);
    const std::uint32_t outside = score.not_covered();
    out += fmt::format("{} window{}", windows, windows == 1 ? "" : "s");
    if (outside > 0) {
        out += fmt::format("; {} of them lie outside of the recording and do not count", outside);
    }
    return out + "\n";
}

std::string json_of(const replay::Score& score, std::size_t windows, const std::string& digest) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("rules_digest");
    writer.value(digest);
    writer.key("windows");
    writer.value(std::uint64_t{windows});
    writer.key("not_covered");
    writer.value(score.not_covered());
    writer.key("levels");
    writer.begin_array();
    for (const replay::LevelScore& each : score.levels()) {
        writer.begin_object();
        writer.key("target");
        writer.value(each.target);
        writer.key("level");
        writer.value(name_of(each.level));
        const auto count = [&](std::string_view name, std::uint32_t value) {
            writer.key(name);
            writer.value(value);
        };
        count("seen", each.seen);
        count("missed", each.missed);
        count("stood_already", each.standing);
        count("false", each.false_ones);
        count("acts", each.acts);
        count("false_acts", each.false_acts);
        writer.key("median_delay_us");
        if (each.delay) {
            writer.value(std::int64_t{each.delay->count()});
        } else {
            writer.null();
        }
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

}  // namespace

Exit score(const ScoreOptions& options, bool json, Surroundings& world) {
    const auto rules = rules_of(options, json, world);
    if (!rules) {
        return rules.error();
    }
    const auto windows = windows_of(options, json, world);
    if (!windows) {
        return windows.error();
    }
    auto events =
        replay::RecordedEvents::open({options.recordings.begin(), options.recordings.end()});
    if (!events) {
        return failed(events.error().message,
                      events.error().missing ? Exit::no_input : Exit::bad_data,
                      json,
                      world);
    }
    replay::Score score{*rules, *windows, options.target};
    if (const auto done = rehearse(*events, *rules, score); !done) {
        return failed(done.error().message,
                      done.error().missing ? Exit::no_input : Exit::bad_data,
                      json,
                      world);
    }
    for (const replay::Remark& remark : events->remarks()) {
        world.err << printable(
                         fmt::format("{}:{}: {}", remark.path.string(), remark.line, remark.text))
                  << "\n";
    }
    world.out << (json ? json_of(score, windows->size(), (*rules)->digest)
                       : text_of(score, windows->size(), world.painter()));
    const bool good = events->count(replay::Remark::Kind::bad_line) == 0 &&
                      events->count(replay::Remark::Kind::missing) == 0;
    return good ? Exit::ok : Exit::bad_data;
}

}  // namespace primum::ctl

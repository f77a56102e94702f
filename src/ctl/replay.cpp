// SPDX-License-Identifier: MIT
#include "ctl/replay.hpp"

#include "ctl/bundle.hpp"
#include "ctl/render_effect.hpp"
#include "ctl/replay_input.hpp"
#include "ctl/rules_check.hpp"
#include "ctl/text.hpp"
#include "event/effect_json.hpp"
#include "event/field_writer.hpp"
#include "event/json_writer.hpp"
#include "replay/comparison.hpp"
#include "replay/player.hpp"
#include "replay/recorded_events.hpp"
#include "replay/rehearsal.hpp"
#include "rules/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

namespace primum::ctl {
namespace {

using Rules = std::shared_ptr<const RuleSet>;

constexpr std::size_t least_target_width = 12;
constexpr std::array<std::string_view, 3> judgement_names{"stable", "known", "regression"};
constexpr std::array<std::string_view, 3> change_names{"new", "gone", "changed"};

// Says what was left out. A torn tail is what a crash leaves; the others make no good recording.
Exit finish(const replay::RecordedEvents& events, Exit exit, Surroundings& world) {
    for (const std::string& remark : remarks_of(events)) {
        world.err << remark << "\n";
    }
    const std::uint64_t bad = events.count(replay::Remark::Kind::bad_line);
    const bool good = bad == 0 && events.count(replay::Remark::Kind::missing) == 0;
    return good || exit != Exit::ok ? exit : Exit::bad_data;
}

// Gives every event to `take`, which gives a Result<void, ReplayError>.
template <class Take>
Exit for_each_event(replay::RecordedEvents& events, Surroundings& world, Take take) {
    Progress progress{world, events, "replaying"};
    bool any = false;
    while (true) {
        const auto event = events.next();
        if (!event) {
            return tell_replay_error(event.error(), world);
        }
        if (*event == nullptr) {
            break;
        }
        any = true;
        if (const auto taken = take(**event); !taken) {
            return tell_replay_error({events.place() + ": " + taken.error().message}, world);
        }
        progress.show();
    }
    if (!any) {
        static_cast<void>(finish(events, Exit::ok, world));
        return tell_replay_error({"there is no event in it"}, world);
    }
    return Exit::ok;
}

// Prints effects, as JSON or for people.
class Printer {
public:
    Printer(bool json, Surroundings& world) : json_(json), world_(world) {}

    void print(const Effect& effect, WallTime at, const Engine& engine) {
        if (json_) {
            world_.out << event::write_effect(effect) << '\n';
        } else if (const auto line = render_effect(effect, at, width(engine))) {
            world_.out << *line;
        }
    }

private:
    std::size_t width(const Engine& engine) {
        const auto host = engine.host();
        if (host.rules_digest != digest_) {
            digest_ = host.rules_digest;
            width_ = least_target_width;
            for (const TargetSummary& target : engine.targets()) {
                width_ = std::max(width_, target.name.size());
            }
        }
        return width_;
    }

    bool json_;
    Surroundings& world_;
    std::string digest_;
    std::size_t width_ = least_target_width;
};

Exit replay_as_recorded(const Command& command,
                        replay::RecordedEvents& events,
                        Surroundings& world) {
    replay::Player player;
    Printer printer{command.json, world};
    return for_each_event(events, world, [&](const Event& event) {
        auto effects = player.play(event);
        if (effects) {
            for (const Effect& effect : *effects) {
                printer.print(effect, event.at.wall, player.engine());
            }
        }
        return effects ? Result<void, replay::ReplayError>{}
                       : Result<void, replay::ReplayError>{fail(effects.error())};
    });
}

Exit replay_with_rules(const Command& command,
                       Rules rules,
                       replay::RecordedEvents& events,
                       Surroundings& world) {
    replay::Rehearsal rehearsal{std::move(rules)};
    Printer printer{command.json, world};
    return for_each_event(events, world, [&](const Event& event) {
        auto steps = rehearsal.play(event);
        if (steps) {
            for (const auto& step : *steps) {
                printer.print(step.effect, step.at.wall, rehearsal.engine());
            }
        }
        return steps ? Result<void, replay::ReplayError>{}
                     : Result<void, replay::ReplayError>{fail(steps.error())};
    });
}

std::string report_json(const replay::Report& report) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("verdict");
    writer.value(judgement_names.at(static_cast<std::size_t>(report.judgement())));
    writer.key("first");
    writer.value(report.first);
    writer.key("second");
    writer.value(report.second);
    writer.key("same");
    writer.value(report.same);
    writer.key("differences");
    writer.begin_array();
    for (const replay::Difference& one : report.differences) {
        writer.begin_object();
        writer.key("change");
        writer.value(change_names.at(static_cast<std::size_t>(one.change)));
        writer.key("known");
        writer.value(one.known);
        writer.key("key");
        writer.value(one.key());
        writer.key("target");
        writer.value(one.action.target);
        writer.key("level");
        writer.value(name_of(one.action.level));
        writer.key("kind");
        writer.value(one.action.kind);
        writer.key("dry_run");
        writer.value(one.action.dry_run);
        writer.key("wall_us");
        writer.value(to_us(one.action.intended.wall));
        writer.key("evidence");
        writer.value(one.evidence);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

std::string report_text(const replay::Report& report) {
    std::string out;
    std::array<std::size_t, 3> count{};
    for (const replay::Difference& one : report.differences) {
        ++count.at(static_cast<std::size_t>(one.change));
        out += printable(one.key()) + (one.known ? "  (known)" : "") + "\n";
        if (one.change == replay::Change::changed) {
            out += "    before: " + local_time(one.before.wall) + "\n";
        }
        out += "    " + printable(one.evidence) + "\n";
    }
    return out + fmt::format(
                     "actions: {} before, {} after; {} alike, {} new, {} gone, {} changed\n"
                     "verdict: {}\n",
                     report.first,
                     report.second,
                     report.same,
                     count[0],
                     count[1],
                     count[2],
                     judgement_names.at(static_cast<std::size_t>(report.judgement())));
}

std::vector<std::string> known_lines(std::istream& file) {
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (!line.empty() && line.front() != '#') {
            lines.push_back(line);
        }
    }
    return lines;
}

Exit compare(const Command& command,
             Rules first,
             Rules second,
             replay::RecordedEvents& events,
             Surroundings& world) {
    std::vector<std::string> known;
    if (!command.known.empty()) {
        std::ifstream file{command.known};
        if (!file) {
            return tell_replay_error({command.known + ": cannot be read", true}, world);
        }
        known = known_lines(file);
    }
    replay::Comparison comparison{std::move(first), std::move(second)};
    const Exit exit =
        for_each_event(events, world, [&](const Event& event) { return comparison.play(event); });
    if (exit != Exit::ok) {
        return exit;
    }
    const replay::Report report = comparison.report(known);
    world.out << (command.json ? report_json(report) : report_text(report));
    return report.judgement() == replay::Judgement::regression ? Exit::regression : Exit::ok;
}

Exit replay_with(const Command& command,
                 Rules rules,
                 Rules against,
                 replay::RecordedEvents& events,
                 Surroundings& world) {
    if (against != nullptr) {
        return compare(command, std::move(rules), std::move(against), events, world);
    }
    return rules != nullptr ? replay_with_rules(command, std::move(rules), events, world)
                            : replay_as_recorded(command, events, world);
}

}  // namespace

Exit replay(const Command& command, Surroundings& surroundings) {
    if (!command.bundle.empty()) {
        return replay_bundle(command, surroundings);
    }
    auto events =
        replay::RecordedEvents::open({command.recordings.begin(), command.recordings.end()});
    if (!events) {
        return tell_replay_error(events.error(), surroundings);
    }
    Rules rules;
    Rules against;
    if (!command.rules.empty() || !command.against.empty()) {
        auto settings = settings_of(command.settings, command.recordings, surroundings);
        if (!settings) {
            return settings.error();
        }
        *settings = with_library(*std::move(settings), command.library);
        auto first = rules_at(command.rules, *settings, surroundings);
        auto second = rules_at(command.against, *settings, surroundings);
        if (!first || !second) {
            return first ? second.error() : first.error();
        }
        rules = *first;
        against = *second;
    }
    const Exit exit = replay_with(command, rules, against, *events, surroundings);
    return finish(*events, exit, surroundings);
}

}  // namespace primum::ctl

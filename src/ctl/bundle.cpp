// SPDX-License-Identifier: MIT
#include "ctl/bundle.hpp"

#include "ctl/json.hpp"
#include "ctl/ledger_copy.hpp"
#include "ctl/replay.hpp"
#include "ctl/tar.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "event/recording_reader.hpp"
#include "event/recording_writer.hpp"
#include "event/view_json.hpp"
#include "replay/player.hpp"
#include "replay/recorded_events.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <utility>

namespace primum::ctl {
namespace {

// Of a line of the event format; every event has one.
std::optional<WallTime> wall_of(std::string_view line) {
    constexpr std::string_view key = "\"wall_us\":";
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    std::int64_t us = 0;
    const char* const begin = line.data() + at + key.size();
    const auto [end, error] = std::from_chars(begin, line.data() + line.size(), us);
    return error == std::errc{} && end != begin ? std::optional{wall_from_us(us)} : std::nullopt;
}

// Copies the lines of one segment until the end that is asked for.
Result<void, std::string> copy_segment(const event::Segment& segment,
                                       const SliceOrder& order,
                                       std::uint64_t& bytes,
                                       Slice& slice) {
    auto reader = event::RecordingReader::open(segment.path);
    if (!reader) {
        return fail(reader.error().message);
    }
    const std::string name = segment.path.filename().string();
    auto writer = event::RecordingWriter::create(order.into / name);
    if (!writer) {
        return fail(writer.error().message);
    }
    event::EventReader events;
    while (const auto line = reader->next()) {
        const auto wall = wall_of(*line);
        if (wall && *wall > order.to && slice.from) {
            slice.reaches_end = true;
            break;
        }
        bytes += line->size();
        if (bytes > order.max_bytes) {
            slice.cut = true;
            break;
        }
        if (const auto added = writer->add(*line); !added) {
            return fail(added.error().message);
        }
        if (wall && !slice.from) {
            slice.from = wall;
            slice.from_state = segment.name.sequence > 1;
        }
        slice.to = wall.value_or(slice.to);
        slice.reaches_end = slice.reaches_end || (wall && *wall == order.to);
        if (line->find("\"type\":\"rules\"") != std::string_view::npos) {
            Event event;
            const bool good = events.read_recorded(*line, event).has_value();
            const auto* const rules = good ? std::get_if<RulesEvent>(&event.body) : nullptr;
            slice.rules = rules != nullptr ? rules->text : slice.rules;
        }
    }
    slice.files.push_back(name);
    const auto closed = writer->close();
    return closed ? Result<void, std::string>{} : fail(closed.error().message);
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::vector<std::string> lines;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// Says what a replay came to; the exit code.
Exit tell_verdict(std::uint64_t incident,
                  const std::vector<std::string>& recorded,
                  const std::vector<std::string>& replayed,
                  bool json,
                  Surroundings& world) {
    const auto difference = first_difference(recorded, replayed);
    if (json) {
        std::string text;
        event::JsonWriter writer{text};
        writer.begin_object();
        writer.key("v");
        writer.value(1);
        writer.key("ok");
        writer.value(!difference.has_value());
        writer.key("incident");
        writer.value(incident);
        writer.key("recorded");
        writer.value(std::uint64_t{recorded.size()});
        writer.key("replayed");
        writer.value(std::uint64_t{replayed.size()});
        writer.key("first_difference");
        writer.value(std::uint64_t{difference ? difference->number : 0});
        writer.end_object();
        world.out << text << "\n";
    } else if (!difference) {
        world.out << fmt::format(
            "incident {}: {} decisions on record, {} made again: the same, byte for byte\n",
            incident,
            recorded.size(),
            replayed.size());
    }
    if (!difference) {
        return Exit::ok;
    }
    world.err << fmt::format(
        "primumctl: incident {}: {} decisions on record, {} made again; decision {} differs\n"
        "  on record:  {}\n  made again: {}\n",
        incident,
        recorded.size(),
        replayed.size(),
        difference->number,
        printable(difference->recorded.empty() ? "none" : difference->recorded),
        printable(difference->replayed.empty() ? "none" : difference->replayed));
    return Exit::regression;
}

// The directory of a bundle that was unpacked into `scratch`: the one that is in it.
std::filesystem::path only_directory(const std::filesystem::path& scratch) {
    for (const auto& entry : std::filesystem::directory_iterator{scratch}) {
        if (entry.is_directory()) {
            return entry.path();
        }
    }
    return scratch;
}

Exit check(const std::filesystem::path& bundle, const Command& command, Surroundings& world) {
    const auto bad = [&](const std::string& what) {
        return tell_problem(
            fmt::format("{}: {}", command.bundle, what), Exit::bad_data, command.json, world);
    };
    const auto about = Document::parse(text_of(bundle / "incident.json"));
    if (!about || about->root()["schema"].text() != bundle_schema) {
        return bad(fmt::format("there is no incident.json of schema {} in it", bundle_schema));
    }
    const Json recording = about->root()["recording"];
    if (recording["files"].items().empty()) {
        return bad("no recording is in it, so that nothing can be replayed");
    }
    if (!command.rules.empty() || !command.against.empty()) {
        Command again = command;
        again.bundle.clear();
        again.recordings = {(bundle / "recording").string()};
        return replay(again, world);
    }
    const auto incident =
        static_cast<std::uint64_t>(about->root().at("story.incident.incident.id").number());
    const auto replayed = replayed_decisions(
        bundle / "recording", incident, wall_from_us(recording["to_wall_us"].number()));
    if (!replayed) {
        return bad(replayed.error());
    }
    return tell_verdict(
        incident, lines_of(bundle / "decisions.jsonl"), *replayed, command.json, world);
}

}  // namespace

Result<Slice, std::string> cut_slice(const SliceOrder& order) {
    auto segments = event::list_segments(order.recordings);
    if (!segments) {
        return fail(segments.error().message);
    }
    std::erase_if(*segments, [&](const event::Segment& each) { return each.changed < order.from; });
    Slice slice;
    std::uint64_t bytes = 0;
    for (const event::Segment& segment : *segments) {
        if (slice.reaches_end || slice.cut) {
            break;
        }
        if (auto copied = copy_segment(segment, order, bytes, slice); !copied) {
            return fail(copied.error());
        }
    }
    return slice;
}

Result<std::vector<std::string>, std::string> replayed_decisions(
    const std::filesystem::path& recordings, std::uint64_t incident, WallTime to) {
    auto events = replay::RecordedEvents::open({recordings});
    if (!events) {
        return fail(events.error().message);
    }
    replay::Player player;
    std::vector<std::string> lines;
    while (true) {
        const auto event = events->next();
        if (!event) {
            return fail(event.error().message);
        }
        if (*event == nullptr || (*event)->at.wall > to) {
            return lines;
        }
        const auto effects = player.play(**event);
        if (!effects) {
            return fail(events->place() + ": " + effects.error().message);
        }
        for (const Effect& effect : *effects) {
            const auto* const record = std::get_if<RecordEffect>(&effect);
            const auto* const decision =
                record != nullptr ? std::get_if<DecisionRecord>(&record->record) : nullptr;
            if (decision != nullptr && decision->incident == incident) {
                lines.push_back(canonical(event::to_json(*decision)));
            }
        }
    }
}

std::optional<FirstDifference> first_difference(const std::vector<std::string>& recorded,
                                                const std::vector<std::string>& replayed) {
    for (std::size_t i = 0; i < std::max(recorded.size(), replayed.size()); ++i) {
        FirstDifference found{i + 1,
                              i < recorded.size() ? recorded[i] : std::string{},
                              i < replayed.size() ? replayed[i] : std::string{}};
        if (found.recorded != found.replayed) {
            return found;
        }
    }
    return std::nullopt;
}

Exit replay_bundle(const Command& command, Surroundings& world) {
    std::error_code ignored;
    if (std::filesystem::is_directory(command.bundle, ignored)) {
        return check(command.bundle, command, world);
    }
    if (!std::filesystem::exists(command.bundle, ignored)) {
        return tell_problem(
            command.bundle + ": there is no such file", Exit::no_input, command.json, world);
    }
    const auto scratch = ScratchDirectory::make();
    if (!scratch) {
        return tell_problem(scratch.error(), Exit::internal, command.json, world);
    }
    if (const auto unpacked = unpack(command.bundle, scratch->path()); !unpacked) {
        return tell_problem(unpacked.error(), Exit::bad_data, command.json, world);
    }
    return check(only_directory(scratch->path()), command, world);
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/export_incident.hpp"

#include "ctl/ledger_copy.hpp"
#include "ctl/look.hpp"
#include "ctl/tar.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "rules/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

constexpr std::uint32_t page_size = 500;
// An event is on its way to the disk within five seconds (docs/recordings.md).
constexpr Duration recorded_within{std::chrono::seconds{15}};
constexpr Duration look_again{std::chrono::milliseconds{200}};

std::string first_line(const char* path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

// The value of a KEY="VALUE" line.
std::string os_name() {
    std::ifstream file{"/etc/os-release"};
    constexpr std::string_view key = "PRETTY_NAME=";
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(key)) {
            std::string value = line.substr(key.size());
            std::erase(value, '"');
            return value;
        }
    }
    return {};
}

// Versions and the machine, and nothing that is a secret.
std::string environment_json(const Json& daemon) {
    utsname system{};
    uname(&system);
    std::string json;
    event::JsonWriter writer{json};
    const auto member = [&](const char* key, std::string_view value) {
        writer.key(key);
        writer.value(value);
    };
    writer.begin_object();
    member("primumd", daemon["version"].text());
    member("primumctl", PRIMUM_VERSION);
    member("kernel", fmt::format("{} {}", system.sysname, system.release));
    member("machine", system.machine);
    member("host", system.nodename);
    member("os", os_name());
    member("boot_id", first_line("/proc/sys/kernel/random/boot_id"));
    writer.key("processors");
    writer.value(static_cast<std::int64_t>(sysconf(_SC_NPROCESSORS_ONLN)));
    writer.key("memory_bytes");
    writer.value(static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE));
    writer.end_object();
    return json;
}

// The last thing that is on record of an incident, the ways back that came later included.
WallTime end_of(const Json& story) {
    WallTime end = story.at("incident.incident.updated").wall().value_or(WallTime{});
    for (const char* const list : {"decisions", "transitions"}) {
        for (const Json& item : story[list].items()) {
            end = std::max(end, item["at"].wall().value_or(end));
        }
    }
    return end;
}

// Other targets that were ill meanwhile.
std::vector<std::string> impacted_by(const Json& incident, WallTime end, Surroundings& world) {
    std::set<std::string> names;
    const auto page = glance({"Incidents", {page_size, std::uint64_t{0}}}, world);
    const Json root = page ? page->root() : Json{};
    const WallTime opened = incident["opened"].wall().value_or(end);
    for (const Json& row : root["incidents"].items()) {
        const Json other = row["incident"];
        const auto from = other["opened"].wall();
        const auto to = other["closed"].wall();
        const bool meanwhile =
            from && *from <= end && (other["open"].flag() || !to || *to >= opened);
        if (meanwhile && other["target"].text() != incident["target"].text()) {
            names.insert(other["target"].text());
        }
    }
    return {names.begin(), names.end()};
}

// What people asked for: of this incident by its number, and whatever they said of its target (or
// of all) while it was open.
std::vector<Json> commands_about(const Document& all, const Json& incident, WallTime end) {
    std::vector<Json> found;
    const WallTime opened = incident["opened"].wall().value_or(end);
    for (const Json& command : all.root()["commands"].items()) {
        const std::string target = command["target"].text();
        const WallTime at = command["at"].wall().value_or(WallTime{});
        const bool meant = target.empty() || target == incident["target"].text();
        if (command["incident"].number() == incident["id"].number() ||
            (meant && at >= opened && at <= end)) {
            found.push_back(command);
        }
    }
    std::reverse(found.begin(), found.end());  // as it happened
    return found;
}

// The decisions that the slice must give again.
std::vector<std::string> decisions_within(const Json& story, const Slice& slice) {
    std::vector<std::string> lines;
    for (const Json& decision : story["decisions"].items()) {
        const WallTime at = decision["at"].wall().value_or(WallTime{});
        const bool after = slice.from && (slice.from_state ? at > *slice.from : at >= *slice.from);
        if (after && at <= slice.to) {
            lines.push_back(canonical(decision.raw()));
        }
    }
    return lines;
}

// Whether a line reads as if it gave a secret: one of the words, and a value behind it.
bool looks_secret(std::string line) {
    constexpr std::array<std::string_view, 6> words{
        "password", "passwd", "secret", "token", "api_key", "authorization"};
    std::transform(line.begin(), line.end(), line.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return line.find("_file") == std::string::npos &&
           std::any_of(words.begin(), words.end(), [&](std::string_view word) {
               const std::size_t at = line.find(word);
               const std::size_t value =
                   at == std::string::npos ? at : line.find_first_of("=:", at + word.size());
               return value != std::string::npos && value < at + word.size() + 4;
           });
}

// Rules name files that hold secrets and never the secrets; an argument may still have one.
std::vector<std::string> suspects_in(const std::string& rules) {
    std::vector<std::string> found;
    std::size_t number = 0;
    for (std::size_t at = 0; at < rules.size(); ++number) {
        const std::size_t end = std::min(rules.find('\n', at), rules.size());
        if (looks_secret(rules.substr(at, end - at))) {
            found.push_back(fmt::format("rules.txt:{}", number + 1));
        }
        at = end + 1;
    }
    return found;
}

// Waits for what is on its way to the disk, as long as that may take.
Result<Slice, std::string> slice_of(const BundleFacts& facts,
                                    const std::filesystem::path& directory,
                                    Surroundings& world) {
    const Json story = facts.story.root()["story"];
    const auto settings = rules::load_settings(world.settings_file);
    SliceOrder order;
    order.recordings = settings.settings.state_dir / "recordings";
    order.into = directory;
    order.to = end_of(story);
    order.from = story.at("incident.incident.opened").wall().value_or(order.to);
    static_cast<void>(world.client.listen());
    const Instant since = world.clock.now().t;
    // Before the first write of a first start there is nothing yet.
    const bool may_come = settings.settings.recording.size_bytes > 0 &&
                          world.clock.now().wall - order.to <= recorded_within;
    while (true) {
        std::filesystem::remove_all(directory);
        std::filesystem::create_directories(directory);
        auto slice = cut_slice(order);
        const bool late = world.clock.now().t - since > recorded_within;
        const bool none = slice && slice->files.empty() && !may_come;
        if (!slice || slice->reaches_end || slice->cut || none || late) {
            return slice;
        }
        static_cast<void>(world.client.next_signal(look_again));
    }
}

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

// Fills `directory`, which is there and empty, from what was gathered.
Result<void, std::string> fill(const std::filesystem::path& directory,
                               BundleFacts& facts,
                               Surroundings& world) {
    auto slice = slice_of(facts, directory / "recording", world);
    if (!slice) {
        return fail(slice.error());
    }
    facts.slice = std::move(*slice);
    const Json story = facts.story.root()["story"];
    facts.decisions = decisions_within(story, facts.slice);
    if (!facts.slice.files.empty()) {
        const auto id = static_cast<std::uint64_t>(story.at("incident.incident.id").number());
        const auto again = replayed_decisions(directory / "recording", id, facts.slice.to);
        facts.replays = again && !first_difference(facts.decisions, *again);
    }
    facts.suspects = suspects_in(facts.slice.rules);
    std::string lines;
    for (const std::string& line : facts.decisions) {
        lines += line + "\n";
    }
    write(directory / "decisions.jsonl", lines);
    write(directory / "rules.txt", facts.slice.rules);
    write(directory / "incident.json", bundle_json(facts));
    write(directory / "report.md", bundle_report(facts));
    std::ifstream written{directory / "report.md"};
    return written ? Result<void, std::string>{} : fail(directory.string() + ": cannot be written");
}

// Puts the filled directory where it was asked for, as an archive or as it is.
Result<void, std::string> deliver(const std::filesystem::path& filled,
                                  const std::filesystem::path& output) {
    if (output.string().ends_with(".tar.zst")) {
        return pack(filled, output);
    }
    std::error_code failed;
    if (std::filesystem::exists(output, failed) ||
        !std::filesystem::create_directory(output, failed)) {
        return fail(output.string() + ": there is something already, or it cannot be made");
    }
    std::filesystem::copy(filled, output, std::filesystem::copy_options::recursive, failed);
    return failed ? fail(output.string() + ": " + failed.message()) : Result<void, std::string>{};
}

void tell(const BundleFacts& facts, const std::string& output, bool json, Surroundings& world) {
    if (json) {
        std::string text;
        event::JsonWriter writer{text};
        writer.begin_object();
        writer.key("v");
        writer.value(1);
        writer.key("ok");
        writer.value(true);
        writer.key("output");
        writer.value(output);
        writer.key("decisions");
        writer.value(std::uint64_t{facts.decisions.size()});
        writer.key("replays");
        writer.value(facts.replays);
        writer.end_object();
        world.out << text << "\n";
    } else {
        world.out << fmt::format(
            "{} is written; 'primumctl replay {}' makes its {} decisions again\n",
            output,
            output,
            facts.decisions.size());
    }
    if (facts.slice.files.empty()) {
        world.err
            << "primumctl: nothing of it is recorded any more: the bundle cannot be replayed\n";
    } else if (!facts.replays) {
        world.err << "primumctl: the recording does not give the decisions on record: something of "
                     "it is missing\n";
    }
    for (const std::string& place : facts.suspects) {
        world.err << "primumctl: " << place
                  << " looks as if it held a secret; look before you give the bundle away\n";
    }
}

}  // namespace

Exit export_incident(const Command& command, Surroundings& world) {
    auto story = ask({"Incident", {command.incident}}, command.json, world);
    if (!story.has_value()) {
        return story.error();
    }
    const auto status = ask({"Status", {}}, command.json, world);
    if (!status.has_value()) {
        return status.error();
    }
    const auto commands = ask({"OperatorCommands", {page_size}}, command.json, world);
    if (!commands.has_value()) {
        return commands.error();
    }
    const auto problem = [&](const std::string& what, Exit exit) {
        return tell_problem(what, exit, command.json, world);
    };
    umask(077);
    const auto scratch = ScratchDirectory::make();
    if (!scratch.has_value()) {
        return problem(scratch.error(), Exit::internal);
    }
    BundleFacts facts{std::move(*story), {}, {}, {}, {}, false, {}, {}, {}};
    facts.name = fmt::format("incident-{}", command.incident);
    const Json incident = facts.story.root().at("story.incident.incident");
    const WallTime end = end_of(facts.story.root()["story"]);
    facts.commands = commands_about(*commands, incident, end);
    facts.impacted = impacted_by(incident, end, world);
    facts.environment = environment_json(status->root()["daemon"]);
    const std::filesystem::path filled = scratch->path() / facts.name;
    std::filesystem::create_directory(filled);
    if (const auto done = fill(filled, facts, world); !done) {
        return problem(done.error() + " (recordings are for root and the user primum)",
                       Exit::no_input);
    }
    const std::string output = command.output.empty() ? facts.name + ".tar.zst" : command.output;
    if (const auto delivered = deliver(filled, output); !delivered) {
        return problem(delivered.error(), Exit::no_input);
    }
    tell(facts, output, command.json, world);
    return Exit::ok;
}

}  // namespace primum::ctl

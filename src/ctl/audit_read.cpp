// SPDX-License-Identifier: MIT
#include "ctl/audit_read.hpp"

#include "ctl/json.hpp"
#include "ctl/ledger_copy.hpp"
#include "ctl/replay_input.hpp"
#include "ctl/rules_check.hpp"
#include "ctl/tar.hpp"
#include "ledger/store.hpp"
#include "replay/audit_recording.hpp"
#include "replay/recorded_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

namespace primum::ctl {
namespace {

namespace fs = std::filesystem;

using Play = std::function<Result<void, replay::ReplayError>(const Event&)>;

// Gives every event to `play`; what was left out becomes remarks.
Exit play_all(replay::RecordedEvents& events,
              const Play& play,
              AuditFindings& findings,
              Surroundings& world) {
    {
        Progress progress{world, events, "auditing"};
        while (true) {
            const auto event = events.next();
            if (!event) {
                return tell_replay_error(event.error(), world);
            }
            if (*event == nullptr) {
                break;
            }
            if (const auto played = play(**event); !played) {
                return tell_replay_error({events.place() + ": " + played.error().message}, world);
            }
            progress.show();
        }
    }
    for (std::string& remark : remarks_of(events)) {
        findings.remarks.push_back(std::move(remark));
    }
    // A torn tail is what a crash leaves, and a run that goes on.
    findings.flawed = findings.flawed || events.count(replay::Remark::Kind::bad_line) > 0 ||
                      events.count(replay::Remark::Kind::missing) > 0;
    return Exit::ok;
}

std::string text_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// Bundles as they are packed, and unpacked ones, by name.
std::vector<fs::path> bundles_in(const fs::path& directory) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{directory, error}) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".tar.zst") || fs::exists(entry.path() / "incident.json", error)) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

// Reads one bundle after the other.
class BundleReader {
public:
    BundleReader(replay::Audit& audit, AuditFindings& findings, Surroundings& world)
        : audit_(audit), findings_(findings), world_(world) {}

    Exit read(const fs::path& path) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored)) {
            return read_directory(path, path);
        }
        const auto scratch = ScratchDirectory::make();
        if (!scratch) {
            return tell_problem(scratch.error(), Exit::internal, false, world_);
        }
        if (const auto unpacked = unpack(path, scratch->path()); !unpacked) {
            leave_out(path, unpacked.error());
            return Exit::ok;
        }
        for (const auto& entry : fs::directory_iterator{scratch->path(), ignored}) {
            if (entry.is_directory()) {
                return read_directory(entry.path(), path);
            }
        }
        leave_out(path, "there is nothing in it");
        return Exit::ok;
    }

    [[nodiscard]] std::size_t read_count() const { return seen_.size(); }
    [[nodiscard]] std::size_t hosts() const { return hosts_.size(); }

private:
    void leave_out(const fs::path& path, const std::string& why) {
        findings_.flawed = true;
        findings_.remarks.push_back(fmt::format("{}: left out: {}", path.string(), why));
    }

    Exit read_directory(const fs::path& bundle, const fs::path& shown) {
        const auto about = Document::parse(text_of(bundle / "incident.json"));
        if (!about || about->root()["schema"].text() != "primum-incident/1") {
            leave_out(shown, "there is no incident.json of a schema that this version knows");
            return Exit::ok;
        }
        const Json root = about->root();
        const Json incident = root.at("story.incident.incident");
        const std::string host = root.at("environment.host").text();
        const auto id = static_cast<std::uint64_t>(incident["id"].number());
        const std::string key = fmt::format("{} {} {}", host, id, incident["opened"].raw());
        if (root.at("recording.files").items().empty()) {
            leave_out(shown, "no recording is in it");
            return Exit::ok;
        }
        if (!seen_.insert(key).second) {
            findings_.remarks.push_back(shown.string() + ": another one is of the same incident");
            return Exit::ok;
        }
        if (!root.at("recording.whole").flag()) {
            findings_.remarks.push_back(shown.string() + ": its recording is not whole");
        }
        hosts_.insert(host);
        auto events = replay::RecordedEvents::open({bundle / "recording"});
        if (!events) {
            return tell_replay_error(events.error(), world_);
        }
        audit_.begin_host(host);
        replay::RecordingAudit recording{audit_, id};
        const Exit exit = play_all(
            *events, [&](const Event& event) { return recording.play(event); }, findings_, world_);
        return exit;
    }

    replay::Audit& audit_;
    AuditFindings& findings_;
    Surroundings& world_;
    std::set<std::string> seen_;
    std::set<std::string> hosts_;
};

}  // namespace

Exit read_ledger(const AuditOptions& options,
                 bool json,
                 replay::Audit& audit,
                 Surroundings& world) {
    const auto scratch = ScratchDirectory::make();
    if (!scratch) {
        return tell_problem(scratch.error(), Exit::internal, json, world);
    }
    Command copy;
    copy.json = json;
    copy.database = options.ledger;
    ledger::StoreOptions store_options;
    store_options.path = (scratch->path() / "ledger.db").string();
    if (const Exit exit = copy_ledger(copy, store_options.path, world); exit != Exit::ok) {
        return exit;
    }
    auto store = ledger::Store::open(store_options);
    if (!store) {
        return tell_problem(store.error().message, Exit::bad_data, json, world);
    }
    const auto read = store->each_record([&](const Record& record) { audit.take(record); });
    return read ? Exit::ok : tell_problem(read.error().message, Exit::bad_data, json, world);
}

Exit read_recordings(const AuditOptions& options,
                     const replay::AuditScope& scope,
                     replay::Audit& audit,
                     AuditFindings& findings,
                     Surroundings& world) {
    auto events =
        replay::RecordedEvents::open({options.recordings.begin(), options.recordings.end()});
    if (!events) {
        return tell_replay_error(events.error(), world);
    }
    std::optional<replay::Comparison> comparison;
    if (!options.against.empty()) {
        auto settings = settings_of(options.settings, options.recordings, world);
        if (!settings) {
            return settings.error();
        }
        *settings = with_library(*std::move(settings), options.library);
        const auto rules = rules_at(options.against, *settings, world);
        if (!rules) {
            return rules.error();
        }
        comparison.emplace(nullptr, *rules, [&](const ActionRecord& action) {
            return scope.has(action.intended.wall) &&
                   (scope.target.empty() || scope.target == action.target);
        });
    }
    replay::RecordingAudit recording{audit};
    const Exit exit = play_all(
        *events,
        [&](const Event& event) {
            auto played = recording.play(event);
            return played && comparison ? comparison->play(event) : played;
        },
        findings,
        world);
    if (exit == Exit::ok && comparison) {
        findings.difference = AuditDifference{options.against, comparison->report({})};
    }
    return exit;
}

Exit read_bundles(const AuditOptions& options,
                  replay::Audit& audit,
                  AuditFindings& findings,
                  Surroundings& world) {
    const auto paths = bundles_in(options.bundles);
    if (paths.empty()) {
        return tell_replay_error(
            {options.bundles + ": there are no bundles of incidents in it", true}, world);
    }
    BundleReader reader{audit, findings, world};
    for (const fs::path& path : paths) {
        if (const Exit exit = reader.read(path); exit != Exit::ok) {
            return exit;
        }
    }
    findings.of = fmt::format("{} bundle{} of {} host{}",
                              reader.read_count(),
                              reader.read_count() == 1 ? "" : "s",
                              reader.hosts(),
                              reader.hosts() == 1 ? "" : "s");
    return Exit::ok;
}

}  // namespace primum::ctl

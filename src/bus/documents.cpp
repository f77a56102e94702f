// SPDX-License-Identifier: MIT
#include "bus/documents.hpp"

#include "event/json_writer.hpp"
#include "event/view_json.hpp"

#include <primum/vocabulary.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace primum::bus {
namespace {

using event::JsonWriter;

// Of the targets that are not at level 0, so many stand in Status; ListTargets has them all.
constexpr std::size_t max_ill_listed = 100;

Duration wall_minus_t(Stamp now) {
    return now.wall.time_since_epoch() - now.t.time_since_epoch();
}

// A document with its schema version and the instant it speaks of, and one member of its own.
class Document {
public:
    explicit Document(Stamp now) : writer_(json_) {
        writer_.begin_object();
        writer_.key("v");
        writer_.value(1);
        writer_.key("now");
        writer_.begin_object();
        writer_.key("t_us");
        writer_.value(to_us(now.t));
        writer_.key("wall_us");
        writer_.value(to_us(now.wall));
        writer_.end_object();
    }

    Document& member(std::string_view name, std::string_view json) {
        writer_.key(name);
        writer_.raw(json);
        return *this;
    }

    std::string finish() {
        writer_.end_object();
        return std::move(json_);
    }

private:
    std::string json_;
    JsonWriter writer_;
};

std::string reload_json(const ReloadStatus& reload) {
    std::string json;
    JsonWriter writer{json};
    writer.begin_object();
    writer.key("ever");
    writer.value(reload.ever);
    writer.key("ok");
    writer.value(reload.ok);
    writer.key("at_wall_us");
    writer.value(to_us(reload.at));
    writer.key("digest");
    writer.value(reload.digest);
    writer.key("unchanged");
    writer.value(reload.unchanged);
    writer.key("errors");
    writer.begin_array();
    for (const std::string& error : reload.errors) {
        writer.value(error);
    }
    writer.end_array();
    writer.end_object();
    return json;
}

std::string daemon_json(const DaemonView& daemon) {
    std::string json;
    JsonWriter writer{json};
    writer.begin_object();
    writer.key("version");
    writer.value(daemon.version);
    writer.key("started_wall_us");
    writer.value(to_us(daemon.started));
    writer.key("off_switch_run");
    writer.value(daemon.off_switch_run);
    writer.key("off_switch_etc");
    writer.value(daemon.off_switch_etc);
    writer.key("reload");
    writer.raw(reload_json(daemon.reload));
    writer.key("notices");
    writer.begin_array();
    for (const NoticeChannel& channel : daemon.notices) {
        writer.begin_object();
        writer.key("channel");
        writer.value(channel.channel);
        writer.key("waiting");
        writer.value(channel.waiting);
        writer.key("oldest_us");
        writer.value(std::int64_t{channel.oldest.count()});
        writer.key("problem");
        writer.value(channel.problem);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json;
}

// How many targets there are in all, at each level, by the level's name, and how many enforce less
// than their rules ask for.
std::string counts_json(const std::vector<TargetSummary>& targets) {
    std::array<std::uint64_t, level_count> at{};
    for (const TargetSummary& target : targets) {
        ++at[index_of(target.level)];
    }
    std::string json;
    JsonWriter writer{json};
    writer.begin_object();
    writer.key("targets");
    writer.value(std::uint64_t{targets.size()});
    for (std::size_t i = 0; i < level_count; ++i) {
        writer.key(enum_names<Level>[i]);
        writer.value(at[i]);
    }
    writer.key("held_back");
    writer.value(static_cast<std::uint64_t>(
        std::count_if(targets.begin(), targets.end(), [](const TargetSummary& target) {
            return !target.held_back.empty();
        })));
    writer.end_object();
    return json;
}

std::vector<TargetSummary> ill_first(std::vector<TargetSummary> targets) {
    std::erase_if(targets, [](const TargetSummary& t) { return t.level == Level::steady; });
    std::stable_sort(targets.begin(), targets.end(), [](const auto& a, const auto& b) {
        return a.level != b.level ? a.level > b.level : a.severity > b.severity;
    });
    if (targets.size() > max_ill_listed) {
        targets.resize(max_ill_listed);
    }
    return targets;
}

}  // namespace

std::string status_document(const Backend& backend) {
    const Stamp now = backend.now();
    std::vector<TargetSummary> targets = backend.targets();
    const std::string counts = counts_json(targets);
    return Document{now}
        .member("daemon", daemon_json(backend.daemon()))
        .member("host", event::to_json(backend.host(), wall_minus_t(now)))
        .member("counts", counts)
        .member("ill", event::to_json_list(ill_first(std::move(targets))))
        .finish();
}

std::string targets_document(const std::vector<TargetSummary>& targets, Stamp now) {
    return Document{now}.member("targets", event::to_json_list(targets)).finish();
}

std::string explain_document(const Explanation& explanation, Stamp now) {
    return Document{now}
        .member("explanation", event::to_json(explanation, wall_minus_t(now)))
        .finish();
}

std::string sources_document(const std::vector<event::SourceReport>& sources, Stamp now) {
    return Document{now}
        .member("sources", event::to_json_list(sources, wall_minus_t(now)))
        .finish();
}

std::string source_document(const event::SourceStory& source, Stamp now) {
    return Document{now}.member("source", event::to_json(source, wall_minus_t(now))).finish();
}

std::string providers_document(const std::vector<ProviderView>& providers, Stamp now) {
    return Document{now}
        .member("providers", event::to_json_list(providers, wall_minus_t(now)))
        .finish();
}

std::string precision_document(const std::vector<PrecisionRecord>& counts,
                               const std::string& target,
                               Stamp now) {
    std::vector<PrecisionRecord> wanted;
    std::copy_if(
        counts.begin(), counts.end(), std::back_inserter(wanted), [&](const PrecisionRecord& row) {
            return target.empty() || row.target == target;
        });
    return Document{now}.member("precision", event::to_json_list(wanted)).finish();
}

std::string incidents_document(const std::vector<RestoredIncident>& incidents, Stamp now) {
    return Document{now}.member("incidents", event::to_json_list(incidents)).finish();
}

std::string incident_document(const IncidentStory& story, Stamp now) {
    const event::IncidentStoryParts parts{
        story.incident, story.decisions, story.actions, story.transitions};
    return Document{now}.member("story", event::to_json(parts)).finish();
}

std::string commands_document(const std::vector<OperatorRecord>& commands, Stamp now) {
    return Document{now}.member("commands", event::to_json_list(commands)).finish();
}

std::string actions_document(const std::vector<RestoredAction>& actions, Stamp now) {
    return Document{now}.member("actions", event::to_json_list(actions)).finish();
}

}  // namespace primum::bus

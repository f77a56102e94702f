// SPDX-License-Identifier: MIT
#include "http/timeline.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace primum::http {
namespace {

std::optional<MarkKind> mark_of(const DecisionRecord& decision) {
    switch (decision.kind) {
        case DecisionKind::acted:
            return decision.dry_run ? MarkKind::would_act : MarkKind::acted;
        case DecisionKind::would_act:
            return MarkKind::would_act;
        case DecisionKind::verified:
            return decision.reason == name_of(Outcome::improved)           ? MarkKind::improved
                   : decision.reason == name_of(Outcome::recovered_anyway) ? MarkKind::improved
                   : decision.reason == name_of(Outcome::worse)            ? MarkKind::worse
                                                                           : MarkKind::no_effect;
        case DecisionKind::rolled_back:
            return MarkKind::rolled_back;
        case DecisionKind::exhausted:
        case DecisionKind::stalled:
        case DecisionKind::breaker_tripped:
        case DecisionKind::rollback_failed:
            return MarkKind::trouble;
        case DecisionKind::acknowledged:
        case DecisionKind::breaker_reset:
            return MarkKind::person;
        default:
            return std::nullopt;
    }
}

bool ends(DecisionKind kind) {
    return kind == DecisionKind::recovered || kind == DecisionKind::abandoned ||
           kind == DecisionKind::source_recovered;
}

Severity worst_of(const DecisionRecord& decision) {
    auto worst = Severity::unknown;
    for (const auto& item : decision.evidence) {
        worst = std::max(worst, item.severity);
    }
    return worst;
}

// Follows one target through what was decided on it.
class Follower {
public:
    Follower(Lane& lane, WallTime from, WallTime to) : lane_(lane), from_(from), to_(to) {}

    // Of an incident that was open before the first decision that is known of it.
    void begins_open(Level level) { level_ = {from_, level}; }

    void see(const DecisionRecord& decision) {
        const auto at = std::clamp(decision.at.wall, from_, to_);
        if (ends(decision.kind)) {
            end(at);
        } else if (decision.level != Level::steady &&
                   (!level_ || level_->second != decision.level)) {
            close_level(at);
            level_ = {at, decision.level};
        }
        if (level_ && !decision.evidence.empty()) {
            close_severity(at);
            severity_ = {at, worst_of(decision)};
        }
        if (const auto kind = mark_of(decision)) {
            auto text = fmt::format("{} {}", name_of(decision.level), name_of(decision.kind));
            text += decision.reason.empty() ? "" : ": " + decision.reason;
            lane_.marks.push_back({at, *kind, decision.level, std::move(text)});
        }
    }

    void end(WallTime at) {
        close_level(at);
        close_severity(at);
    }

private:
    void close_level(WallTime at) {
        if (level_ && at >= level_->first) {
            lane_.levels.push_back({level_->first, at, level_->second});
        }
        level_.reset();
    }
    void close_severity(WallTime at) {
        if (severity_ && at >= severity_->first) {
            lane_.severities.push_back({severity_->first, at, severity_->second});
        }
        severity_.reset();
    }

    Lane& lane_;
    WallTime from_;
    WallTime to_;
    std::optional<std::pair<WallTime, Level>> level_;
    std::optional<std::pair<WallTime, Severity>> severity_;
};

struct Draft {
    Lane lane;
    WallTime latest;
    std::vector<const DecisionRecord*> decisions;
    const RestoredIncident* oldest = nullptr;  // in sight
    const RestoredIncident* newest = nullptr;
};

void draw(Draft& draft, WallTime from, WallTime to) {
    Follower follower{draft.lane, from, to};
    const auto* oldest = draft.oldest;
    if (oldest != nullptr && oldest->opened.at.wall <= from) {
        const bool known = !draft.decisions.empty();
        auto level = known ? draft.decisions.front()->level : oldest->incident.level;
        if (known && draft.decisions.front()->kind == DecisionKind::entered &&
            level > Level::observe) {
            level = static_cast<Level>(index_of(level) - 1);
        }
        follower.begins_open(level == Level::steady ? Level::observe : level);
    }
    for (const auto* decision : draft.decisions) {
        follower.see(*decision);
    }
    const bool closed = draft.newest != nullptr && !draft.newest->incident.open;
    follower.end(closed ? std::clamp(draft.newest->closed.at.wall, from, to) : to);
    auto& marks = draft.lane.marks;
    if (marks.size() > max_marks) {
        marks.erase(marks.begin(), marks.end() - max_marks);
    }
}

std::map<std::string_view, Draft> drafts_of(const Happenings& happened,
                                            WallTime from,
                                            std::string_view target) {
    std::map<std::string_view, Draft> drafts;
    const auto wanted = [&](std::string_view name) { return target.empty() || name == target; };
    for (const auto& row : happened.incidents) {  // newest first
        if (!wanted(row.incident.target)) {
            continue;
        }
        auto& draft = drafts[row.incident.target];
        draft.newest = draft.newest == nullptr ? &row : draft.newest;
        draft.oldest = &row;
        draft.lane.open = draft.lane.open || row.incident.open;
        draft.latest = std::max(draft.latest, row.updated.at.wall);
    }
    for (const auto& decision : happened.decisions) {
        if (wanted(decision.target) && decision.at.wall >= from) {
            auto& draft = drafts[decision.target];
            draft.decisions.push_back(&decision);
            draft.latest = std::max(draft.latest, decision.at.wall);
        }
    }
    return drafts;
}

}  // namespace

Timeline timeline_of(const Happenings& happened,
                     WallTime from,
                     WallTime to,
                     std::string_view target) {
    Timeline timeline{from, to, {}, 0, {}, 0};
    auto drafts = drafts_of(happened, from, target);
    std::vector<Draft*> order;
    for (auto& [name, draft] : drafts) {
        draft.lane.target = name;
        order.push_back(&draft);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->lane.open != b->lane.open ? a->lane.open : a->latest > b->latest;
    });
    if (order.size() > max_lanes) {
        timeline.more_lanes = order.size() - max_lanes;
        order.resize(max_lanes);
    }
    for (auto* draft : order) {
        draw(*draft, from, to);
        timeline.lanes.push_back(std::move(draft->lane));
    }
    for (auto each = happened.decisions.rbegin(); each != happened.decisions.rend(); ++each) {
        if ((!target.empty() && each->target != target) || each->at.wall < from) {
            continue;
        }
        if (timeline.rows.size() < max_rows) {
            timeline.rows.push_back(&*each);
        } else {
            ++timeline.more_rows;
        }
    }
    return timeline;
}

}  // namespace primum::http

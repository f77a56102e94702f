// SPDX-License-Identifier: MIT
#include "replay/score.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <variant>

namespace primum::replay {
namespace {

bool is_scored(const TargetRule& rule, Level level) {
    return level == Level::observe || (level > Level::observe && rule.rungs[index_of(level)].named);
}

std::optional<Duration> median(std::vector<Duration> spans) {
    if (spans.empty()) {
        return std::nullopt;
    }
    const auto middle = spans.begin() + static_cast<std::ptrdiff_t>((spans.size() - 1) / 2);
    std::nth_element(spans.begin(), middle, spans.end());
    return *middle;
}

}  // namespace

Score::Score(std::shared_ptr<const RuleSet> rules,
             std::vector<LabelledWindow> windows,
             const std::string& target)
    : windows_(std::move(windows)) {
    std::sort(windows_.begin(), windows_.end(), [](const auto& a, const auto& b) {
        return a.begin < b.begin;
    });
    PRIMUM_CHECK(rules != nullptr);
    for (const TargetRule& rule : rules->targets) {
        for (std::size_t i = 0; i < level_count; ++i) {
            const auto level = static_cast<Level>(i);
            if (is_scored(rule, level) && (target.empty() || rule.name == target)) {
                Rung& rung = rungs_[{rule.name, level}];
                rung.score.target = rule.name;
                rung.score.level = level;
            }
        }
    }
}

void Score::see(Stamp at) {
    if (!first_) {
        first_ = at.wall;
    }
    last_ = std::max(last_, at.wall);
    begin_windows(at.wall);
}

void Score::see(const Rehearsal::Step& step) {
    begin_windows(step.at.wall);
    if (const auto* change = std::get_if<LevelChanged>(&step.effect)) {
        levels_[change->target] = change->to;
        return;
    }
    const auto* recorded = std::get_if<RecordEffect>(&step.effect);
    const auto* decision =
        recorded == nullptr ? nullptr : std::get_if<DecisionRecord>(&recorded->record);
    if (decision == nullptr) {
        return;
    }
    const auto found = rungs_.find({decision->target, decision->level});
    if (found == rungs_.end()) {
        return;
    }
    Rung& rung = found->second;
    const auto window = window_at(step.at.wall);
    if (decision->kind == DecisionKind::entered) {
        if (window) {
            rung.first.emplace(*window, step.at.wall - windows_[*window].begin);
        } else {
            ++rung.score.false_ones;
        }
    } else if (decision->kind == DecisionKind::would_act || decision->kind == DecisionKind::acted) {
        ++(window ? rung.score.acts : rung.score.false_acts);
    }
}

std::vector<LevelScore> Score::levels() const {
    std::vector<LevelScore> scores;
    for (const auto& [key, rung] : rungs_) {
        LevelScore score = rung.score;
        std::vector<Duration> delays;
        for (std::size_t i = 0; i < windows_.size(); ++i) {
            const auto first = rung.first.find(i);
            if (first != rung.first.end()) {
                ++score.seen;
                delays.push_back(first->second);
            } else if (is_covered(windows_[i])) {
                ++score.missed;
                const auto stood = rung.standing.find(i);
                score.standing += stood != rung.standing.end() && stood->second ? 1 : 0;
            }
        }
        score.delay = median(std::move(delays));
        scores.push_back(std::move(score));
    }
    return scores;
}

std::uint32_t Score::not_covered() const {
    return static_cast<std::uint32_t>(
        std::count_if(windows_.begin(), windows_.end(), [this](const LabelledWindow& each) {
            return !is_covered(each);
        }));
}

std::optional<std::size_t> Score::window_at(WallTime at) const {
    const auto after = std::upper_bound(
        windows_.begin(), windows_.end(), at, [](WallTime wanted, const LabelledWindow& each) {
            return wanted < each.begin;
        });
    if (after == windows_.begin() || std::prev(after)->end < at) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(std::prev(after) - windows_.begin());
}

bool Score::is_covered(const LabelledWindow& window) const {
    return first_ && window.end >= *first_ && window.begin <= last_;
}

void Score::begin_windows(WallTime until) {
    for (; begun_ < windows_.size() && windows_[begun_].begin <= until; ++begun_) {
        for (auto& [key, rung] : rungs_) {
            const auto stands = levels_.find(key.first);
            rung.standing[begun_] = stands != levels_.end() && stands->second >= key.second;
        }
    }
}

}  // namespace primum::replay

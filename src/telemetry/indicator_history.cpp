// SPDX-License-Identifier: MIT
#include "telemetry/indicator_history.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

namespace primum::telemetry {
namespace {

constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();
constexpr int long_gap = 4;  // times the usual distance of two values

double number_of(const std::string& text) {
    double value = unknown;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && rest == end ? value : unknown;
}

// The middle one of the distances; zero where there are none.
Duration usual_distance(std::span<const IndicatorHistory::Point> points) {
    std::vector<Duration> distances;
    for (std::size_t i = 1; i < points.size(); ++i) {
        distances.push_back(points[i].at - points[i - 1].at);
    }
    if (distances.empty()) {
        return Duration{0};
    }
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    return *middle;
}

void open_gaps(std::vector<IndicatorHistory::Point>& points) {
    const auto usual = usual_distance(points);
    std::vector<IndicatorHistory::Point> with_gaps;
    for (const auto& point : points) {
        if (!with_gaps.empty() && point.at - with_gaps.back().at > long_gap * usual) {
            with_gaps.push_back({with_gaps.back().at + usual, unknown});
        }
        with_gaps.push_back(point);
    }
    points = std::move(with_gaps);
}

}  // namespace

void IndicatorHistory::follow(const RuleSet& rules) {
    auto before = std::exchange(targets_, {});
    feeds_.clear();
    left_out_ = 0;
    std::size_t places = 0;
    for (const auto& target : rules.targets) {
        Kept kept{target.digest, {}, 0, {}, {}, {}};
        std::set<std::string> sources;
        for (const auto& indicator : target.indicators) {
            if (indicator.kind != ValueKind::unit_state &&
                indicator.source < rules.sources.size()) {
                kept.indicators.push_back(indicator.name);
                sources.insert(rules.sources[indicator.source].name);
            }
        }
        const auto wanted = kept.indicators.size() * limits_.points;
        if (wanted == 0) {
            continue;
        }
        if (places + wanted > limits_.values) {
            ++left_out_;
            continue;
        }
        places += wanted;
        kept.values.resize(kept.indicators.size());
        const auto known = before.find(target.name);
        const bool same = known != before.end() && known->second.digest == target.digest;
        targets_.emplace(target.name, same ? std::move(known->second) : std::move(kept));
        for (const auto& source : sources) {
            feeds_[source].targets.push_back(target.name);
        }
    }
}

std::vector<std::string> IndicatorHistory::due(std::string_view source, Instant now) {
    std::vector<std::string> found;
    const auto feed = feeds_.find(source);
    if (feed == feeds_.end() || now < feed->second.next) {
        return found;
    }
    auto& [targets, cursor, next] = feed->second;
    next = Instant::max();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (found.size() >= limits_.per_event) {
            next = now;
            break;
        }
        auto& kept = targets_.find(targets[cursor])->second;
        if (now >= kept.next) {
            kept.next = now + limits_.step;
            found.push_back(targets[cursor]);
        }
        next = std::min(next, kept.next);
        cursor = (cursor + 1) % targets.size();
    }
    return found;
}

void IndicatorHistory::add(std::string_view target,
                           WallTime at,
                           std::span<const IndicatorView> evidence) {
    const auto found = targets_.find(target);
    if (found == targets_.end()) {
        return;
    }
    auto& kept = found->second;
    const bool full = kept.at.size() >= limits_.points;
    if (full) {
        kept.at[kept.first] = at;
    } else {
        kept.at.push_back(at);
    }
    for (std::size_t i = 0; i < kept.indicators.size(); ++i) {
        const auto view = std::find_if(evidence.begin(), evidence.end(), [&](const auto& each) {
            return each.evidence.indicator == kept.indicators[i];
        });
        const auto value =
            static_cast<float>(view != evidence.end() ? number_of(view->evidence.value) : unknown);
        if (full) {
            kept.values[i][kept.first] = value;
        } else {
            kept.values[i].push_back(value);
        }
    }
    kept.first = full ? (kept.first + 1) % limits_.points : 0;
}

std::vector<IndicatorHistory::Series> IndicatorHistory::of(std::string_view target) const {
    std::vector<Series> all;
    const auto found = targets_.find(target);
    if (found == targets_.end() || found->second.at.empty()) {
        return all;
    }
    const auto& kept = found->second;
    for (std::size_t i = 0; i < kept.indicators.size(); ++i) {
        Series series{kept.indicators[i], {}};
        for (std::size_t n = 0; n < kept.at.size(); ++n) {
            const auto place = (kept.first + n) % kept.at.size();
            series.points.push_back({kept.at[place], double{kept.values[i][place]}});
        }
        open_gaps(series.points);
        all.push_back(std::move(series));
    }
    return all;
}

IndicatorHistory::Figures IndicatorHistory::figures() const {
    Figures figures{0, left_out_};
    for (const auto& [name, kept] : targets_) {
        figures.kept += kept.at.size() * kept.indicators.size();
    }
    return figures;
}

}  // namespace primum::telemetry

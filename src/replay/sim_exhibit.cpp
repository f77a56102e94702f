// SPDX-License-Identifier: MIT
#include "replay/sim_exhibit.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace primum::replay {
namespace {

constexpr std::array rising{Severity::info, Severity::warning, Severity::error, Severity::critical};
// A learnt normal of this much, where no absolute threshold says what is usual.
constexpr double usual = 100;
constexpr double noise_share = 0.01;
// Noise that is even within its share has a robust deviation of 1.4826 x 0.5 of it.
constexpr double deviations = 1.4826 * 0.5 * noise_share;
// Half the width of a bucket around the value it stands for.
constexpr double bucket_share = 0.02;
constexpr double events_a_collection = 100;

// Matches the one name that the simulator has given to an indicator.
class ExactName final : public SeriesMatcher {
public:
    explicit ExactName(std::string name) : name_(std::move(name)) {}
    [[nodiscard]] bool matches(const SeriesName& series) const override {
        return series.name == name_;
    }

private:
    std::string name_;
};

const std::optional<Threshold>& threshold_of(const IndicatorRule& rule, Severity severity) {
    return rule.thresholds[static_cast<std::size_t>(severity)];
}

// The value of a healthy target: well away from every absolute threshold.
double healthy_value(const IndicatorRule& rule) {
    std::optional<double> below;
    std::optional<double> above;
    for (const Severity severity : rising) {
        const auto& threshold = threshold_of(rule, severity);
        if (threshold && threshold->above) {
            const double edge =
                std::min(*threshold->above, threshold->clear_below.value_or(*threshold->above));
            below = std::min(below.value_or(edge), edge);
        }
        if (threshold && threshold->below) {
            const double edge =
                std::max(*threshold->below, threshold->clear_above.value_or(*threshold->below));
            above = std::max(above.value_or(edge), edge);
        }
    }
    if (below && above) {
        return (*below + *above) / 2;
    }
    if (below) {
        return *below > 0 ? *below / 2 : *below - 1;
    }
    if (above) {
        return *above > 0 ? *above * 2 : *above + 1;
    }
    return usual;
}

// How far from `healthy` the threshold begins, upwards positive; nothing where it is not on the
// asked side.
std::optional<double> distance(const Threshold& threshold, double healthy, bool upwards) {
    const auto& absolute = upwards ? threshold.above : threshold.below;
    const auto& learnt = upwards ? threshold.above_baseline : threshold.below_baseline;
    if (absolute) {
        return std::abs(*absolute - healthy);
    }
    if (learnt) {
        return std::max(*learnt * deviations * std::abs(healthy), threshold.by_at_least);
    }
    return std::nullopt;
}

std::string channel_name(const SimChannel& channel, std::size_t role) {
    const std::string owner = channel.provider == SimChannel::no_provider
                                  ? std::string{"sim_"}
                                  : "sim_provider_" + std::to_string(channel.provider) + '_';
    return owner + std::to_string(channel.target) + '_' + std::to_string(channel.indicator) + '_' +
           std::to_string(role);
}

std::size_t roles_of(const IndicatorRule& rule) {
    return rule.kind == ValueKind::ratio ? 2 : 1;
}

// Builds the channels of one indicator.
class Exhibitor {
public:
    Exhibitor(SimSource& source, const IndicatorRule& rule, SimChannel like)
        : source_(source), rule_(rule), like_(like) {
        for (std::size_t i = 0; i < severity_count; ++i) {
            values_[i] = value_at(rule, static_cast<Severity>(i));
        }
    }

    void show() {
        const double interval = std::chrono::duration<double>(source_.rule.interval).count();
        const double over = std::chrono::duration<double>(rule_.over).count();
        const double events = std::max<double>(events_a_collection, 2.0 * rule_.min_count);
        switch (rule_.kind) {
            case ValueKind::gauge:
            case ValueKind::probe:
                return add(SimChannel::Kind::level, 0, scaled(1), {});
            case ValueKind::rate:
                return add(SimChannel::Kind::counter, 0, scaled(interval), {});
            case ValueKind::increase:
                return add(
                    SimChannel::Kind::counter, 0, scaled(over > 0 ? interval / over : 1), {});
            case ValueKind::ratio: {
                add(SimChannel::Kind::counter, 0, scaled(events), {});
                std::array<double, severity_count> all{};
                all.fill(events);
                return add(SimChannel::Kind::counter, 1, all, {});
            }
            case ValueKind::quantile:
                return add_buckets(events);
            case ValueKind::age:
                return add(SimChannel::Kind::changing, 0, scaled(1), {});
            case ValueKind::unit_state:
                return;
        }
    }

private:
    [[nodiscard]] std::array<double, severity_count> scaled(double factor) const {
        auto scaled = values_;
        for (double& value : scaled) {
            value *= factor;
        }
        return scaled;
    }

    void add(SimChannel::Kind kind,
             std::size_t role,
             const std::array<double, severity_count>& by_severity,
             const std::string& bound) {
        SimChannel channel = like_;
        channel.id = static_cast<SeriesId>(source_.channels.size());
        channel.kind = kind;
        channel.by_severity = by_severity;
        channel.noise = kind == SimChannel::Kind::level && rule_.baseline ? noise_share : 0;
        SeriesEvent declared;
        declared.source = source_.rule.name;
        declared.id = channel.id;
        declared.parsed.name = channel_name(channel, role);
        declared.name = declared.parsed.name;
        if (!bound.empty()) {
            declared.parsed.labels.push_back({"le", bound});
            declared.name += "{le=\"" + bound + "\"}";
        }
        source_.channels.push_back(channel);
        source_.declarations.push_back(std::move(declared));
    }

    // A classic histogram: all events of a collection fall into the narrow bucket around the value.
    void add_buckets(double events) {
        std::vector<double> bounds;
        for (const double value : values_) {
            bounds.push_back(value * (1 - bucket_share));
            bounds.push_back(value * (1 + bucket_share));
        }
        std::sort(bounds.begin(), bounds.end());
        bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
        for (const double bound : bounds) {
            std::array<double, severity_count> counts{};
            for (std::size_t i = 0; i < severity_count; ++i) {
                counts[i] = bound > values_[i] ? events : 0;
            }
            add(SimChannel::Kind::counter, 0, counts, std::to_string(bound));
        }
        std::array<double, severity_count> all{};
        all.fill(events);
        add(SimChannel::Kind::counter, 0, all, "+Inf");
    }

    SimSource& source_;
    const IndicatorRule& rule_;
    SimChannel like_;
    std::array<double, severity_count> values_{};
};

void show_indicator(SimExhibit& exhibit, IndicatorRule& rule, const SimChannel& like) {
    if (rule.kind == ValueKind::unit_state || rule.source >= exhibit.sources.size()) {
        return;
    }
    Exhibitor{exhibit.sources[rule.source], rule, like}.show();
    rule.matchers.clear();
    for (std::size_t role = 0; role < roles_of(rule); ++role) {
        rule.matchers.push_back(std::make_shared<ExactName>(channel_name(like, role)));
    }
}

}  // namespace

double value_at(const IndicatorRule& rule, Severity severity) {
    const double healthy = healthy_value(rule);
    const Threshold* wanted = nullptr;
    std::optional<double> begins;
    bool upwards = true;
    for (const Severity each : rising) {
        const auto& threshold = threshold_of(rule, each);
        if (!threshold || each > severity) {
            continue;
        }
        wanted = &*threshold;
        upwards = threshold->above || threshold->above_baseline;
        begins = distance(*threshold, healthy, upwards);
    }
    if (wanted == nullptr || !begins) {
        return healthy;
    }
    std::optional<double> ends;  // where the next severity begins
    for (const Severity each : rising) {
        const auto& threshold = threshold_of(rule, each);
        const auto next =
            threshold && each > severity ? distance(*threshold, healthy, upwards) : std::nullopt;
        if (next && *next > *begins) {
            ends = std::min(ends.value_or(*next), *next);
        }
    }
    double reach = ends ? (*begins + *ends) / 2 : *begins * 1.5 + std::abs(healthy) * 0.1;
    if (reach <= 0) {
        reach = 1;
    }
    double value = upwards ? healthy + reach : healthy - reach;
    if (rule.kind == ValueKind::ratio && wanted->above && *wanted->above < 1) {
        value = std::min(value, (*wanted->above + 1) / 2);
    }
    return value;
}

SimExhibit make_exhibit(const RuleSet& rules) {
    auto changed = std::make_shared<RuleSet>(rules);
    SimExhibit exhibit;
    for (const SourceRule& source : rules.sources) {
        exhibit.sources.push_back({source, {}, {}});
    }
    for (std::uint32_t t = 0; t < changed->targets.size(); ++t) {
        auto& indicators = changed->targets[t].indicators;
        for (std::uint32_t i = 0; i < indicators.size(); ++i) {
            SimChannel like;
            like.target = t;
            like.indicator = i;
            show_indicator(exhibit, indicators[i], like);
        }
    }
    for (std::uint32_t p = 0; p < changed->providers.size(); ++p) {
        auto& candidates = changed->providers[p].candidates;
        for (std::uint32_t c = 0; c < candidates.size(); ++c) {
            SimChannel like;
            like.provider = p;
            like.target = c;
            if (candidates[c].indicator) {
                show_indicator(exhibit, *candidates[c].indicator, like);
            }
            if (candidates[c].rate_limit) {
                like.indicator = 1;
                like.is_rate_limit = true;
                show_indicator(exhibit, *candidates[c].rate_limit, like);
            }
        }
    }
    exhibit.rules = std::move(changed);
    return exhibit;
}

}  // namespace primum::replay

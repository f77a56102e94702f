// SPDX-License-Identifier: MIT
#pragma once

#include "telemetry/action_index.hpp"
#include "telemetry/metric_families.hpp"
#include "telemetry/metrics.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace primum::telemetry {

inline constexpr std::string_view other = "other";
inline constexpr std::string_view source_prefix = "source:";
inline constexpr std::string_view provider_prefix = "provider:";
inline constexpr std::string_view precision_prefix = "precision:";

inline double seconds_of(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

inline double flag(bool set) {
    return set ? 1 : 0;
}

template <class E>
std::string text_of(E value) {
    return std::string{name_of(value)};
}

// A word that is one of E's, else "other".
template <class E>
std::string known_word(const std::string& word) {
    return from_name<E>(word) ? word : std::string{other};
}

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

class Metrics::Impl {
public:
    explicit Impl(std::string_view version);

    void observe(const Event& event);
    void observe(const Effect& effect);
    void rules_refused();
    void queue_dropped(std::string_view queue, std::uint64_t total_so_far);
    void push_refused(std::string_view code, std::uint64_t total_so_far);
    void webhooks_refused(std::uint64_t total_so_far);
    void notice(std::string_view channel, std::string_view kind, std::string_view result);
    void notices_waiting(std::string_view channel, std::size_t waiting, Duration oldest);
    void recording(bool well) { families_.recording.Add({}).Set(well ? 1 : 0); }
    void sources(const SourceFigures& figures, Instant now);
    void refresh(const HostView& host, Instant now, const ProcessUsage& process);
    [[nodiscard]] std::string page() const;

    prometheus::Histogram& decision_latency() { return decision_latency_; }
    prometheus::Histogram& loop_turn() { return loop_turn_; }

private:
    struct Source {
        prometheus::Gauge* up = nullptr;
        prometheus::Gauge* samples = nullptr;
        SourceStats told;  // as it is on the page
    };

    void take(const SamplesEvent& event);
    void take(const SourceEvent& event);
    void take(const RulesEvent& event);
    void take(const RestoreEvent& event);
    void take(const PreflightEvent& event);
    void take(const ActionEvent& event);

    void take(const IncidentRecord& record);
    void take(const DecisionRecord& record);
    void take(const ActionRecord& record);
    void take(const TransitionRecord& record);
    void take(const OperatorRecord& record);
    void take(const LevelChanged& change);
    void take(const SeverityChanged& change);
    void take(const UnitStarted& start);
    void take(const BreakerRecord& record);
    void take(const ProviderRecord& record);
    void take(const PrecisionRecord& record);
    void take(const Rejected& rejected);

    // What a target is called in a label: itself while the rules know it.
    [[nodiscard]] std::string label_of(const std::string& target) const;
    [[nodiscard]] prometheus::Labels labels_of(const ActionFacts* facts) const;
    // The metric of `family` with `labels`, which goes when `owner` goes.
    template <class T>
    T& owned(prometheus::Family<T>& family,
             const std::string& owner,
             const prometheus::Labels& labels);
    void forget(const std::string& owner);
    void know_providers(const RuleSet& rules);
    void know_precision(const RuleSet& rules, const std::set<std::string>& before);
    void show(const PrecisionRecord& record);
    void stand(const std::string& provider, const std::string& candidate, CandidateState state);
    Source* source_of(const std::string& name);
    void show(const std::string& name, Source& source, const SourceStats& now_is, Instant now);
    void refuse(Refusal code);
    void set_level(const std::string& target, Level level);

    MetricFamilies families_;
    std::array<prometheus::Counter*, std::variant_size_v<EventBody>> events_{};  // by type
    prometheus::Gauge& incidents_open_;
    prometheus::Gauge& targets_count_;
    prometheus::Gauge& rules_ok_;
    prometheus::Histogram& decision_latency_;
    prometheus::Histogram& loop_turn_;
    prometheus::Counter& cpu_seconds_;

    ActionIndex actions_;
    std::set<std::string, std::less<>> targets_;  // of the rules in force
    std::set<std::string, std::less<>> known_sources_;
    std::map<std::string, std::string> known_providers_;  // with their digests
    std::unordered_map<std::string, Source> sources_;
    std::unordered_map<std::string, std::vector<std::function<void()>>> owned_;
    std::set<std::uint64_t> open_incidents_;
    std::set<std::string> reasons_;
    std::vector<std::pair<std::string, Level>> restored_levels_;
    std::map<std::pair<std::string, Level>, PrecisionRecord> precision_;
    prometheus::Gauge* rules_info_ = nullptr;
};

template <class T>
T& Metrics::Impl::owned(prometheus::Family<T>& family,
                        const std::string& owner,
                        const prometheus::Labels& labels) {
    const bool is_new = !family.Has(labels);
    T& metric = family.Add(labels);
    if (is_new) {
        owned_[owner].emplace_back([&family, &metric] { family.Remove(&metric); });
    }
    return metric;
}

}  // namespace primum::telemetry

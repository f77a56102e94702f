// SPDX-License-Identifier: MIT
#include "telemetry/metrics.hpp"

#include "telemetry/action_index.hpp"
#include "telemetry/metric_families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace primum::telemetry {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;

// In the order of EventBody.
constexpr std::array<std::string_view, std::variant_size_v<EventBody>> event_types{"series",
                                                                                   "sample",
                                                                                   "samples",
                                                                                   "source",
                                                                                   "unit",
                                                                                   "job",
                                                                                   "file",
                                                                                   "provider",
                                                                                   "operator",
                                                                                   "host",
                                                                                   "rules",
                                                                                   "restore",
                                                                                   "preflight",
                                                                                   "action",
                                                                                   "ledger",
                                                                                   "slot",
                                                                                   "tick"};

constexpr std::string_view other = "other";
constexpr std::string_view source_prefix = "source:";
// Reasons of rejected events are codes of the core; should they ever not be, they stop here.
constexpr std::size_t max_reasons = 32;

const Histogram::BucketBoundaries fast_buckets{
    0.000'01, 0.000'05, 0.000'1, 0.000'5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};
const Histogram::BucketBoundaries slow_buckets{
    0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};

double seconds_of(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

double flag(bool set) {
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

}  // namespace

class Metrics::Impl {
public:
    explicit Impl(std::string_view version);

    void observe(const Event& event);
    void observe(const Effect& effect);
    void rules_refused();
    void queue_dropped(std::string_view queue, std::uint64_t total_so_far);
    void refresh(const HostView& host, Instant now, const ProcessUsage& process);
    [[nodiscard]] std::string page() const;

    Histogram& decision_latency() { return decision_latency_; }
    Histogram& loop_turn() { return loop_turn_; }

private:
    struct Source {
        Gauge* up = nullptr;
        Gauge* age = nullptr;  // null until the first success
        Gauge* samples = nullptr;
        Gauge* series = nullptr;
        Counter* collections = nullptr;
        std::optional<Instant> last;
    };

    void take(const SeriesEvent& event);
    void take(const SamplesEvent& event, Instant now);
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
    void take(const Rejected& rejected);

    // What a target is called in a label: itself while the rules know it.
    [[nodiscard]] std::string label_of(const std::string& target) const;
    [[nodiscard]] Labels labels_of(const ActionFacts* facts) const;
    // The metric of `family` with `labels`, which goes when `owner` goes.
    template <class T>
    T& owned(prometheus::Family<T>& family, const std::string& owner, const Labels& labels);
    void forget(const std::string& owner);
    Source* source_of(const std::string& name);
    void refuse(Refusal code);
    void set_level(const std::string& target, Level level);

    MetricFamilies families_;
    std::array<Counter*, event_types.size()> events_{};
    Gauge& incidents_open_;
    Gauge& targets_count_;
    Gauge& rules_ok_;
    Histogram& decision_latency_;
    Histogram& loop_turn_;
    Counter& cpu_seconds_;

    ActionIndex actions_;
    std::set<std::string, std::less<>> targets_;  // of the rules in force
    std::set<std::string, std::less<>> known_sources_;
    std::unordered_map<std::string, Source> sources_;
    std::unordered_map<std::string, std::vector<std::function<void()>>> owned_;
    std::set<std::uint64_t> open_incidents_;
    std::set<std::string> reasons_;
    std::vector<std::pair<std::string, Level>> restored_levels_;
    Gauge* rules_info_ = nullptr;
};

Metrics::Impl::Impl(std::string_view version)
    : incidents_open_(families_.incidents_open.Add({})),
      targets_count_(families_.targets.Add({})),
      rules_ok_(families_.rules_last_reload_ok.Add({})),
      decision_latency_(families_.decision_latency.Add({}, fast_buckets)),
      loop_turn_(families_.loop_turn.Add({}, fast_buckets)),
      cpu_seconds_(families_.cpu_seconds.Add({})) {
    for (std::size_t i = 0; i < event_types.size(); ++i) {
        events_.at(i) = &families_.events.Add({{"type", std::string{event_types.at(i)}}});
    }
    if (!version.empty()) {
        families_.build_info.Add({{"version", std::string{version}}}).Set(1);
    }
    // Present from the start, so that a first increase is seen as one.
    for (const auto* result : {"ok", "refused"}) {
        families_.rules_reloads.Add({{"result", result}});
    }
    for (const auto kind : enum_names<PageKind>) {
        families_.pages.Add({{"kind", std::string{kind}}});
    }
}

void Metrics::Impl::observe(const Event& event) {
    events_.at(event.body.index())->Increment();
    std::visit(Overloaded{[&](const SamplesEvent& body) { take(body, event.at.t); },
                          [&](const SeriesEvent& body) { take(body); },
                          [&](const SourceEvent& body) { take(body); },
                          [&](const RulesEvent& body) { take(body); },
                          [&](const RestoreEvent& body) { take(body); },
                          [&](const PreflightEvent& body) { take(body); },
                          [&](const ActionEvent& body) { take(body); },
                          [](const auto&) {}},
               event.body);
}

void Metrics::Impl::observe(const Effect& effect) {
    std::visit(Overloaded{[&](const RecordEffect& record) {
                              std::visit(Overloaded{[&](const auto& body) { take(body); },
                                                    [](const HoldRecord&) {}},
                                         record.record);
                          },
                          [&](const Notify& page) {
                              families_.pages.Add({{"kind", text_of(page.kind)}}).Increment();
                          },
                          [&](const LevelChanged& change) { take(change); },
                          [&](const SeverityChanged& change) { take(change); },
                          [&](const Rejected& rejected) { take(rejected); },
                          [](const auto&) {}},
               effect);
}

void Metrics::Impl::take(const SeriesEvent& event) {
    if (auto* source = source_of(event.source)) {
        source->series->Increment();
    }
}

void Metrics::Impl::take(const SamplesEvent& event, Instant now) {
    if (auto* source = source_of(event.source)) {
        source->up->Set(1);
        if (source->age == nullptr) {
            source->age = &owned(families_.source_age,
                                 std::string{source_prefix} + event.source,
                                 {{"source", event.source}});
        }
        source->samples->Set(static_cast<double>(event.values.size()));
        source->collections->Increment();
        source->last = now;
    }
}

void Metrics::Impl::take(const SourceEvent& event) {
    auto* source = source_of(event.source);
    if (source == nullptr) {
        return;
    }
    source->up->Set(flag(event.ok));
    if (!event.ok) {
        owned(families_.source_failures,
              std::string{source_prefix} + event.source,
              {{"source", event.source},
               {"error_class", known_word<SourceFailure>(event.error_class)}})
            .Increment();
    }
}

void Metrics::Impl::take(const RulesEvent& event) {
    families_.rules_reloads.Add({{"result", "ok"}}).Increment();
    rules_ok_.Set(1);
    if (rules_info_ != nullptr) {
        families_.rules_info.Remove(rules_info_);
    }
    rules_info_ = &families_.rules_info.Add({{"digest", event.digest}});
    rules_info_->Set(1);
    if (!event.compiled) {
        return;
    }
    auto old_targets = std::exchange(targets_, {});
    auto old_sources = std::exchange(known_sources_, {});
    for (const auto& target : event.compiled->targets) {
        targets_.insert(target.name);
    }
    for (const auto& source : event.compiled->sources) {
        known_sources_.insert(source.name);
    }
    for (const auto& gone : old_targets) {
        if (!targets_.contains(gone)) {
            forget(gone);
        }
    }
    for (const auto& gone : old_sources) {
        if (!known_sources_.contains(gone)) {
            sources_.erase(gone);
            forget(std::string{source_prefix} + gone);
        }
    }
    targets_count_.Set(static_cast<double>(targets_.size()));
    for (const auto& [target, level] : std::exchange(restored_levels_, {})) {
        set_level(target, level);
    }
}

void Metrics::Impl::take(const RestoreEvent& event) {
    actions_.restore(event.state);
    for (const auto& restored : event.state.incidents) {
        if (restored.incident.open) {
            open_incidents_.insert(restored.incident.id);
            restored_levels_.emplace_back(restored.incident.target, restored.incident.level);
        }
    }
    incidents_open_.Set(static_cast<double>(open_incidents_.size()));
}

void Metrics::Impl::take(const PreflightEvent& event) {
    if (event.answer != Preflight::can) {
        refuse(event.code);
    }
}

void Metrics::Impl::take(const ActionEvent& event) {
    if (event.phase == ActionPhase::finished) {
        refuse(event.refusal);
    }
}

void Metrics::Impl::take(const IncidentRecord& record) {
    const auto target = label_of(record.target);
    if (record.open && open_incidents_.insert(record.id).second) {
        owned(families_.incidents_opened, target, {{"target", target}}).Increment();
    } else if (!record.open && open_incidents_.erase(record.id) != 0) {
        owned(families_.incidents_closed, target, {{"target", target}}).Increment();
    }
    incidents_open_.Set(static_cast<double>(open_incidents_.size()));
}

void Metrics::Impl::take(const DecisionRecord& record) {
    const auto target = label_of(record.target);
    owned(families_.decisions,
          target,
          {{"target", target}, {"level", text_of(record.level)}, {"kind", text_of(record.kind)}})
        .Increment();
    for (const auto& verdict : record.guards) {
        if (verdict.verdict == Verdict::veto) {
            owned(families_.guard_vetoes,
                  target,
                  {{"target", target}, {"guard", text_of(verdict.guard)}})
                .Increment();
        }
    }
}

void Metrics::Impl::take(const ActionRecord& record) {
    actions_.remember(record);
    const auto labels = labels_of(actions_.find(record.id));
    auto& family = record.dry_run ? families_.would_act : families_.action_intents;
    owned(family, labels.at("target"), labels).Increment();
}

void Metrics::Impl::take(const TransitionRecord& record) {
    const auto* facts = actions_.find(record.action);
    const bool dry_run = facts != nullptr && facts->dry_run;
    auto labels = labels_of(facts);
    const auto target = labels.at("target");
    if (record.state == ActionState::verified) {
        labels.emplace("outcome", text_of(record.outcome));
        auto& family = dry_run ? families_.would_act_outcomes : families_.action_outcomes;
        owned(family, target, labels).Increment();
    }
    if (dry_run) {
        return;
    }
    if (record.state == ActionState::finished) {
        families_.action_duration.Add({{"remedy", labels.at("remedy")}}, slow_buckets)
            .Observe(seconds_of(record.took));
        labels.emplace("result", text_of(record.result));
        owned(families_.actions, target, labels).Increment();
    }
    const bool back = record.state == ActionState::rolled_back;
    if (back || record.state == ActionState::rollback_failed) {
        labels.emplace("result", back ? "done" : "failed");
        owned(families_.rollbacks, target, labels).Increment();
    }
}

void Metrics::Impl::take(const OperatorRecord& record) {
    families_.operator_commands
        .Add({{"verb", known_word<OperatorVerb>(record.verb)},
              {"accepted", record.accepted ? "true" : "false"}})
        .Increment();
}

void Metrics::Impl::take(const LevelChanged& change) {
    set_level(change.target, change.to);
}

void Metrics::Impl::take(const SeverityChanged& change) {
    if (targets_.contains(change.target)) {
        owned(families_.indicator_severity,
              change.target,
              {{"target", change.target}, {"indicator", change.indicator}})
            .Set(static_cast<double>(change.to));
    }
}

void Metrics::Impl::take(const Rejected& rejected) {
    const bool known = reasons_.contains(rejected.reason) || reasons_.size() < max_reasons;
    if (known) {
        reasons_.insert(rejected.reason);
    }
    families_.events_rejected.Add({{"reason", known ? rejected.reason : std::string{other}}})
        .Increment();
}

std::string Metrics::Impl::label_of(const std::string& target) const {
    const std::string_view name{target};
    const bool known =
        targets_.contains(name) || (name.starts_with(source_prefix) &&
                                    known_sources_.contains(name.substr(source_prefix.size())));
    return known ? target : std::string{other};
}

Labels Metrics::Impl::labels_of(const ActionFacts* facts) const {
    if (facts == nullptr) {
        return {{"target", std::string{other}}, {"level", "unknown"}, {"remedy", "unknown"}};
    }
    return {{"target", label_of(facts->target)},
            {"level", text_of(facts->level)},
            {"remedy", known_word<RemedyKind>(facts->kind)}};
}

template <class T>
T& Metrics::Impl::owned(prometheus::Family<T>& family,
                        const std::string& owner,
                        const Labels& labels) {
    const bool is_new = !family.Has(labels);
    T& metric = family.Add(labels);
    if (is_new) {
        owned_[owner].emplace_back([&family, &metric] { family.Remove(&metric); });
    }
    return metric;
}

void Metrics::Impl::forget(const std::string& owner) {
    const auto found = owned_.find(owner);
    if (found == owned_.end()) {
        return;
    }
    for (const auto& remove : found->second) {
        remove();
    }
    owned_.erase(found);
}

Metrics::Impl::Source* Metrics::Impl::source_of(const std::string& name) {
    if (const auto found = sources_.find(name); found != sources_.end()) {
        return &found->second;
    }
    if (!known_sources_.contains(name)) {
        return nullptr;
    }
    const auto owner = std::string{source_prefix} + name;
    const Labels labels{{"source", name}};
    return &sources_
                .emplace(name,
                         Source{&owned(families_.source_up, owner, labels),
                                nullptr,
                                &owned(families_.source_samples, owner, labels),
                                &owned(families_.source_series, owner, labels),
                                &owned(families_.source_collections, owner, labels),
                                std::nullopt})
                .first->second;
}

void Metrics::Impl::refuse(Refusal code) {
    if (code != Refusal::none) {
        families_.refusals.Add({{"code", text_of(code)}}).Increment();
    }
}

void Metrics::Impl::set_level(const std::string& target, Level level) {
    if (targets_.contains(target)) {
        owned(families_.target_level, target, {{"target", target}}).Set(static_cast<double>(level));
    }
}

void Metrics::Impl::rules_refused() {
    families_.rules_reloads.Add({{"result", "refused"}}).Increment();
    rules_ok_.Set(0);
}

void Metrics::Impl::queue_dropped(std::string_view queue, std::uint64_t total_so_far) {
    constexpr std::array<std::string_view, 3> queues{"ledger", "journal", "recording"};
    const bool known = std::find(queues.begin(), queues.end(), queue) != queues.end();
    auto& counter = families_.queue_dropped.Add({{"queue", std::string{known ? queue : other}}});
    counter.Increment(std::max(0.0, static_cast<double>(total_so_far) - counter.Value()));
}

void Metrics::Impl::refresh(const HostView& host, Instant now, const ProcessUsage& process) {
    families_.holds.Add({}).Set(static_cast<double>(host.holds.size()));
    families_.disabled.Add({}).Set(flag(host.disabled));
    families_.warming_up.Add({}).Set(flag(host.warm_up_until && *host.warm_up_until > now));
    families_.ledger_healthy.Add({}).Set(flag(host.ledger_healthy));
    families_.actions_in_flight.Add({}).Set(host.in_flight);
    families_.host_actions_used.Add({}).Set(host.host_actions_used);
    families_.resident_memory.Add({}).Set(static_cast<double>(process.resident_bytes));
    cpu_seconds_.Increment(std::max(0.0, process.cpu_seconds - cpu_seconds_.Value()));
    for (auto& [name, source] : sources_) {
        if (source.age != nullptr && source.last) {
            source.age->Set(seconds_of(now - *source.last));
        }
    }
}

std::string Metrics::Impl::page() const {
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, families_.registry.Collect());
    return std::move(out).str();
}

Metrics::Metrics(std::string_view version) : impl_(std::make_unique<Impl>(version)) {}

Metrics::~Metrics() = default;

void Metrics::observe(const Event& event) {
    impl_->observe(event);
}

void Metrics::observe(const Effect& effect) {
    impl_->observe(effect);
}

void Metrics::observe_decision_latency(Duration took) {
    impl_->decision_latency().Observe(seconds_of(took));
}

void Metrics::observe_loop_turn(Duration took) {
    impl_->loop_turn().Observe(seconds_of(took));
}

void Metrics::rules_refused() {
    impl_->rules_refused();
}

void Metrics::queue_dropped(std::string_view queue, std::uint64_t total_so_far) {
    impl_->queue_dropped(queue, total_so_far);
}

void Metrics::refresh(const HostView& host, Instant now, const ProcessUsage& process) {
    impl_->refresh(host, now, process);
}

std::string Metrics::page() const {
    return impl_->page();
}

}  // namespace primum::telemetry

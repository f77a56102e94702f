// SPDX-License-Identifier: MIT
#include "telemetry/metrics.hpp"

#include "telemetry/metrics_impl.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>
#include <variant>

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

const Histogram::BucketBoundaries fast_buckets{
    0.000'01, 0.000'05, 0.000'1, 0.000'5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};

void raise_to(std::uint64_t total, Counter& counter) {
    counter.Increment(std::max(0.0, static_cast<double>(total) - counter.Value()));
}

}  // namespace

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
    std::visit(Overloaded{[&](const SamplesEvent& body) { take(body); },
                          [&](const SourceEvent& body) { take(body); },
                          [&](const RulesEvent& body) { take(body); },
                          [&](const RestoreEvent& body) { take(body); },
                          [&](const PreflightEvent& body) { take(body); },
                          [&](const ActionEvent& body) { take(body); },
                          [](const auto&) {}},
               event.body);
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
    know_providers(*event.compiled);
    know_precision(*event.compiled, {old_targets.begin(), old_targets.end()});
    targets_count_.Set(static_cast<double>(targets_.size()));
    for (const auto& [target, level] : std::exchange(restored_levels_, {})) {
        set_level(target, level);
    }
}

void Metrics::Impl::take(const RestoreEvent& event) {
    actions_.restore(event.state);
    for (const PrecisionRecord& restored : event.state.precision) {
        precision_[{restored.target, restored.level}] = restored;
    }
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
    raise_to(total_so_far,
             families_.queue_dropped.Add({{"queue", std::string{known ? queue : other}}}));
}

void Metrics::Impl::push_refused(std::string_view code, std::uint64_t total_so_far) {
    raise_to(total_so_far, families_.push_refused.Add({{"code", std::string{code}}}));
}

void Metrics::Impl::webhooks_refused(std::uint64_t total_so_far) {
    raise_to(total_so_far, families_.webhooks_refused.Add({}));
}

void Metrics::Impl::notice(std::string_view channel,
                           std::string_view kind,
                           std::string_view result) {
    families_.notices
        .Add({{"channel", std::string{channel}},
              {"kind", std::string{kind}},
              {"result", std::string{result}}})
        .Increment();
}

void Metrics::Impl::notices_waiting(std::string_view channel,
                                    std::size_t waiting,
                                    Duration oldest) {
    const prometheus::Labels labels{{"channel", std::string{channel}}};
    families_.notices_waiting.Add(labels).Set(static_cast<double>(waiting));
    families_.notices_oldest.Add(labels).Set(std::chrono::duration<double>(oldest).count());
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

void Metrics::push_refused(std::string_view code, std::uint64_t total_so_far) {
    impl_->push_refused(code, total_so_far);
}

void Metrics::webhooks_refused(std::uint64_t total_so_far) {
    impl_->webhooks_refused(total_so_far);
}

void Metrics::notice(std::string_view channel, std::string_view kind, std::string_view result) {
    impl_->notice(channel, kind, result);
}

void Metrics::notices_waiting(std::string_view channel, std::size_t waiting, Duration oldest) {
    impl_->notices_waiting(channel, waiting, oldest);
}

void Metrics::recording(bool well) {
    impl_->recording(well);
}

void Metrics::sources(const SourceFigures& figures, Instant now) {
    impl_->sources(figures, now);
}

void Metrics::refresh(const HostView& host, Instant now, const ProcessUsage& process) {
    impl_->refresh(host, now, process);
}

std::string Metrics::page() const {
    return impl_->page();
}

}  // namespace primum::telemetry

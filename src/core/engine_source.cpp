// SPDX-License-Identifier: MIT
// What comes from the sources, and how the sources themselves are.
#include "core/engine_impl.hpp"

#include <algorithm>
#include <utility>

namespace primum {

using core::Listener;

namespace {

constexpr auto page_bit = 1U << static_cast<unsigned>(PageKind::source_failed);

DecisionRecord decision_of(const IncidentRecord& incident, Stamp at, DecisionKind kind) {
    DecisionRecord decision;
    decision.incident = incident.id;
    decision.target = incident.target;
    decision.at = at;
    decision.kind = kind;
    return decision;
}

}  // namespace

Engine::Impl::SourceState* Engine::Impl::find_source(const std::string& name) {
    const auto found = sources_.find(name);
    if (found == sources_.end()) {
        reject("unknown_source", name);
        return nullptr;
    }
    return found->second.get();
}

void Engine::Impl::take(const SeriesEvent& event) {
    using Declared = SourceState::Declared;
    SourceState* source = find_source(event.source);
    if (source == nullptr) {
        return;
    }
    if (event.gone) {
        if (!source->forget(event.id)) {
            reject("unknown_series", "id " + std::to_string(event.id) + " of " + event.source);
        }
        return;
    }
    const auto& limits = world_.limits;
    switch (source->declare(event,
                            std::min(limits.series_per_source, source->rule.max_series),
                            limits.series_name_bytes)) {
        case Declared::taken:
            break;
        case Declared::too_many:
            reject("bound_reached", "source " + event.source + " has too many series");
            break;
        case Declared::too_long:
            reject("series_too_long",
                   "a series of source " + event.source + " has a name of over " +
                       std::to_string(limits.series_name_bytes) + " bytes");
            break;
    }
}

void Engine::Impl::take(const SampleEvent& event) {
    SourceState* source = find_source(event.source);
    if (source == nullptr) {
        return;
    }
    if (!source->sample(world_.now.t, event.id, event.value)) {
        reject("unknown_series", "id " + std::to_string(event.id) + " of source " + event.source);
        return;
    }
    recover_source(*source);
    for (const Listener& listener : source->touched()) {
        listener.evaluate(world_.now);
        note_severity(listener);
    }
}

void Engine::Impl::take(const SamplesEvent& event) {
    SourceState* source = find_source(event.source);
    if (source == nullptr) {
        return;
    }
    if (!source->expect(event.values)) {
        reject("unknown_series", "in a collection of source " + event.source);
        return;
    }
    recover_source(*source);
    for (std::size_t i = 0; i < source->listeners().size(); ++i) {
        source->feed(i, world_.now.t, event.values);
        const Listener& listener = source->listeners()[i];
        listener.evaluate(world_.now);
        note_severity(listener);
    }
}

void Engine::Impl::take(const SourceEvent& event) {
    SourceState* source = find_source(event.source);
    if (source == nullptr) {
        return;
    }
    if (event.ok) {
        recover_source(*source);
    } else {
        fail_source(*source, event);
    }
}

void Engine::Impl::fail_source(SourceState& source, const SourceEvent& event) {
    const bool was_failing = source.incident && !source.ok;
    source.ok = false;
    source.answers_since.reset();
    source.error_class = event.error_class;
    source.error_detail = event.detail;
    if (!source.incident) {
        open_source_incident(source);
    }
    if (!was_failing && (source.incident->paged & page_bit) == 0) {
        source.page_at = world_.now.t + source.patience();
        world_.deadlines.arm(source.key, *source.page_at);
    }
    if (!was_failing) {
        look_at_response(source);
    }
}

void Engine::Impl::open_source_incident(SourceState& source) {
    IncidentRecord incident;
    incident.id = world_.next_incident++;
    incident.target = "source:" + source.rule.name;
    incident.opened = incident.updated = world_.now;
    incident.reason =
        source.error_class + (source.error_detail.empty() ? "" : ": " + source.error_detail);
    source.incident = incident;
    source.response = {world_.now.t, world_.now.t};
    look_at_response(source);
    world_.record(incident);
    DecisionRecord decision = decision_of(incident, world_.now, DecisionKind::source_failed);
    decision.level = Level::observe;
    decision.reason = source.error_class;
    decision.detail = source.error_detail;
    world_.record(std::move(decision));
}

// One answer between two failures ends nothing: the incident closes when the source has answered
// for as long as it would have had to be silent for a person to be told.
void Engine::Impl::recover_source(SourceState& source) {
    source.ok = true;
    source.ever = true;
    source.last = world_.now.t;
    if (!source.incident) {
        return;
    }
    source.error_class.clear();
    source.error_detail.clear();
    source.page_at.reset();
    if (!source.answers_since) {
        source.answers_since = world_.now.t;
    }
    if (world_.now.t - *source.answers_since >= source.patience()) {
        close_source_incident(source, "answers_again");
    }
}

void Engine::Impl::close_source_incident(SourceState& source, std::string reason) {
    if (!source.incident) {
        return;
    }
    IncidentRecord incident = *std::exchange(source.incident, std::nullopt);
    source.answers_since.reset();
    incident.open = false;
    incident.closed = incident.updated = world_.now;
    incident.level = Level::steady;
    incident.phase = Phase::steady;
    DecisionRecord decision = decision_of(incident, world_.now, DecisionKind::source_recovered);
    decision.reason = std::move(reason);
    world_.record(std::move(incident));
    world_.record(std::move(decision));
}

void Engine::Impl::wake_source(SourceState& source) {
    if (!source.incident) {
        return;
    }
    if (source.page_at && world_.now.t < *source.page_at) {
        world_.deadlines.arm(source.key, *source.page_at);
    } else if (source.page_at) {
        page_source(source);
    }
    look_at_response(source);
}

void Engine::Impl::page_source(SourceState& source) {
    source.page_at.reset();
    source.incident->paged |= page_bit;
    source.incident->updated = world_.now;
    world_.record(*source.incident);
    world_.emit(Notify{PageKind::source_failed,
                       source.incident->id,
                       source.incident->target,
                       Level::observe,
                       source.error_class,
                       "no data from source " + source.rule.name + ": " + source.incident->reason +
                           "; its targets are neither called ill nor healed on it"});
}

// Grave by its age only; overdue once it has been paged, and while it does not answer.
void Engine::Impl::look_at_response(SourceState& source) {
    IncidentRecord& incident = *source.incident;
    const IncidentRecord before = incident;
    const bool tells = (incident.paged & page_bit) != 0 && !source.ok;
    const core::ResponseLook look = core::look_at_response(
        world_.rules->settings.response, {}, tells, world_.now, incident, source.response);
    if (incident != before) {
        incident.updated = world_.now;
        world_.record(incident);
    }
    if (look.is_overdue) {
        world_.emit(Notify{PageKind::overdue,
                           incident.id,
                           incident.target,
                           Level::observe,
                           std::string{name_of(PageKind::overdue)},
                           core::overdue_text(incident, world_.now.t - source.response.opened)});
    }
    if (look.again) {
        world_.deadlines.arm(source.key, *look.again);
    }
}

bool Engine::Impl::acknowledge_source(const OperatorEvent& event) {
    for (const auto& [name, source] : sources_) {
        if (!source->incident || source->incident->id != event.incident) {
            continue;
        }
        IncidentRecord& incident = *source->incident;
        if (incident.acknowledged == Stamp{}) {
            incident.acknowledged = incident.updated = world_.now;
            incident.acknowledged_by = event.uid;
            world_.record(incident);
        }
        return true;
    }
    return false;
}

}  // namespace primum

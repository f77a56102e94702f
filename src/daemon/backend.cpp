// SPDX-License-Identifier: MIT
#include "daemon/backend.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <unistd.h>

namespace primum::daemon {

namespace {

// A write that takes longer than this: the disk hangs, and so would a question.
constexpr Duration stuck_after = std::chrono::seconds{1};

// Asks `read` of the store on the ledger's thread; the answer comes back on the loop.
template <class Stored, class Told = Stored, class Read, class Convert>
void query(ledger::Ledger* ledger,
           Instant now,
           Read read,
           Convert convert,
           bus::QueryAnswer<Told> answer) {
    if (ledger == nullptr) {
        answer(fail(bus::QueryError{"the ledger is not open; try again in a moment"}));
        return;
    }
    const auto pending = ledger->oldest_pending();
    if (pending && now - *pending > stuck_after) {
        answer(fail(bus::QueryError{"the ledger's disk does not answer; try again in a moment"}));
        return;
    }
    using Found = std::optional<ledger::LedgerResult<Stored>>;
    const auto found = std::make_shared<Found>();
    const auto shared = std::make_shared<bus::QueryAnswer<Told>>(std::move(answer));
    const bool taken = ledger->submit_query(
        [found, read](ledger::Store& store) { found->emplace(read(store)); },
        [found, shared, convert](bool ran) {
            if (!ran || !found->has_value()) {
                (*shared)(fail(bus::QueryError{"the ledger cannot be read now; see the journal"}));
            } else if (!**found) {
                (*shared)(fail(bus::QueryError{"the ledger: " + (**found).error().message}));
            } else {
                (*shared)(convert(std::move(***found)));
            }
        });
    if (!taken) {
        (*shared)(fail(bus::QueryError{"too many questions to the ledger; try again"}));
    }
}

// The most that a timeline is made of.
constexpr std::uint32_t most_incidents = 1'000;
constexpr std::uint32_t most_decisions = 2'000;

ledger::LedgerResult<http::Happenings> read_happenings(ledger::Store& store, WallTime since) {
    auto incidents = store.incidents({.limit = most_incidents});
    if (!incidents) {
        return fail(std::move(incidents.error()));
    }
    auto decisions = store.decisions_since(since, most_decisions);
    if (!decisions) {
        return fail(std::move(decisions.error()));
    }
    std::erase_if(*incidents, [since](const RestoredIncident& row) {
        return !row.incident.open && row.closed.at.wall < since;
    });
    const bool cut = decisions->size() >= most_decisions;
    return http::Happenings{std::move(*incidents), std::move(*decisions), cut};
}

template <class T>
T as_it_is(T value) {
    return value;
}

std::optional<bus::IncidentStory> story(std::optional<ledger::IncidentStory> stored) {
    if (!stored) {
        return std::nullopt;
    }
    return bus::IncidentStory{.incident = std::move(stored->incident),
                              .decisions = std::move(stored->decisions),
                              .actions = std::move(stored->actions),
                              .transitions = std::move(stored->transitions)};
}

}  // namespace

DaemonBackend::DaemonBackend(const Engine& engine, const Clock& clock, Ports ports)
    : engine_(engine), clock_(clock), ports_(std::move(ports)) {}

void DaemonBackend::replied(const OperatorReply& reply) {
    const auto found = asking_.find(reply.ticket);
    if (found == asking_.end()) {
        return;
    }
    const auto answer = std::move(found->second);
    asking_.erase(found);
    answer(reply);
}

Stamp DaemonBackend::now() const {
    return clock_.now();
}

bus::DaemonView DaemonBackend::daemon() const {
    return ports_.daemon();
}

HostView DaemonBackend::host() const {
    return engine_.host();
}

std::vector<TargetSummary> DaemonBackend::targets() const {
    return engine_.targets();
}

std::vector<TargetSummary> DaemonBackend::targets_after(std::string_view after,
                                                        std::uint32_t limit) const {
    auto all = engine_.targets();
    const auto begin = std::find_if(
        all.begin(), all.end(), [after](const TargetSummary& each) { return each.name > after; });
    all.erase(all.begin(), begin);
    all.resize(std::min<std::size_t>(all.size(), limit));
    return all;
}

std::optional<TargetSummary> DaemonBackend::target(std::string_view name) const {
    return engine_.target(name);
}

std::vector<IncidentRecord> DaemonBackend::open_incidents() const {
    return engine_.open_incidents();
}

std::vector<event::SourceReport> DaemonBackend::sources() const {
    std::map<std::string, SourceStats, std::less<>> figures;
    for (auto& [name, stats] : ports_.figures()) {
        figures.emplace(name, std::move(stats));
    }
    std::map<std::string_view, SourceKind> kinds;
    const auto rules = ports_.rules();
    for (std::size_t i = 0; rules && i < rules->sources.size(); ++i) {
        kinds.emplace(rules->sources[i].name, rules->sources[i].kind);
    }
    std::vector<event::SourceReport> reports;
    for (auto& view : engine_.sources()) {
        const auto kind = kinds.find(view.name);
        const auto known = figures.find(view.name);
        reports.push_back({std::move(view),
                           kind != kinds.end() ? kind->second : SourceKind::prometheus,
                           known != figures.end() ? std::move(known->second) : SourceStats{}});
    }
    return reports;
}

std::optional<event::SourceStory> DaemonBackend::source(std::string_view name) const {
    const auto rules = ports_.rules();
    if (!rules) {
        return std::nullopt;
    }
    const auto rule = std::find_if(rules->sources.begin(),
                                   rules->sources.end(),
                                   [name](const auto& each) { return each.name == name; });
    auto reports = sources();
    const auto report = std::find_if(reports.begin(), reports.end(), [name](const auto& each) {
        return each.view.name == name;
    });
    if (rule == rules->sources.end() || report == reports.end()) {
        return std::nullopt;
    }
    event::SourceStory story{std::move(*report), *rule, {}};
    const auto number = static_cast<std::size_t>(rule - rules->sources.begin());
    uses_by_targets(number, story);
    uses_by_providers(number, story);
    return story;
}

void DaemonBackend::uses_by_targets(std::size_t source, event::SourceStory& story) const {
    for (const auto& target : ports_.rules()->targets) {
        std::optional<Explanation> explanation;
        for (const auto& indicator : target.indicators) {
            if (indicator.kind == ValueKind::unit_state || indicator.source != source) {
                continue;
            }
            if (!explanation) {
                explanation = engine_.explain(target.name);
            }
            auto severity = Severity::unknown;
            for (std::size_t i = 0; explanation && i < explanation->evidence.size(); ++i) {
                const auto& evidence = explanation->evidence[i].evidence;
                severity = evidence.indicator == indicator.name ? evidence.severity : severity;
            }
            story.used_by.push_back(
                {target.name, "", indicator.name, std::string{name_of(severity)}});
        }
    }
}

void DaemonBackend::uses_by_providers(std::size_t source, event::SourceStory& story) const {
    const auto uses = [source](const std::optional<IndicatorRule>& indicator) {
        return indicator && indicator->source == source;
    };
    const auto views = engine_.providers();
    for (const auto& provider : ports_.rules()->providers) {
        for (const auto& candidate : provider.candidates) {
            if (!uses(candidate.indicator) && !uses(candidate.rate_limit)) {
                continue;
            }
            auto state = CandidateState::unknown;
            for (const auto& view : views) {
                for (const auto& each : view.candidates) {
                    const bool same =
                        view.name == provider.name && each.record.candidate == candidate.name;
                    state = same ? each.record.state : state;
                }
            }
            story.used_by.push_back(
                {"", provider.name, candidate.name, std::string{name_of(state)}});
        }
    }
}

std::vector<ProviderView> DaemonBackend::providers() const {
    return engine_.providers();
}

std::vector<PrecisionRecord> DaemonBackend::precision() const {
    return engine_.precision();
}

std::optional<Explanation> DaemonBackend::explain(std::string_view target) const {
    if (open_) {  // the core knows the time of its last event only: "now" is to mean now
        ports_.submit(TickEvent{});
    }
    return engine_.explain(target);
}

void DaemonBackend::command(OperatorEvent command, std::function<void(OperatorReply)> answer) {
    if (!open_) {
        answer(OperatorReply{.accepted = false,
                             .code = "not_ready",
                             .message = "primumd is starting or stopping; try again in a moment"});
        return;
    }
    command.ticket = next_ticket_++;
    asking_.emplace(command.ticket, std::move(answer));
    ports_.submit(std::move(command));
}

void DaemonBackend::reload(std::uint32_t uid,
                           std::string reason,
                           std::function<void(bus::ReloadStatus)> answer) {
    ports_.reload(uid, std::move(reason), std::move(answer));
}

void DaemonBackend::incidents(bus::Page page,
                              bus::QueryAnswer<std::vector<RestoredIncident>> answer) {
    using List = std::vector<RestoredIncident>;
    query<List>(
        ports_.ledger(),
        clock_.now().t,
        [page](ledger::Store& store) {
            return store.incidents({.limit = page.limit, .before = page.before});
        },
        as_it_is<List>,
        std::move(answer));
}

void DaemonBackend::incident(std::uint64_t id,
                             bus::QueryAnswer<std::optional<bus::IncidentStory>> answer) {
    query<std::optional<ledger::IncidentStory>, std::optional<bus::IncidentStory>>(
        ports_.ledger(),
        clock_.now().t,
        [id](ledger::Store& store) { return store.incident(id); },
        story,
        std::move(answer));
}

void DaemonBackend::actions(bus::Page page, bus::QueryAnswer<std::vector<RestoredAction>> answer) {
    using List = std::vector<RestoredAction>;
    query<List>(
        ports_.ledger(),
        clock_.now().t,
        [page](ledger::Store& store) {
            return store.actions({.limit = page.limit, .before = page.before});
        },
        as_it_is<List>,
        std::move(answer));
}

void DaemonBackend::happenings(WallTime since, bus::QueryAnswer<http::Happenings> answer) {
    query<http::Happenings>(
        ports_.ledger(),
        clock_.now().t,
        [since](ledger::Store& store) { return read_happenings(store, since); },
        as_it_is<http::Happenings>,
        std::move(answer));
}

void DaemonBackend::operator_commands(bus::Page page,
                                      bus::QueryAnswer<std::vector<OperatorRecord>> answer) {
    using List = std::vector<OperatorRecord>;
    query<List>(
        ports_.ledger(),
        clock_.now().t,
        [page](ledger::Store& store) {
            return store.operator_commands({.limit = page.limit, .before = page.before});
        },
        as_it_is<List>,
        std::move(answer));
}

void DaemonBackend::backup(bus::QueryAnswer<bus::SharedFile> answer) {
    const auto copy = [](ledger::Store& store) -> ledger::LedgerResult<bus::SharedFile> {
        const auto file = store.backup();
        if (!file) {
            return fail(file.error());
        }
        return bus::SharedFile{new int{*file}, [](const int* descriptor) {
                                   close(*descriptor);
                                   delete descriptor;
                               }};
    };
    query<bus::SharedFile>(
        ports_.ledger(), clock_.now().t, copy, as_it_is<bus::SharedFile>, std::move(answer));
}

}  // namespace primum::daemon

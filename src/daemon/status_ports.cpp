// SPDX-License-Identifier: MIT
#include "daemon/status_ports.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <unistd.h>

namespace primum::daemon {

namespace {

// The core is told the time once for all that one page asks of it.
constexpr Duration one_page = std::chrono::milliseconds{200};

std::string hostname() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()} : "this host";
}

http::DaemonFacts facts_of(const bus::DaemonView& daemon) {
    return {.hostname = hostname(),
            .version = daemon.version,
            .started = daemon.started,
            .off_switch_run = daemon.off_switch_run,
            .off_switch_etc = daemon.off_switch_etc,
            .reload_ever = daemon.reload.ever,
            .reload_ok = daemon.reload.ok,
            .reload_at = daemon.reload.at,
            .reload_errors = daemon.reload.errors};
}

std::vector<http::IndicatorChart> charts_of(const telemetry::IndicatorHistory& history,
                                            std::string_view target) {
    std::vector<http::IndicatorChart> charts;
    for (auto& series : history.of(target)) {
        http::IndicatorChart chart{std::move(series.indicator), {}};
        for (const auto& point : series.points) {
            chart.points.push_back({point.at, point.value});
        }
        charts.push_back(std::move(chart));
    }
    return charts;
}

std::optional<http::IncidentPage> page_of(std::optional<bus::IncidentStory> story) {
    if (!story) {
        return std::nullopt;
    }
    return http::IncidentPage{.incident = std::move(story->incident),
                              .decisions = std::move(story->decisions),
                              .actions = std::move(story->actions),
                              .transitions = std::move(story->transitions)};
}

// Hands the ledger's answer on, as the page has it.
template <class Told, class Asked, class Convert>
bus::QueryAnswer<Asked> answer_with(http::LedgerAnswer<Told> answer, Convert convert) {
    return [answer = std::move(answer), convert](Result<Asked, bus::QueryError> got) {
        if (got) {
            answer(convert(std::move(*got)));
        } else {
            answer(fail(std::move(got.error().message)));
        }
    };
}

template <class T>
T as_it_is(T value) {
    return value;
}

}  // namespace

http::StatusPorts status_ports(DaemonBackend& backend,
                               const Engine& engine,
                               const telemetry::IndicatorHistory& history,
                               std::function<http::Health()> health) {
    http::StatusPorts ports;
    ports.now = [&backend] { return backend.now(); };
    ports.facts = [&backend] { return facts_of(backend.daemon()); };
    ports.health = std::move(health);
    ports.host = [&backend] { return backend.host(); };
    ports.targets = [&backend] { return backend.targets(); };
    ports.sources = [&engine] { return engine.sources(); };
    ports.providers = [&backend] { return backend.providers(); };
    ports.explain = [&backend, &engine, told = std::make_shared<Instant>()](std::string_view name) {
        const auto now = backend.now().t;
        if (now - *told < one_page) {
            return engine.explain(name);
        }
        *told = now;
        return backend.explain(name);
    };
    ports.charts = [&history](std::string_view target) { return charts_of(history, target); };
    ports.happenings = [&backend](WallTime since, http::LedgerAnswer<http::Happenings> answer) {
        using Found = http::Happenings;
        backend.happenings(since, answer_with<Found, Found>(std::move(answer), as_it_is<Found>));
    };
    ports.incidents = [&backend](std::uint32_t limit,
                                 std::uint64_t before,
                                 http::LedgerAnswer<std::vector<RestoredIncident>> answer) {
        using List = std::vector<RestoredIncident>;
        backend.incidents({.limit = limit, .before = before},
                          answer_with<List, List>(std::move(answer), as_it_is<List>));
    };
    ports.incident = [&backend](std::uint64_t id,
                                http::LedgerAnswer<std::optional<http::IncidentPage>> answer) {
        backend.incident(
            id,
            answer_with<std::optional<http::IncidentPage>, std::optional<bus::IncidentStory>>(
                std::move(answer), page_of));
    };
    return ports;
}

}  // namespace primum::daemon

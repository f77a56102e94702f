// SPDX-License-Identifier: MIT
#include "nab_ladder.hpp"

#include "rules/loader.hpp"

#include <primum/check.hpp>
#include <primum/engine.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace primum::bench {
namespace {

constexpr const char* rules_text = R"(
[source.nab]
kind     = "prometheus"
url      = "http://127.0.0.1:1/metrics"
interval = "5m"

[target.series]
unit    = "series.service"
mode    = "dry_run"
warm_up = "0s"
soak    = "30m"
relapse = "2h"

[target.series.indicator.value]
source   = "nab"
value    = { gauge = "value" }
baseline = { min_samples = 300, forget = "14d", seasonal = "hour_of_day" }
warning  = { above_baseline = 5, below_baseline = 5, by_at_least = 1e-9 }
trip     = "5 of 7"
stale    = "3h"

[target.series.indicator.lasting]
source   = "nab"
value    = { gauge = "value" }
baseline = { min_samples = 600, forget = "14d", seasonal = "hour_of_day" }
critical = { above_baseline = 60, below_baseline = 60, by_at_least = 1e-9 }
trip     = "30 of 36"
stale    = "3h"

[target.series.ladder]
observe  = { for = "0s" }
retry    = { when = "critical", for = "15m", remedy = [{ reload = {} }], verify = "40m" }
restart  = { when = "critical", for = "15m", remedy = [{ restart = {} }], verify = "40m" }
)";

// The engine with one series, answered as a host would that can do anything it is asked.
class Host {
public:
    Host() {
        const auto load = rules::compile_rules({{"nab.toml", rules_text}}, {});
        PRIMUM_CHECK(load.rules != nullptr);
        RestoreEvent restore;
        restore.state.boot_id = "nab";
        restore.state.ledger_uuid = "nab";
        tell({{}, std::move(restore)});
        tell({{}, RulesEvent{load.rules->digest, "", load.rules}});
        UnitEvent unit;
        unit.unit = "series.service";
        unit.load_state = "loaded";
        unit.active_state = "active";
        unit.sub_state = "running";
        unit.result = "success";
        tell({{}, unit});
        tell({{}, SeriesEvent{"nab", 0, "value", {"value", {}}}});
    }

    // Time passes up to there; the ticks that the engine asks for come when they are due.
    void pass(Stamp now) {
        while (const auto due = engine_.next_deadline()) {
            if (*due >= now.t) {
                break;
            }
            const Duration ahead = now.t - *due;
            tell({{*due, now.wall - ahead}, TickEvent{}});
        }
    }

    void tell(const Event& event) {
        std::vector<AskPreflight> asked;
        for (Effect& effect : engine_.advance(event)) {
            if (const auto* record = std::get_if<RecordEffect>(&effect)) {
                if (const auto* decision = std::get_if<DecisionRecord>(&record->record)) {
                    decisions.push_back(*decision);
                }
            } else if (auto* ask = std::get_if<AskPreflight>(&effect)) {
                asked.push_back(std::move(*ask));
            }
        }
        for (const AskPreflight& ask : asked) {
            tell({event.at, PreflightEvent{ask.ticket, Preflight::can, Refusal::none, "", {}}});
        }
    }

    [[nodiscard]] Level level() const { return engine_.target("series")->level; }

    std::vector<DecisionRecord> decisions;  // since they were last cleared

private:
    Engine engine_;
};

const Window* window_at(const LabelledFile& file, std::size_t row) {
    const auto found =
        std::find_if(file.windows.begin(), file.windows.end(), [&](const Window& each) {
            return each.first <= row && row <= each.last;
        });
    return found == file.windows.end() ? nullptr : &*found;
}

}  // namespace

Climb climb(const LabelledFile& file) {
    Climb climb;
    Host host;
    std::vector<bool> seen(file.windows.size());
    std::vector<bool> entered(file.windows.size());
    Instant now{};
    for (std::size_t row = 0; row < file.rows.size(); ++row) {
        const Row& here = file.rows[row];
        now = std::max(now, Instant{std::chrono::seconds{here.seconds - file.rows[0].seconds}});
        const Stamp at{now, wall_from_us(here.seconds * 1'000'000)};
        host.decisions.clear();
        host.pass(at);
        host.tell({at, SamplesEvent{"nab", {{0, here.value}}}});
        const Window* window = window_at(file, row);
        const auto number =
            window == nullptr ? 0 : static_cast<std::size_t>(window - file.windows.data());
        for (const DecisionRecord& decision : host.decisions) {
            const bool above = decision.level > Level::observe;
            climb.decisions_inside += above && window != nullptr ? 1 : 0;
            climb.decisions_outside += above && window == nullptr ? 1 : 0;
            const bool opened = decision.kind == DecisionKind::opened;
            climb.incidents_outside += opened && window == nullptr ? 1 : 0;
            if (opened && window != nullptr) {
                entered[number] = true;
            }
        }
        const bool raised = host.level() >= Level::observe;
        if (window != nullptr) {
            seen[number] = seen[number] || raised;
        } else if (row >= file.probation()) {
            ++climb.rows_outside;
            climb.raised_rows_outside += raised ? 1 : 0;
        }
    }
    climb.windows_seen = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
    climb.windows_entered =
        static_cast<std::size_t>(std::count(entered.begin(), entered.end(), true));
    return climb;
}

}  // namespace primum::bench

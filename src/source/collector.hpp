// SPDX-License-Identifier: MIT
#pragma once

#include "source/http_client.hpp"
#include "source/source.hpp"
#include "source/tools.hpp"
#include "source/workers.hpp"

#include <primum/clock.hpp>
#include <primum/rules.hpp>

#include <map>
#include <memory>
#include <string>

namespace primum::source {

// Owns all sources of the rule set in force. One callback takes the news of all of them; it is
// called from the loop only, and must not call apply().
class Collector {
public:
    // What the daemon lends; the rest of Tools is the collector's own.
    struct Loan {
        systemd::Bus* bus = nullptr;
        RunProbe run_probe;
        PushServer* push = nullptr;
        AlertDesk* alerts = nullptr;
    };

    Collector(systemd::EventLoop& loop, const Clock& clock, Emit emit);
    Collector(systemd::EventLoop& loop, const Clock& clock, Emit emit, Loan loan);
    ~Collector();
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    // Collects what `rules` wants, after the core has taken its RulesEvent. A source whose digest
    // is unchanged goes on undisturbed with its schedule and its ids; when only what is wanted of
    // it changed, its series are announced again. No id is ever given
    // to a second series. Sources that are gone stop at once.
    void apply(const RuleSet& rules);

    [[nodiscard]] std::size_t sources() const { return sources_.size(); }
    // nullptr: no such source is collected.
    [[nodiscard]] const Source* find(std::string_view name) const;
    // By name.
    [[nodiscard]] SourceFigures figures() const;

private:
    HttpClient client_;
    Workers workers_;
    std::unique_ptr<systemd::Manager> manager_;
    Tools tools_;
    std::map<std::string, std::unique_ptr<Source>, std::less<>> sources_;
    SeriesId first_id_ = 0;  // of the next source that is made: above all ids given so far
};

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "source/http_client.hpp"
#include "source/polled.hpp"
#include "source/promql_reply.hpp"
#include "source/tools.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace primum::source {

// Asks a Prometheus server its queries, one after the other, every interval; all of them answered
// make one collection.
//
// The server gives a sample that is up to 5 minutes old (its lookback) as if it were new. So a
// plain selector is asked for twice: first timestamp() of it, then itself; what is older than
// `max_age`, by the server's clock, is left out and counted.
class PromqlSource : public PolledSource {
public:
    PromqlSource(const Tools& tools, SourceRule rule, SeriesId first_id);

private:
    // One request of a collection.
    struct Step {
        std::string name;
        bool times = false;    // asks how old the samples of the next step are
        bool checked = false;  // the step before told that
        std::unique_ptr<HttpGet> get;
    };

    void attempt(Duration timeout) override;
    void ask();
    void answered(const HttpAnswer& answer);
    void take(const PromqlReply& reply);
    void finish();
    [[nodiscard]] const PromqlPlan& plan() const;

    std::vector<Step> steps_;
    PromqlReader reader_;
    std::size_t step_ = 0;
    Instant deadline_;
    std::unordered_map<std::string, double> ages_;  // seconds, by labels, of the query at hand
    std::vector<Measured> measured_;
    std::size_t stale_ = 0;
    std::string warning_;
};

[[nodiscard]] std::unique_ptr<Source> make_promql(const Tools& tools,
                                                  const SourceRule& rule,
                                                  SeriesId first_id);

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// One series of an answer, without its name: `{label="value"}`, or empty for one without labels.
struct PromqlSample {
    std::string labels;
    double value = 0;
    double at = 0;  // of the evaluation, by the server's clock, seconds since 1970
};

struct PromqlReply {
    std::vector<PromqlSample> samples;  // of a scalar: one
    std::string warning;                // the first one, for people; empty: the answer is whole
};

// `http_status`: the server refused the query; `timeout`: it took the server too long; `parse`: no
// such answer, with its place in it.
struct PromqlError {
    SourceFailure failure = SourceFailure::parse;
    std::string detail;
};

// Reads what a Prometheus server answers to an instant query: JSON in the format of its HTTP API,
// version 1 (https://prometheus.io/docs/prometheus/2.42/querying/api/). A vector or a scalar is
// taken, a matrix, a string and native histograms are refused. Bounded: 16 levels deep.
class PromqlReader {
public:
    PromqlReader();
    ~PromqlReader();
    PromqlReader(const PromqlReader&) = delete;
    PromqlReader& operator=(const PromqlReader&) = delete;

    // `status`: of HTTP.
    [[nodiscard]] Result<PromqlReply, PromqlError> read(std::string_view body, long status);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// Whether a query is a plain selector, like up{job="web"}: only of such a one does the server tell
// how old its samples are, by timestamp().
[[nodiscard]] bool is_plain_selector(std::string_view query);

}  // namespace primum::source

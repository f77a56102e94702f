// SPDX-License-Identifier: MIT
#pragma once

#include "source/openmetrics_line.hpp"
#include "source/openmetrics_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace primum::source {

// The metric families of one page of OpenMetrics 1.0 text, one after the other: their metadata,
// which names belong to them, and that neither families nor the metrics within them are mixed.
class MetricFamilies {
public:
    // A line that begins with '#', other than "# EOF", without its line feed.
    [[nodiscard]] LineStop take_metadata(const char* begin, const char* end);

    // What a sample is; sets all of `sample` but what its value says. Opens a family of its own for
    // a name that belongs to none. `labels` are those of the sample; `line` is for error().
    [[nodiscard]] LineStop take_sample(std::string_view name,
                                       const std::vector<RawLabel>& labels,
                                       std::size_t line,
                                       RuledSample& sample);

    // After the last line. A reason, and in `line` where it is to be found (0: the last line).
    [[nodiscard]] const char* close(std::size_t& line);

    [[nodiscard]] std::size_t line_of_stop() const { return line_of_stop_; }

private:
    enum class Type : std::uint8_t {
        unknown,
        gauge,
        counter,
        stateset,
        info,
        histogram,
        gaugehistogram,
        summary
    };
    struct Family {
        std::string_view name;
        std::string_view unit;
        Type type = Type::unknown;
        bool has_type = false;
        bool has_help = false;
        bool has_unit = false;
        bool has_samples = false;
        std::uint64_t group = 0;  // of the latest sample
    };
    using Marks = std::vector<std::pair<std::uint64_t, std::size_t>>;  // a hash and its line

    [[nodiscard]] LineStop take_type(const char* at, const char* end);
    [[nodiscard]] LineStop take_unit(const char* at, const char* end);
    [[nodiscard]] const char* open(std::string_view name);
    [[nodiscard]] const char* close_family();
    [[nodiscard]] bool role_of(std::string_view name, SampleRole& role) const;
    [[nodiscard]] const char* read_role_label(const std::vector<RawLabel>& labels,
                                              RuledSample& sample) const;
    [[nodiscard]] const char* note(Marks& marks);

    Family family_;
    bool open_ = false;
    std::unordered_set<std::string> names_;
    Marks groups_;  // of this family, in the order of their first samples
    Marks series_;  // of this family, where a point may have several of a role
    std::size_t line_of_stop_ = 0;
};

}  // namespace primum::source

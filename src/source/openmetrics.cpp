// SPDX-License-Identifier: MIT
#include "source/openmetrics.hpp"

#include "source/openmetrics_families.hpp"
#include "source/text_hash.hpp"

#include <fmt/format.h>

#include <cstring>
#include <optional>
#include <utility>

namespace primum::source {
namespace {

constexpr std::string_view end_mark = "# EOF";

// The mark, with or without its line feed, and nothing after it.
bool is_end(const char* at, const char* end) {
    const std::string_view rest{at, static_cast<std::size_t>(end - at)};
    return rest == end_mark || rest == "# EOF\n";
}

}  // namespace

bool OpenMetricsReader::follow(std::string_view page,
                               std::vector<SampleValue>& values,
                               const ExpositionLimits& limits) {
    const auto seed = hash_seed();
    const auto* at = page.data();
    const auto* end = at + page.size();
    PointRules rules;
    for (const auto& line : lines_) {
        if (static_cast<std::size_t>(end - at) <= line.bytes ||
            hash_text({at, line.bytes}, seed) != line.hash) {
            return false;
        }
        const auto* rest = at + line.bytes;
        if (line.role == SampleRole::metadata) {
            if (*rest != '\n') {
                return false;
            }
            at = rest + 1;
            continue;
        }
        const auto tail = read_tail(rest, end, labels_);
        if (tail.reason != nullptr || static_cast<std::size_t>(tail.end - at) > limits.line_bytes ||
            (tail.exemplar != nullptr && !may_have_exemplar(line.role))) {
            return false;
        }
        const RuledSample sample{line.role,
                                 line.histogram,
                                 line.starts_group,
                                 tail.stamped,
                                 line.bound,
                                 tail.value,
                                 tail.seconds};
        if (rules.take(sample) != nullptr) {
            return false;
        }
        if (line.wanted) {
            values.push_back({line.id, tail.value});
        }
        at = tail.end + 1;
    }
    return rules.finish() == nullptr && is_end(at, end);
}

// Reads a page with every rule applied, and remembers its lines.
class OpenMetricsReader::Anew {
public:
    Anew(OpenMetricsReader& reader,
         Interner& interner,
         std::vector<SampleValue>& values,
         const ExpositionLimits& limits)
        : reader_(reader), interner_(interner), values_(values), limits_(limits) {}

    // False: a stamped series came again, so the lines alone do not tell which value counts.
    [[nodiscard]] bool may_be_followed() const { return !again_; }

    Result<void, ExpositionError> read(std::string_view page) {
        interner_.begin_page();
        const auto* at = page.data();
        const auto* end = at + page.size();
        while (at != end && !is_end(at, end)) {
            ++line_;
            begin_ = at;
            const auto* line_end =
                static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
            if (line_end == nullptr) {
                return refuse(end, "the page ends within a line");
            }
            if (static_cast<std::size_t>(line_end - at) > limits_.line_bytes) {
                return refuse(at,
                              fmt::format("the line is over {} bytes", limits_.line_bytes),
                              SourceFailure::too_large);
            }
            if (auto read = read_line(at, line_end); !read) {
                return read;
            }
            at = line_end + 1;
        }
        return finish(at, end);
    }

private:
    using Done = Result<void, ExpositionError>;

    [[nodiscard]] Done refuse(const char* at,
                              std::string reason,
                              SourceFailure failure = SourceFailure::parse) const {
        const auto column = static_cast<std::size_t>(at - begin_) + 1;
        return fail(ExpositionError{line_, column, std::move(reason), failure});
    }
    // A rule that a line before was the one to break, when one is named.
    [[nodiscard]] Done refuse_at(std::size_t line, const char* at, std::string reason) const {
        return line == 0 ? refuse(at, std::move(reason))
                         : Done{fail(ExpositionError{line, 1, std::move(reason)})};
    }

    [[nodiscard]] Done finish(const char* at, const char* end) {
        if (const auto* reason = rules_.finish()) {
            return refuse(begin_, reason);
        }
        std::size_t line = 0;
        if (const auto* reason = families_.close(line)) {
            return refuse_at(line, begin_, reason);
        }
        if (at == end) {
            ++line_;
            begin_ = at;
            return refuse(at, "the page ends without # EOF: it was cut, or is no OpenMetrics");
        }
        return {};
    }

    [[nodiscard]] Done read_line(const char* at, const char* end) {
        if (at == end) {
            return refuse(at, "a blank line");
        }
        if (*at != '#') {
            return read_sample(at, end);
        }
        if (std::string_view{at, static_cast<std::size_t>(end - at)} == end_mark) {
            return refuse(end, "text after # EOF");
        }
        const auto read = families_.take_metadata(at, end);
        if (read.reason != nullptr) {
            return refuse_at(families_.line_of_stop(), read.at, read.reason);
        }
        remember({at, static_cast<std::size_t>(end - at)}, {}, std::nullopt);
        return {};
    }

    [[nodiscard]] Done read_sample(const char* begin, const char* end) {
        const auto* at = skip_name(begin, end);
        if (at == begin) {
            return refuse(begin, "a metric name begins with a letter, '_' or ':'");
        }
        const std::string_view name{begin, static_cast<std::size_t>(at - begin)};
        reader_.labels_.clear();
        if (at != end && *at == '{') {
            const auto read = read_raw_labels(at, end, limits_.labels, reader_.labels_);
            if (read.reason != nullptr) {
                return refuse(read.at, read.reason);
            }
            at = read.at;
        } else if (at != end && *at != ' ') {
            return refuse(at, "not a character of a metric name");
        }
        const std::string_view text{begin, static_cast<std::size_t>(at - begin)};
        const auto found = resolve(text, name);
        if (found.standing == Interner::Standing::over_bound) {
            return refuse(begin, std::string{too_many_series}, SourceFailure::too_many_series);
        }
        if (++samples_ > limits_.samples) {
            return refuse(begin,
                          fmt::format("more than {} samples on the page", limits_.samples),
                          SourceFailure::too_large);
        }
        const auto tail = read_tail(at, end + 1, exemplar_);
        if (tail.reason != nullptr) {
            return refuse(tail.end, tail.reason);
        }
        return take(text, name, found, tail);
    }

    [[nodiscard]] Interner::Found resolve(std::string_view text, std::string_view name) {
        const auto found = interner_.find(text);
        return found.standing == Interner::Standing::unknown
                   ? interner_.meet(text, series_of(name, reader_.labels_))
                   : found;
    }

    [[nodiscard]] Done take(std::string_view text,
                            std::string_view name,
                            Interner::Found found,
                            const LineTail& tail) {
        RuledSample sample;
        sample.stamped = tail.stamped;
        sample.value = tail.value;
        sample.seconds = tail.seconds;
        const auto read = families_.take_sample(name, reader_.labels_, line_, sample);
        if (read.reason != nullptr) {
            return refuse_at(families_.line_of_stop(), read.at, read.reason);
        }
        if (tail.exemplar != nullptr && !may_have_exemplar(sample.role)) {
            return refuse(tail.exemplar, "only buckets and totals have exemplars");
        }
        if (const auto* reason = rules_.take(sample)) {
            return refuse(begin_, reason);
        }
        std::optional<SeriesId> id;
        if (found.standing == Interner::Standing::wanted) {
            id = interner_.id_of(found.entry);
            if (interner_.see(found.entry)) {
                interner_.set_place(found.entry, static_cast<std::uint32_t>(values_.size()));
                values_.push_back({*id, tail.value});
            } else if (tail.stamped) {
                again_ = true;
                values_[interner_.place_of(found.entry)].value = tail.value;
            } else {
                return refuse(begin_, "the series is on this page twice");
            }
        }
        remember(text, sample, id);
        return {};
    }

    void remember(std::string_view text, const RuledSample& sample, std::optional<SeriesId> id) {
        const bool is_sample = text.front() != '#';
        reader_.lines_.push_back({hash_text(text, hash_seed()),
                                  sample.bound,
                                  static_cast<std::uint32_t>(text.size()),
                                  id.value_or(0),
                                  is_sample ? sample.role : SampleRole::metadata,
                                  sample.histogram,
                                  sample.starts_group,
                                  id.has_value()});
    }

    OpenMetricsReader& reader_;
    Interner& interner_;
    std::vector<SampleValue>& values_;
    const ExpositionLimits& limits_;
    MetricFamilies families_;
    PointRules rules_;
    std::vector<RawLabel> exemplar_;
    const char* begin_ = nullptr;  // of the line
    std::size_t line_ = 0;
    std::size_t samples_ = 0;
    bool again_ = false;
};

Result<void, ExpositionError> OpenMetricsReader::read(std::string_view page,
                                                      Interner& interner,
                                                      std::vector<SampleValue>& values,
                                                      const ExpositionLimits& limits) {
    values.clear();
    if (page.size() > limits.page_bytes) {
        return fail(ExpositionError{1,
                                    1,
                                    fmt::format("the page is over {} bytes", limits.page_bytes),
                                    SourceFailure::too_large});
    }
    if (!lines_.empty() && generation_ == interner.generation() && follow(page, values, limits)) {
        return {};
    }
    values.clear();
    lines_.clear();
    generation_ = interner.generation();
    Anew anew{*this, interner, values, limits};
    auto read = anew.read(page);
    if (!read) {
        values.clear();
    }
    if (!read || !anew.may_be_followed()) {
        lines_.clear();
    }
    return read;
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "event/event_json.hpp"

#include <primum/names.hpp>
#include <primum/result.hpp>
#include <primum/series.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What somebody writes to a push socket (docs/push.md): bytes into lines, lines into values.
namespace primum::source {

// Why a line, or a whole connection, was refused. Stable codes.
enum class PushRefusal : std::uint8_t {
    too_long,
    too_deep,
    too_many,  // values in a line, or numbered series of a connection
    bad_json,
    bad_version,
    bad_type,
    missing_field,
    unknown_field,
    duplicate_field,
    wrong_type,
    out_of_range,
    bad_series_name,
    carries_time,      // primumd stamps pushed lines itself
    unknown_series,    // a number that no `series` line of this connection gave
    duplicate_series,  // twice in one line
    series_bound,      // more wanted series than the source may have
    unknown_source,
    not_permitted,
    rate_limited,
    unfinished_line,  // the stream ended within it
    too_many_connections,
};
}  // namespace primum::source

namespace primum {
template <>
inline constexpr std::array<std::string_view, 21> enum_names<source::PushRefusal>{
    "too_long",        "too_deep",        "too_many",
    "bad_json",        "bad_version",     "bad_type",
    "missing_field",   "unknown_field",   "duplicate_field",
    "wrong_type",      "out_of_range",    "bad_series_name",
    "carries_time",    "unknown_series",  "duplicate_series",
    "too_many_series", "unknown_source",  "not_permitted",
    "rate_limited",    "unfinished_line", "too_many_connections"};
}  // namespace primum

namespace primum::source {

struct PushError {
    PushRefusal code{};
    std::string detail;  // for people
};

// A value of a series that is named, or numbered where the name is empty.
struct PushedValue {
    std::string name;
    SeriesId number = 0;
    double value = 0;
};

struct PushedLine {
    enum class Type : std::uint8_t {
        series,   // `number` stands for `name` from now on, on this connection
        sample,   // one value
        samples,  // a whole collection: a series that is not in it has vanished
    };
    Type type = Type::sample;
    std::string source;
    SeriesId number = 0;
    std::string name;
    std::vector<PushedValue> values;
};

struct PushLimits {
    std::size_t line_bytes = 65'536;
    std::size_t depth = 16;
    std::size_t values = 20'000;  // of one line
};

// Reads lines one by one with one parser; a line leaves nothing behind. As strict as every reader
// of the one event format: an unknown, missing, doubled or ill-typed field is an error.
class PushReader {
public:
    explicit PushReader(PushLimits limits = {});
    ~PushReader();
    PushReader(PushReader&&) noexcept;
    PushReader& operator=(PushReader&&) noexcept;
    PushReader(const PushReader&) = delete;
    PushReader& operator=(const PushReader&) = delete;

    [[nodiscard]] Result<PushedLine, PushError> read(std::string_view line);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// Cuts a stream into lines, however it comes. Holds at most one line and what was fed last: the
// rest of a longer line is thrown away as it comes.
class LineCutter {
public:
    explicit LineCutter(std::size_t line_bytes) : line_bytes_(line_bytes) {}

    struct Cut {
        std::string_view line;  // without its newline; valid until the next feed()
        std::uint64_t number = 0;
        bool too_long = false;  // then `line` is empty
    };

    void feed(std::string_view bytes);
    // The next whole line, which may be empty; nullopt: more bytes are needed.
    [[nodiscard]] std::optional<Cut> next();
    // The number of the line that the stream has ended within, when it has.
    [[nodiscard]] std::optional<std::uint64_t> unfinished() const;

    // Whether next() may have one.
    [[nodiscard]] bool may_have_line() const { return may_have_line_; }
    [[nodiscard]] std::size_t held() const { return buffer_.size() - begin_; }

private:
    std::size_t line_bytes_;
    std::string buffer_;
    std::size_t begin_ = 0;    // of the line that is being read
    std::size_t scanned_ = 0;  // no newline between begin_ and here
    std::uint64_t number_ = 0;
    bool over_ = false;  // the rest of a line that is too long is being thrown away
    bool may_have_line_ = false;
};

}  // namespace primum::source

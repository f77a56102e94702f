// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>
#include <primum/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The one event format (docs/event-format.md): JSON lines, one event a line.
namespace primum::event {

// Why a line was not taken.
struct LineError {
    // too_long, too_deep, too_many, bad_json, bad_version, bad_type, missing_field, unknown_field,
    // duplicate_field, wrong_type, out_of_range, bad_series_name
    std::string reason;
    std::string field;       // "state.actions.intended", empty where no field is to blame
    std::uint64_t line = 0;  // from 1; 0 where the reader was given a single line
};

struct ReadLimits {
    std::size_t line_bytes = 65'536;
    std::size_t depth = 16;
    std::size_t elements = 20'000;  // of any one array
    std::size_t names = 100'000;    // series named instead of numbered, over the reader's life
};

// For recordings, whose `restore` and `rules` lines are long.
inline constexpr ReadLimits recording_limits{std::size_t{64} << 20U, 16, 100'000, 1'000'000};

// One JSON line, without the newline.
[[nodiscard]] std::string write_event(const Event& event);

// Reads one line that carries its times. `rules` events come without `compiled` (null). A `sample`
// must give its series by id. Strict: an unknown, missing or ill-typed field is an error.
[[nodiscard]] Result<Event, LineError> read_event(std::string_view line,
                                                  const ReadLimits& limits = {});

// "http_requests_total{code=\"500\"}" taken apart, labels sorted; nullopt where it is not a name.
[[nodiscard]] std::optional<SeriesName> parse_series_name(std::string_view text);

// Reads lines one by one with one parser, and lets a `sample` name its series: the first time a
// name is seen, its line gives two events, the `series` that numbers it and the `sample`.
class EventReader {
public:
    explicit EventReader(ReadLimits limits = {});
    ~EventReader();
    EventReader(EventReader&&) noexcept;
    EventReader& operator=(EventReader&&) noexcept;
    EventReader(const EventReader&) = delete;
    EventReader& operator=(const EventReader&) = delete;

    // One line that carries its times. One event, or two as said above.
    [[nodiscard]] Result<std::vector<Event>, LineError> read(std::string_view line);
    // One recorded line into `event`, whose storage is used again: a `samples` line costs no
    // allocation once its vector has grown. A `sample` must give its series by id. On an error
    // `event` is as it was or half of the line.
    [[nodiscard]] Result<void, LineError> read_recorded(std::string_view line, Event& event);

private:
    friend Result<Event, LineError> read_event(std::string_view line, const ReadLimits& limits);
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// Cuts a byte stream into lines and reads them. A bad line is an error with its number; the next
// is read as if nothing had happened. Holds at most one line in memory: the rest of a longer one
// is thrown away as it comes. Empty lines are skipped (and counted).
class LineReader {
public:
    explicit LineReader(ReadLimits limits = {});

    using Item = Result<Event, LineError>;

    // Bytes as they come: parts of lines, or many lines.
    [[nodiscard]] std::vector<Item> feed(std::string_view bytes);
    // The stream has ended: what is left without a newline is a line too. Nothing may follow.
    [[nodiscard]] std::vector<Item> finish();

    [[nodiscard]] std::uint64_t lines() const { return line_; }

private:
    void take(std::string_view bytes, std::vector<Item>& items);
    void end_line(std::vector<Item>& items);

    ReadLimits limits_;
    EventReader reader_;
    std::string pending_;
    bool too_long_ = false;
    std::uint64_t line_ = 0;
};

}  // namespace primum::event

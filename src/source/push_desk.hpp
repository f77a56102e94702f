// SPDX-License-Identifier: MIT
#pragma once

#include "source/push_lines.hpp"
#include "source/source.hpp"

#include <primum/time.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

namespace primum::source {

// So many a second, and as many at once; may go into debt by one charge.
class TokenBucket {
public:
    TokenBucket(std::uint32_t per_second, Instant now);

    void set_rate(std::uint32_t per_second, Instant now);
    [[nodiscard]] bool may(Instant now);
    void charge(double tokens) { tokens_ -= tokens; }
    // When may() is true again, should nothing be charged meanwhile.
    [[nodiscard]] Instant ready_at() const;
    [[nodiscard]] bool full(Instant now);

private:
    void fill(Instant now);

    double per_second_;
    double tokens_;
    Instant filled_;
};

// What of a push source its lines need.
class PushTaker {
public:
    virtual ~PushTaker() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual bool may_push(uid_t uid) = 0;
    [[nodiscard]] virtual std::uint32_t lines_per_second() const = 0;
    // Takes what one line says, all of it or nothing. `whole`: what is not there has vanished.
    [[nodiscard]] virtual Result<void, PushError> take(uid_t uid,
                                                       const std::vector<Measured>& values,
                                                       bool whole) = 0;
    // A line for this source was refused before take().
    virtual void refused() = 0;
    virtual void read(std::uint64_t bytes) = 0;
};

// What came to the push sockets since they were opened. Counts only grow.
struct PushFigures {
    std::uint64_t lines = 0;
    std::uint64_t taken = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, enum_names<PushRefusal>.size()> refused{};
    std::uint64_t answers_dropped = 0;  // of refusals: the peer did not read them
    std::uint64_t connections = 0;      // accepted
    std::uint32_t open = 0;             // now
};

// The numbers that a connection, or one datagram, gave to series.
class PushNumbers {
public:
    // Names take at most so many bytes, numbers and sources included.
    explicit PushNumbers(std::size_t bytes) : most_(bytes) {}

    [[nodiscard]] bool learn(const std::string& source, SeriesId number, const std::string& name);
    [[nodiscard]] const std::string* name_of(const std::string& source, SeriesId number) const;

private:
    std::size_t most_;
    std::size_t bytes_ = 0;
    std::map<std::string, std::unordered_map<SeriesId, std::string>, std::less<>> names_;
};

// Gives each line to the source that it names, and counts.
class PushDesk {
public:
    explicit PushDesk(PushLimits limits) : reader_(limits) {}

    // A source of the same name takes the place of the one before.
    void attach(PushTaker& taker);
    // Of one that was replaced: nothing happens.
    void detach(const PushTaker& taker);

    // Lines a second that a user may push to all sources together; 0: to none.
    [[nodiscard]] std::uint32_t rate_of(uid_t uid);
    // Nothing: the line was taken.
    [[nodiscard]] std::optional<PushError> take(uid_t uid,
                                                PushNumbers& numbers,
                                                std::string_view line);
    // Counts one that was not even read.
    PushError refuse(PushRefusal code, std::string detail = {});

    [[nodiscard]] PushFigures& figures() { return figures_; }

private:
    [[nodiscard]] std::optional<PushError> route(uid_t uid,
                                                 PushNumbers& numbers,
                                                 std::string_view line);
    [[nodiscard]] static Result<std::vector<Measured>, PushError> named(const PushNumbers& numbers,
                                                                        PushedLine line);

    PushReader reader_;
    std::map<std::string, PushTaker*, std::less<>> takers_;
    PushFigures figures_;
};

}  // namespace primum::source

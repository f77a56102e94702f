// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/notice.hpp"

#include <primum/effect.hpp>
#include <primum/record.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace primum::notice {

inline constexpr std::size_t max_waiting_pages = 64;
inline constexpr std::size_t max_known_pages = 256;  // with those that are done
inline constexpr std::uint32_t max_page_tries = 5;   // runs of the program that failed
// A page that is done is known for as long as one of its like counts against the limit of pages,
// and until its incident is closed.
inline constexpr Duration pages_known{std::chrono::hours{1}};

// The pages that the program is still to be run for, in their order, and those it was run for. What
// is paged about an incident is followed by its end, when that comes; an end is never sent to
// somebody who has not heard of the incident. When too many wait, the oldest of the least grave is
// dropped and counted, with the end that would follow it.
class PageQueue {
public:
    // Without a program nothing is sent; pages are counted all the same.
    explicit PageQueue(bool program) : program_(program) {}

    // What an earlier run has left, by key. Once, first. Ends of incidents that are open no more
    // are queued.
    void restore(const std::vector<Row>& rows, const RestoredState& state, WallTime now);

    // A page that is to go out.
    void add(const Notify& page, std::string unit, WallTime now);
    // The end of an incident, if it was paged.
    void observe(const IncidentRecord& incident, WallTime now);

    // The next one to send, or nullptr.
    [[nodiscard]] const Page* front() const;
    // What came of it. A run that failed max_page_tries times gives the page up: true.
    void delivered(std::uint64_t number);
    bool failed(std::uint64_t number);
    // Forgets what is of no more use.
    void tidy(WallTime now);

    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::optional<WallTime> waiting_since() const;
    // When pages went out (no ends) within pages_known before `now`, oldest first.
    [[nodiscard]] std::vector<WallTime> lately(WallTime now) const;
    // Those that were dropped since the last call.
    [[nodiscard]] std::vector<Page> take_dropped() { return std::exchange(dropped_, {}); }
    [[nodiscard]] std::vector<Row> take_rows();

private:
    void push(Page page);
    void drop(std::uint64_t number);
    void make_room();
    [[nodiscard]] bool is_paged(std::uint64_t incident) const;

    const bool program_;
    std::map<std::uint64_t, Page> pages_;
    std::set<std::uint64_t> open_;  // incidents that were paged and are not closed
    std::uint64_t last_ = 0;
    std::set<std::string> changed_;
    std::vector<Page> dropped_;
};

}  // namespace primum::notice

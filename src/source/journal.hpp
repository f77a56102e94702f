// SPDX-License-Identifier: MIT
#pragma once

#include "source/journal_feed.hpp"
#include "source/polled.hpp"
#include "source/tools.hpp"

#include <primum/source.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace primum::source {

// Entries that are read in one turn of the loop; the rest waits for the next turns.
inline constexpr std::size_t journal_entries_a_turn = 128;

// Which counts an entry belongs to: all of a count's fields must be there with one of its values.
// What primum itself has written belongs to none, so that it never reacts to its own words.
class JournalTally {
public:
    explicit JournalTally(const std::vector<JournalCount>& counts);

    void begin();
    void field(std::string_view data);  // "NAME=value"
    void end();

    // In the order of the counts; they only grow.
    [[nodiscard]] const std::vector<std::uint64_t>& totals() const { return totals_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Place {
        std::size_t count = 0;
        std::size_t field = 0;
    };

    std::unordered_map<std::string, std::vector<Place>, Hash, std::equal_to<>> places_;
    std::vector<std::vector<bool>> met_;  // by count and field, of the entry at hand
    std::vector<std::uint64_t> totals_;
    bool ours_ = false;
};

// Counts journal entries by their fields, from the moment it is made on: a counter for each count,
// and how far behind the journal it is (`journal_lag_seconds`). Text of messages is never looked
// at.
class JournalSource : public PolledSource {
public:
    JournalSource(const Tools& tools,
                  SourceRule rule,
                  SeriesId first_id,
                  std::unique_ptr<JournalFeed> feed);

private:
    void attempt(Duration timeout) override;
    bool open();
    void read();
    void lose(JournalTrouble trouble);

    std::unique_ptr<JournalFeed> feed_;
    JournalTally tally_;
    std::optional<JournalTrouble> trouble_;  // why it is not open
    Instant last_;                           // when the last entry read was received
    bool behind_ = false;
    systemd::LoopSource io_;
    systemd::LoopSource soon_;
};

[[nodiscard]] std::unique_ptr<Source> make_journal(const Tools& tools,
                                                   const SourceRule& rule,
                                                   SeriesId first_id);

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "source/series_table.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>
#include <primum/series.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace primum::source {

using Matchers = std::vector<std::shared_ptr<const SeriesMatcher>>;

// What a rule set wants from one of its sources: the series of indicators, those of targets and of
// providers' candidates, and of the targets' costs.
struct Wanted {
    Matchers matchers;
    std::vector<std::string> selectors;  // as written, sorted, each once: equal means unchanged
};
[[nodiscard]] Wanted wanted_from(const RuleSet& rules, std::size_t source);

// Gives the series of one source their ids: only those that somebody wants, at most `max_series`
// of them. Matchers are asked once per new series. Ids only grow and are never given to another
// series, also not across want(). When there is no room, a series that was not on the latest
// `kept_pages` pages gives its place to a new one.
class Interner {
public:
    enum class Standing : std::uint8_t { wanted, unwanted, over_bound, unknown };
    struct Found {
        Standing standing = Standing::unknown;
        std::uint32_t entry = 0;  // of wanted
    };

    // As many as it takes until an indicator calls what is not there stale.
    static constexpr std::uint64_t kept_pages = 3;

    Interner(std::string source, std::uint32_t max_series, SeriesId first_id = 0);

    // Changes what is wanted. Series still wanted keep their ids and are announced again.
    void want(Matchers matchers);

    // What is known of the raw bytes of a series; `unknown`: parse it and meet() it.
    [[nodiscard]] Found find(std::string_view text) { return standing_of(table_.find(text)); }
    // The same of what stands at `at`, where it is the series that came next on the page before and
    // a blank follows it; `size` is the length of its text. Then accept() takes it.
    [[nodiscard]] Found peek(const char* at, const char* end, std::size_t& size) const {
        return standing_of(table_.peek(at, end, size));
    }
    void accept() { table_.accept(); }
    // Decides about a series that find() did not know; never answers `unknown`.
    Found meet(std::string_view text, SeriesName parsed);

    // Starts a page: every series may be seen once on it.
    void begin_page() {
        ++age_;
        looked_at_ = 0;
        begin_part();
    }
    // The same of what is sent at any time: no series grows old by it.
    void begin_part() {
        ++page_;
        table_.begin_page();
    }
    // False: this entry was seen on this page before.
    bool see(std::uint32_t entry) {
        auto& last = seen_[entry].page;
        const bool first = last != page_;
        last = page_;
        seen_[entry].age = age_;
        return first;
    }
    [[nodiscard]] SeriesId id_of(std::uint32_t entry) const { return seen_[entry].id; }
    // Where among the values of this page a series that was seen has its own.
    void set_place(std::uint32_t entry, std::uint32_t place) { seen_[entry].place = place; }
    [[nodiscard]] std::uint32_t place_of(std::uint32_t entry) const { return seen_[entry].place; }
    // Changes with every want(), and when an entry becomes that of another series: what was known
    // of entries before may be so no more.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }

    // The series that are gone, then those to be announced before their next samples; empties the
    // list.
    [[nodiscard]] std::vector<SeriesEvent> take_news();

    [[nodiscard]] SeriesId next_id() const { return next_id_; }
    [[nodiscard]] std::size_t series() const { return entries_.size(); }
    // How many times a wanted series was refused because max_series were there.
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    struct Entry {
        std::string text;  // as first exposed
        SeriesName name;
        std::vector<std::uint32_t> spellings;  // numbers in table_
        bool in_news = false;
        bool announced = false;  // under its id
    };
    // What a page reads and writes of each of its series.
    struct Seen {
        SeriesId id = 0;
        std::uint32_t place = 0;  // among the values of that page
        std::uint64_t page = 0;   // on which it was last seen
        std::uint64_t age = 0;    // of the source then
    };

    [[nodiscard]] static Found standing_of(SeriesTable::Found found) {
        switch (found.standing) {
            case SeriesTable::Standing::kept:
                return {Standing::wanted, found.entry};
            case SeriesTable::Standing::passed:
                return {Standing::unwanted, 0};
            case SeriesTable::Standing::unknown:
                break;
        }
        return {};
    }
    [[nodiscard]] bool wanted(const SeriesName& series) const;
    // The place of a series that is not exposed any more.
    [[nodiscard]] std::optional<std::uint32_t> vacate();
    void fill(std::uint32_t place, std::string_view text, SeriesName parsed);
    void tell(std::uint32_t place);
    void tell_gone(std::uint32_t place);

    std::string source_;
    std::uint32_t max_series_;
    Matchers matchers_;
    SeriesTable table_;
    std::vector<Entry> entries_;
    std::vector<Seen> seen_;                                  // of the same entries
    std::unordered_map<std::string, std::uint32_t> by_name_;  // canonical spelling -> entry
    std::vector<std::uint32_t> news_;
    std::vector<SeriesEvent> gone_;
    std::uint32_t hand_ = 0;     // where vacate() looks next
    std::size_t looked_at_ = 0;  // by it, for this page
    SeriesId next_id_;
    std::uint64_t page_ = 0;
    std::uint64_t age_ = 0;  // pages that count for who is gone
    std::uint64_t generation_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace primum::source

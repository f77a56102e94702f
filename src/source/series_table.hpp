// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// From the raw bytes of a series, as exposed, to what was decided about it. A page mostly repeats
// the one before, so the table remembers their order: on the steady path a look-up reads memory in
// sequence and allocates nothing.
//
// Texts kept are compared byte for byte. Texts passed over are remembered by their 64-bit hash
// only; when `max_passed` of them are there, all of those are forgotten and met anew.
class SeriesTable {
public:
    enum class Standing : std::uint8_t { unknown, kept, passed };
    struct Found {
        Standing standing = Standing::unknown;
        std::uint32_t entry = 0;  // of kept: what it was kept under
    };

    explicit SeriesTable(std::size_t max_passed = 262'144) : max_passed_(max_passed) {}

    // Starts a page: the next texts are likely those of the page before, in their order.
    void begin_page() { next_ = 0; }
    [[nodiscard]] Found find(std::string_view text);
    // The text must be the one that find() just did not know.
    void keep(std::string_view text, std::uint32_t entry);
    void pass(std::string_view text);
    void clear();

    [[nodiscard]] std::size_t kept() const { return texts_.size(); }
    [[nodiscard]] std::size_t passed() const { return passed_; }

private:
    struct Slot {
        std::uint64_t hash = 0;  // 0: free
        std::uint32_t text = 0;  // index into texts_, or passed_over
    };
    struct Text {
        std::string bytes;
        std::uint32_t entry = 0;
    };

    [[nodiscard]] bool means(const Slot& slot, std::uint64_t hash, std::string_view text) const;
    [[nodiscard]] Found found(const Slot& slot) const;
    void remember_next(Slot slot);
    void insert(std::uint64_t hash, std::uint32_t text);
    void place(Slot slot);
    void rebuild(std::size_t slots, bool with_passed);

    std::vector<Slot> slots_;
    std::deque<Text> texts_;
    std::vector<Slot> order_;  // of the latest page, as far as it was read
    std::size_t next_ = 0;     // where the page that is being read stands in it
    std::size_t used_ = 0;
    std::size_t passed_ = 0;
    std::size_t max_passed_;
};

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "source/text_hash.hpp"

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
// Texts kept are compared byte for byte where they are looked for; in the order of the page before,
// and where they are passed over, their length and the 64 bits of a hash with a secret seed are
// enough. When `max_passed` of the latter are there, all of those are forgotten and met anew.
class SeriesTable {
public:
    enum class Standing : std::uint8_t { unknown, kept, passed };
    struct Found {
        Standing standing = Standing::unknown;
        std::uint32_t entry = 0;  // of kept: what it was kept under
    };

    static constexpr std::size_t most_passed = 262'144;

    explicit SeriesTable(std::size_t max_passed = most_passed, std::size_t max_order = most_passed)
        : max_passed_(max_passed), max_order_(max_order) {}

    // Starts a page: the next texts are likely those of the page before, in their order.
    void begin_page() { next_ = 0; }
    [[nodiscard]] Found find(std::string_view text);
    // What stands at `at` when it is, followed by a blank, the text that came next on the page
    // before; then `size` is its length. It becomes the latest one found by accept() only.
    [[nodiscard]] Found peek(const char* at, const char* end, std::size_t& size) const {
        if (next_ >= order_.size()) {
            return {};
        }
        const auto& slot = order_[next_];
        size = slot.size;
        if (static_cast<std::size_t>(end - at) <= size || (at[size] != ' ' && at[size] != '\t') ||
            hash_text({at, size}, seed_) != slot.hash) {
            return {};
        }
        return slot.entry == passed_over ? Found{Standing::passed, 0}
                                         : Found{Standing::kept, slot.entry};
    }
    void accept() { ++next_; }
    // The text must be the one that find() just did not know. Gives its number, for forget().
    std::uint32_t keep(std::string_view text, std::uint32_t entry);
    // A text that is not on this page.
    void forget(std::uint32_t number);
    void pass(std::string_view text);
    void clear();

    [[nodiscard]] std::size_t kept() const { return texts_.size() - free_texts_.size(); }
    [[nodiscard]] std::size_t passed() const { return passed_; }

private:
    static constexpr std::uint32_t passed_over = UINT32_MAX;

    struct Slot {
        std::uint64_t hash = 0;  // 0: free
        std::uint32_t text = 0;  // index into texts_, or passed_over
    };
    struct Ordered {
        std::uint64_t hash = 0;
        std::uint32_t entry = 0;  // or passed_over
        std::uint32_t size = 0;
    };
    struct Text {
        std::string bytes;
        std::uint32_t entry = 0;
    };

    [[nodiscard]] bool means(const Slot& slot, std::uint64_t hash, std::string_view text) const;
    [[nodiscard]] Found found(const Slot& slot) const;
    void remember_next(std::uint64_t hash, std::uint32_t text, std::size_t size);
    void insert(std::uint64_t hash, std::uint32_t text, std::size_t size);
    void place(Slot slot);
    void empty(std::size_t hole);
    void rebuild(std::size_t slots, bool with_passed);

    std::vector<Slot> slots_;
    std::deque<Text> texts_;
    std::vector<std::uint32_t> free_texts_;
    std::vector<Ordered> order_;  // of the latest page, as far as it was read
    std::size_t next_ = 0;        // where the page that is being read stands in it
    std::size_t used_ = 0;
    std::size_t passed_ = 0;
    std::size_t max_passed_;
    std::size_t max_order_;
    std::uint64_t seed_ = hash_seed();
};

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "source/series_table.hpp"

#include <algorithm>
#include <utility>

namespace primum::source {
namespace {

constexpr std::size_t first_slots = 64;

}  // namespace

SeriesTable::Found SeriesTable::find(std::string_view text) {
    const auto hash = hash_text(text, seed_);
    if (slots_.empty()) {
        return {};
    }
    const auto mask = slots_.size() - 1;
    for (auto at = hash & mask; slots_[at].hash != 0; at = (at + 1) & mask) {
        if (means(slots_[at], hash, text)) {
            remember_next(hash, slots_[at].text, text.size());
            return found(slots_[at]);
        }
    }
    return {};
}

bool SeriesTable::means(const Slot& slot, std::uint64_t hash, std::string_view text) const {
    return slot.hash == hash && (slot.text == passed_over || texts_[slot.text].bytes == text);
}

SeriesTable::Found SeriesTable::found(const Slot& slot) const {
    return slot.text == passed_over ? Found{Standing::passed, 0}
                                    : Found{Standing::kept, texts_[slot.text].entry};
}

void SeriesTable::remember_next(std::uint64_t hash, std::uint32_t text, std::size_t size) {
    const Ordered ordered{hash,
                          text == passed_over ? passed_over : texts_[text].entry,
                          static_cast<std::uint32_t>(size)};
    if (next_ < order_.size()) {
        order_[next_] = ordered;
    } else if (order_.size() < max_order_) {
        order_.push_back(ordered);
    } else {
        return;
    }
    ++next_;
}

void SeriesTable::keep(std::string_view text, std::uint32_t entry) {
    texts_.push_back({std::string{text}, entry});
    insert(hash_text(text, seed_), static_cast<std::uint32_t>(texts_.size() - 1), text.size());
}

void SeriesTable::pass(std::string_view text) {
    if (passed_ >= max_passed_) {
        rebuild(slots_.size(), false);
    }
    insert(hash_text(text, seed_), passed_over, text.size());
    ++passed_;
}

void SeriesTable::clear() {
    slots_.clear();
    texts_.clear();
    order_.clear();
    next_ = 0;
    used_ = 0;
    passed_ = 0;
}

void SeriesTable::insert(std::uint64_t hash, std::uint32_t text, std::size_t size) {
    if ((used_ + 1) * 2 > slots_.size()) {
        rebuild(std::max(first_slots, slots_.size() * 2), true);
    }
    place({hash, text});
    remember_next(hash, text, size);
}

void SeriesTable::place(Slot slot) {
    const auto mask = slots_.size() - 1;
    auto at = slot.hash & mask;
    while (slots_[at].hash != 0) {
        at = (at + 1) & mask;
    }
    slots_[at] = slot;
    ++used_;
}

void SeriesTable::rebuild(std::size_t slots, bool with_passed) {
    auto old = std::exchange(slots_, std::vector<Slot>(slots));
    used_ = 0;
    passed_ = 0;
    for (const auto& slot : old) {
        if (slot.hash == 0 || (slot.text == passed_over && !with_passed)) {
            continue;
        }
        place(slot);
        passed_ += slot.text == passed_over ? 1 : 0;
    }
}

}  // namespace primum::source

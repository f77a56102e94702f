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

std::uint32_t SeriesTable::keep(std::string_view text, std::uint32_t entry) {
    auto number = static_cast<std::uint32_t>(texts_.size());
    if (free_texts_.empty()) {
        texts_.push_back({std::string{text}, entry});
    } else {
        number = free_texts_.back();
        free_texts_.pop_back();
        texts_[number] = {std::string{text}, entry};
    }
    insert(hash_text(text, seed_), number, text.size());
    return number;
}

// Up to next_ the order is that of this page, where the text is not; behind it may be anything that
// earlier pages left.
void SeriesTable::forget(std::uint32_t number) {
    order_.resize(std::min(order_.size(), next_));
    const auto mask = slots_.size() - 1;
    auto at = hash_text(texts_[number].bytes, seed_) & mask;
    while (slots_[at].text != number || slots_[at].hash == 0) {
        at = (at + 1) & mask;
    }
    empty(at);
    texts_[number] = {};
    free_texts_.push_back(number);
}

// Whoever could stand in the hole moves up, so that no search ends early (Knuth, The Art of
// Computer Programming, volume 3, 6.4, algorithm R).
void SeriesTable::empty(std::size_t hole) {
    const auto mask = slots_.size() - 1;
    for (auto at = (hole + 1) & mask; slots_[at].hash != 0; at = (at + 1) & mask) {
        const auto home = slots_[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            slots_[hole] = slots_[at];
            hole = at;
        }
    }
    slots_[hole] = {};
    --used_;
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
    free_texts_.clear();
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

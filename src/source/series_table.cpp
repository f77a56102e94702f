// SPDX-License-Identifier: MIT
#include "source/series_table.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace primum::source {
namespace {

constexpr std::uint32_t passed_over = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t first_slots = 64;

std::uint64_t hash_of(std::string_view text) noexcept {
    const auto hash = std::hash<std::string_view>{}(text);
    return hash != 0 ? hash : 1;
}

}  // namespace

SeriesTable::Found SeriesTable::find(std::string_view text) {
    const auto hash = hash_of(text);
    if (next_ < order_.size() && means(order_[next_], hash, text)) {
        return found(order_[next_++]);
    }
    if (slots_.empty()) {
        return {};
    }
    const auto mask = slots_.size() - 1;
    for (auto at = hash & mask; slots_[at].hash != 0; at = (at + 1) & mask) {
        if (means(slots_[at], hash, text)) {
            remember_next(slots_[at]);
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

void SeriesTable::remember_next(Slot slot) {
    if (next_ < order_.size()) {
        order_[next_] = slot;
    } else if (order_.size() < max_passed_) {
        order_.push_back(slot);
    } else {
        return;
    }
    ++next_;
}

void SeriesTable::keep(std::string_view text, std::uint32_t entry) {
    texts_.push_back({std::string{text}, entry});
    insert(hash_of(text), static_cast<std::uint32_t>(texts_.size() - 1));
}

void SeriesTable::pass(std::string_view text) {
    if (passed_ >= max_passed_) {
        rebuild(slots_.size(), false);
    }
    insert(hash_of(text), passed_over);
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

void SeriesTable::insert(std::uint64_t hash, std::uint32_t text) {
    if ((used_ + 1) * 2 > slots_.size()) {
        rebuild(std::max(first_slots, slots_.size() * 2), true);
    }
    place({hash, text});
    remember_next({hash, text});
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

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/series.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace primum::core {

// Which series an id stands for: what every sample is looked up in. A table of open addresses with
// linear probing (Knuth, The Art of Computer Programming, volume 3, 6.4, algorithms L and R), for
// ids are small in a recording and anything in a pushed stream. At most half full; it grows as
// entries are added, and who adds them bounds it.
class SeriesIndex {
public:
    static constexpr std::uint32_t none = UINT32_MAX;

    // The number that was set for an id, or none.
    [[nodiscard]] std::uint32_t find(SeriesId id) const {
        if (places_.empty()) {
            return none;
        }
        for (std::size_t i = home_of(id);; i = next(i)) {
            if (places_[i].number == none || places_[i].id == id) {
                return places_[i].number;
            }
        }
    }

    void set(SeriesId id, std::uint32_t number) {
        if (2 * (size_ + 1) > places_.size()) {
            grow();
        }
        std::size_t i = home_of(id);
        while (places_[i].number != none && places_[i].id != id) {
            i = next(i);
        }
        size_ += places_[i].number == none ? 1 : 0;
        places_[i] = {id, number};
    }

    void erase(SeriesId id) {
        if (places_.empty()) {
            return;
        }
        std::size_t hole = home_of(id);
        while (places_[hole].number != none && places_[hole].id != id) {
            hole = next(hole);
        }
        if (places_[hole].number == none) {
            return;
        }
        --size_;
        places_[hole].number = none;
        // Whoever could stand in the hole moves up, so that no search ends early.
        for (std::size_t i = next(hole); places_[i].number != none; i = next(i)) {
            const std::size_t home = home_of(places_[i].id);
            const bool reaches = hole <= i ? home <= hole || home > i : home <= hole && home > i;
            if (reaches) {
                places_[hole] = places_[i];
                places_[i].number = none;
                hole = i;
            }
        }
    }

    [[nodiscard]] std::size_t size() const { return size_; }

private:
    struct Place {
        SeriesId id = 0;
        std::uint32_t number = none;
    };

    [[nodiscard]] std::size_t next(std::size_t i) const { return (i + 1) & (places_.size() - 1); }
    // Fibonacci hashing: neighbours do not cluster, whatever the stride of the ids.
    [[nodiscard]] std::size_t home_of(SeriesId id) const {
        return static_cast<std::uint32_t>(id * 0x9E37'79B1U) >> shift_;
    }

    void grow() {
        std::vector<Place> old = std::move(places_);
        places_.assign(old.empty() ? 16 : 2 * old.size(), Place{});
        shift_ = old.empty() ? 28 : shift_ - 1;
        size_ = 0;
        for (const Place& place : old) {
            if (place.number != none) {
                set(place.id, place.number);
            }
        }
    }

    std::vector<Place> places_;  // a power of two of them
    std::uint32_t shift_ = 28;
    std::size_t size_ = 0;
};

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace primum::replay {

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, with Vigna's constants): the same numbers for the
// same seed, on every machine.
class SimRng {
public:
    explicit SimRng(std::uint64_t seed) : state_(seed) {}

    // The generator of one purpose within a seed. Two purposes share nothing, so that dropping what
    // one of them drew does not move what another one draws.
    static SimRng of(std::uint64_t seed, std::uint64_t purpose, std::uint64_t number = 0) {
        SimRng outer{seed ^ (purpose * 0xd1342543de82ef95ULL)};
        SimRng inner{outer.next() ^ (number * 0x2545f4914f6cdd1dULL)};
        return SimRng{inner.next()};
    }

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31U);
    }
    // From `low` to `high`, both included; high >= low.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
        return span == UINT64_MAX ? static_cast<std::int64_t>(next())
                                  : low + static_cast<std::int64_t>(next() % (span + 1));
    }
    // An index below `count`, which is not 0.
    std::uint32_t below(std::size_t count) {
        return static_cast<std::uint32_t>(next() % std::uint64_t{count});
    }
    // True in one of n.
    bool one_in(std::uint64_t n) { return next() % n == 0; }
    // In [0, 1).
    double fraction() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

    template <class T>
    T pick(std::initializer_list<T> list) {
        return list.begin()[below(list.size())];
    }
    template <class T>
    const T& pick(const std::vector<T>& list) {
        return list[below(list.size())];
    }

private:
    std::uint64_t state_;
};

}  // namespace primum::replay

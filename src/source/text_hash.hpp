// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace primum::source {

// A number that differs from run to run: who writes a page cannot know which texts collide.
[[nodiscard]] std::uint64_t hash_seed();

namespace detail {

__extension__ using Wide = unsigned __int128;

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    const auto product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

inline std::uint64_t read8(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

inline std::uint64_t read4(const char* at) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

}  // namespace detail

// 64 bits of a text, never 0: two words at a time, multiplied and folded, as wyhash does
// (https://github.com/wangyi-fudan/wyhash). Not for anything that is kept beyond the run.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
    using namespace detail;
    constexpr std::uint64_t one = 0xA076'1D64'78BD'642FU;
    constexpr std::uint64_t two = 0xE703'7ED1'A0B4'28DBU;
    const char* at = text.data();
    auto left = text.size();
    auto hash = seed ^ one;
    for (; left > 16; left -= 16, at += 16) {
        hash = mix(read8(at) ^ two, read8(at + 8) ^ hash);
    }
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    if (left >= 8) {
        a = read8(at);
        b = read8(at + left - 8);
    } else if (left >= 4) {
        a = read4(at);
        b = read4(at + left - 4);
    } else if (left > 0) {
        a = static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) << 16U |
            static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8U |
            static_cast<unsigned char>(at[left - 1]);
    }
    hash = mix(two ^ text.size(), mix(a ^ two, b ^ hash));
    return hash != 0 ? hash : 1;
}

}  // namespace primum::source

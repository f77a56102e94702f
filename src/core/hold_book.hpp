// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace primum::core {

// The operators' holds and disables. Both end by themselves.
class HoldBook {
public:
    explicit HoldBook(std::size_t capacity) : capacity_(capacity) {}

    [[nodiscard]] bool full(Instant now);
    void add(HoldRecord hold) { holds_.push_back(std::move(hold)); }
    // Ends all holds (or disables) of exactly this target (empty: those of all targets). Gives
    // them.
    std::vector<HoldRecord> release(std::string_view target, bool disable);

    // The hold (or disable) that covers a target longest, or null.
    [[nodiscard]] const HoldRecord* covering(Instant now,
                                             std::string_view target,
                                             bool disable) const;
    [[nodiscard]] std::vector<HoldRecord> active(Instant now) const;

    static void members(auto& archive, auto& it) { archive(it.holds_); }

private:
    std::size_t capacity_;
    std::vector<HoldRecord> holds_;
};

}  // namespace primum::core

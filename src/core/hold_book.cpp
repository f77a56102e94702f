// SPDX-License-Identifier: MIT
#include "core/hold_book.hpp"

#include <algorithm>

namespace primum::core {

bool HoldBook::full(Instant now) {
    std::erase_if(holds_, [&](const HoldRecord& hold) { return hold.until.t <= now; });
    return holds_.size() >= capacity_;
}

std::vector<HoldRecord> HoldBook::release(std::string_view target, bool disable) {
    std::vector<HoldRecord> released;
    std::erase_if(holds_, [&](const HoldRecord& hold) {
        if (hold.target != target || hold.disable != disable) {
            return false;
        }
        released.push_back(hold);
        released.back().released = true;
        return true;
    });
    return released;
}

const HoldRecord* HoldBook::covering(Instant now, std::string_view target, bool disable) const {
    const HoldRecord* longest = nullptr;
    for (const HoldRecord& hold : holds_) {
        const bool covers = hold.disable == disable && hold.until.t > now &&
                            (hold.target.empty() || hold.target == target);
        if (covers && (longest == nullptr || hold.until.t > longest->until.t)) {
            longest = &hold;
        }
    }
    return longest;
}

std::vector<HoldRecord> HoldBook::active(Instant now) const {
    std::vector<HoldRecord> active;
    std::copy_if(
        holds_.begin(), holds_.end(), std::back_inserter(active), [&](const HoldRecord& hold) {
            return hold.until.t > now;
        });
    return active;
}

}  // namespace primum::core

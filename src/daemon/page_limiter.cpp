// SPDX-License-Identifier: MIT
#include "daemon/page_limiter.hpp"

#include <utility>

namespace primum::daemon {

std::optional<std::uint64_t> PageLimiter::ask(Instant now) {
    while (!passed_.empty() && now - passed_.front() >= within_) {
        passed_.pop_front();
    }
    if (passed_.size() >= most_) {
        ++held_back_;
        return std::nullopt;
    }
    passed_.push_back(now);
    return std::exchange(held_back_, 0);
}

}  // namespace primum::daemon

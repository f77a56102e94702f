// SPDX-License-Identifier: MIT
#include "core/flapping.hpp"

#include <algorithm>

namespace primum::core {
namespace {

constexpr double lightest = 0.8;
constexpr double heaviest = 1.2;
constexpr std::uint32_t all_changes = (1U << Flapping::changes) - 1;
constexpr std::uint32_t ill_bit = 1U << Flapping::changes;
constexpr std::uint32_t known_bit = ill_bit << 1U;
constexpr std::uint32_t flapping_bit = ill_bit << 2U;
constexpr Duration one_us{1};

// The grid is that of the boot's clock, so that a restart does not move it. Not before `now`.
Instant on_grid(Instant now, Duration period) {
    const Duration beyond = now.time_since_epoch() % period;
    return beyond > Duration::zero() ? now + (period - beyond) : now - beyond;
}

}  // namespace

void Flapping::note(Instant now, std::optional<bool> ill, bool excused) {
    if (!next_check_) {
        next_check_ = on_grid(now, period_);
    }
    check_until(now);
    if (excused && ill && last_) {
        last_ = ill;
    }
    state_ = ill;
}

std::optional<Instant> Flapping::ends(Instant now) const {
    Flapping then = as_of(now);
    if (!then.flapping_ || !then.state_) {
        return std::nullopt;
    }
    Instant at = *then.next_check_;
    for (then.check(*then.state_); then.flapping_; at += period_) {
        then.check(*then.state_);
    }
    return at;
}

std::uint32_t Flapping::save() const {
    return changed_ | (last_.value_or(false) ? ill_bit : 0) | (last_ ? known_bit : 0) |
           (flapping_ ? flapping_bit : 0);
}

void Flapping::restore(std::uint32_t saved) {
    changed_ = saved & all_changes;
    flapping_ = (saved & flapping_bit) != 0;
    last_.reset();
    if ((saved & known_bit) != 0) {
        last_ = (saved & ill_bit) != 0;
    }
}

Flapping Flapping::as_of(Instant now) const {
    Flapping copy = *this;
    copy.check_until(now + one_us);
    return copy;
}

void Flapping::check_until(Instant end) {
    if (!next_check_ || *next_check_ >= end) {
        return;
    }
    const auto due = (end - *next_check_ + period_ - one_us) / period_;
    *next_check_ += due * period_;
    if (!state_) {
        return;
    }
    // After 21 checks alike nothing else is left in the window.
    for (auto left = std::min<std::int64_t>(due, changes + 1); left > 0; --left) {
        check(*state_);
    }
}

void Flapping::check(bool ill) {
    const bool change = last_ && *last_ != ill;
    changed_ = (changed_ << 1U | (change ? 1U : 0U)) & all_changes;
    last_ = ill;
    const double share = weigh();
    if (share >= starts_at) {
        flapping_ = true;
    } else if (share <= stops_at) {
        flapping_ = false;
    }
}

double Flapping::weigh() const {
    double sum = 0;
    for (int age = 0; age < changes; ++age) {
        if ((changed_ >> static_cast<unsigned>(age) & 1U) != 0) {
            sum += heaviest - (heaviest - lightest) * age / (changes - 1);
        }
    }
    return sum / changes;
}

}  // namespace primum::core

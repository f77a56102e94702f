// SPDX-License-Identifier: MIT
#include "source/polled.hpp"

#include <algorithm>
#include <utility>

namespace primum::source {
namespace {

// FNV-1a, 64 bits: the same on every machine and in every build.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    }
    return hash;
}

Duration part_of(Duration whole, std::uint64_t hash) {
    return Duration{static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(whole.count()))};
}

}  // namespace

Duration start_spread(std::string_view name, Duration interval) {
    return interval > Duration{0} ? part_of(interval, hash_of(name)) : Duration{0};
}

Duration backoff_before(const Retries& retries, std::uint32_t next) {
    auto wait = std::min(retries.backoff, retries.max);
    for (std::uint32_t i = 2; i < next && wait < retries.max; ++i) {
        wait = std::min(wait * 2, retries.max);
    }
    return wait;
}

Duration with_jitter(Duration wait, std::string_view name, std::uint64_t number) {
    const Duration most = wait / 4;
    if (most <= Duration{0}) {
        return wait;
    }
    // Multiplied and shifted: the low bits of FNV-1a alone hardly differ for near numbers.
    const auto mixed = (hash_of(name) ^ number) * 0x9E37'79B9'7F4A'7C15U;
    return wait - part_of(most, mixed >> 17U);
}

PolledSource::PolledSource(
    systemd::EventLoop& loop, const Clock& clock, SourceRule rule, SeriesId first_id, Emit emit)
    : Source(clock, std::move(rule), first_id, std::move(emit)),
      loop_(loop),
      due_(now() + start_spread(this->rule().name, this->rule().interval)) {
    figures().next = due_;
    timer_ = loop_.at(due_, [this] { begin(); });
}

void PolledSource::begin() {
    tries_ = 0;
    began_ = now();
    auto& stats = figures();
    stats.late = began_ - due_;
    stats.latest = std::max(stats.latest, stats.late);
    try_now();
}

void PolledSource::try_now() {
    ++tries_;
    const auto left = due_ + rule().interval - now();
    attempt(std::min(rule().timeout, std::max<Duration>(left, Duration{1})));
}

void PolledSource::collected() {
    figures().took = now() - began_;
    schedule_next();
}

bool PolledSource::try_again() {
    const auto wait = with_jitter(
        backoff_before(rule().retries, tries_ + 1), rule().name, figures().collections + tries_);
    const auto again = now() + wait;
    if (tries_ < rule().retries.attempts && again < due_ + rule().interval) {
        ++figures().retries;
        timer_ = loop_.at(again, [this] { try_now(); });
        return true;
    }
    return false;
}

void PolledSource::missed(SourceFailure failure, std::string detail) {
    if (try_again()) {
        return;
    }
    collected();
    fail(failure, std::move(detail));
}

void PolledSource::schedule_next() {
    const auto at = now();
    const auto interval = rule().interval;
    due_ += interval;
    if (due_ <= at && interval > Duration{0}) {
        due_ += ((at - due_) / interval + 1) * interval;
    }
    figures().next = due_;
    timer_ = loop_.at(due_, [this] { begin(); });
}

}  // namespace primum::source

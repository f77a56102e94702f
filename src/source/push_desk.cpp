// SPDX-License-Identifier: MIT
#include "source/push_desk.hpp"

#include "source/exposition.hpp"
#include "source/series_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

namespace primum::source {
namespace {

// What a numbered series costs beside its name: nodes and buckets of the maps, roughly.
constexpr std::size_t cost_of_a_number = 64;

double seconds_of(Duration span) {
    return std::chrono::duration<double>(span).count();
}

}  // namespace

TokenBucket::TokenBucket(std::uint32_t per_second, Instant now)
    : per_second_(per_second), tokens_(per_second), filled_(now) {}

void TokenBucket::set_rate(std::uint32_t per_second, Instant now) {
    fill(now);
    per_second_ = per_second;
    tokens_ = std::min(tokens_, per_second_);
}

bool TokenBucket::may(Instant now) {
    fill(now);
    return tokens_ > 0;
}

bool TokenBucket::full(Instant now) {
    fill(now);
    return tokens_ >= per_second_;
}

Instant TokenBucket::ready_at() const {
    constexpr Duration a_little{1'000};
    if (per_second_ <= 0) {
        return filled_ + std::chrono::hours{1};
    }
    const std::chrono::duration<double> wait{std::max(-tokens_, 0.0) / per_second_};
    return filled_ + std::chrono::duration_cast<Duration>(wait) + a_little;
}

void TokenBucket::fill(Instant now) {
    if (now > filled_) {
        tokens_ = std::min(per_second_, tokens_ + per_second_ * seconds_of(now - filled_));
        filled_ = now;
    }
}

bool PushNumbers::learn(const std::string& source, SeriesId number, const std::string& name) {
    const auto known = names_.find(source);
    const auto* before = name_of(source, number);
    const auto freed = before != nullptr ? before->size() + cost_of_a_number : 0;
    const auto needed =
        name.size() + cost_of_a_number + (known == names_.end() ? source.size() : 0);
    if (bytes_ - freed + needed > most_) {
        return false;
    }
    bytes_ = bytes_ - freed + needed;
    names_[source][number] = name;
    return true;
}

const std::string* PushNumbers::name_of(const std::string& source, SeriesId number) const {
    const auto of_source = names_.find(source);
    if (of_source == names_.end()) {
        return nullptr;
    }
    const auto found = of_source->second.find(number);
    return found != of_source->second.end() ? &found->second : nullptr;
}

void PushDesk::attach(PushTaker& taker) {
    takers_.insert_or_assign(taker.name(), &taker);
}

void PushDesk::detach(const PushTaker& taker) {
    const auto found = takers_.find(taker.name());
    if (found != takers_.end() && found->second == &taker) {
        takers_.erase(found);
    }
}

std::uint32_t PushDesk::rate_of(uid_t uid) {
    std::uint64_t rate = 0;
    for (const auto& [name, taker] : takers_) {
        rate += taker->may_push(uid) ? taker->lines_per_second() : 0;
    }
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(rate, std::numeric_limits<std::uint32_t>::max()));
}

std::optional<PushError> PushDesk::take(uid_t uid, PushNumbers& numbers, std::string_view line) {
    ++figures_.lines;
    figures_.bytes += line.size();
    auto refused = route(uid, numbers, line);
    if (refused) {
        ++figures_.refused.at(static_cast<std::size_t>(refused->code));
    } else {
        ++figures_.taken;
    }
    return refused;
}

PushError PushDesk::refuse(PushRefusal code, std::string detail) {
    ++figures_.refused.at(static_cast<std::size_t>(code));
    return {code, std::move(detail)};
}

std::optional<PushError> PushDesk::route(uid_t uid, PushNumbers& numbers, std::string_view line) {
    auto pushed = reader_.read(line);
    if (!pushed) {
        return std::move(pushed.error());
    }
    const auto found = takers_.find(pushed->source);
    if (found == takers_.end() || !found->second->may_push(uid)) {
        if (found != takers_.end()) {
            found->second->refused();
        }
        return PushError{
            found == takers_.end() ? PushRefusal::unknown_source : PushRefusal::not_permitted,
            fmt::format("source {}, uid {}", pushed->source, uid)};
    }
    auto& taker = *found->second;
    taker.read(line.size());
    if (pushed->type == PushedLine::Type::series) {
        if (!read_series(pushed->name, ExpositionLimits{}.labels)) {
            taker.refused();
            return PushError{PushRefusal::bad_series_name, "field name"};
        }
        if (!numbers.learn(pushed->source, pushed->number, pushed->name)) {
            taker.refused();
            return PushError{PushRefusal::too_many, "numbered series of this connection"};
        }
        return std::nullopt;
    }
    const bool whole = pushed->type == PushedLine::Type::samples;
    auto values = named(numbers, std::move(*pushed));
    if (!values) {
        taker.refused();
        return std::move(values.error());
    }
    auto taken = taker.take(uid, *values, whole);
    return taken ? std::nullopt : std::optional{std::move(taken.error())};
}

Result<std::vector<Measured>, PushError> PushDesk::named(const PushNumbers& numbers,
                                                         PushedLine line) {
    // Also so that a short line cannot repeat a long name.
    std::unordered_set<SeriesId> seen;
    std::vector<Measured> values;
    values.reserve(line.values.size());
    for (auto& [name, number, value] : line.values) {
        if (name.empty()) {
            if (!seen.insert(number).second) {
                return fail(PushError{PushRefusal::duplicate_series, fmt::format("{}", number)});
            }
            const auto* known = numbers.name_of(line.source, number);
            if (known == nullptr) {
                return fail(PushError{PushRefusal::unknown_series, fmt::format("{}", number)});
            }
            name = *known;
        }
        values.push_back({std::move(name), value});
    }
    return values;
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "core/baseline.hpp"

#include "core/text_reader.hpp"

#include <algorithm>
#include <chrono>

namespace primum::core {
namespace {

constexpr std::size_t hours_a_day = 24;
constexpr std::size_t kept_in_all = 256;
constexpr std::size_t kept_an_hour = 48;
constexpr std::string_view version = "1 ";

}  // namespace

Baseline::Baseline(const BaselineRule& rule) : rule_(rule) {
    const bool seasonal = rule.seasonal == Season::hour_of_day;
    const std::size_t count = seasonal ? hours_a_day : 1;
    const std::size_t kept = seasonal ? kept_an_hour : kept_in_all;
    enough_ = std::clamp<std::size_t>(rule.min_samples / count, 2, kept / 2);
    parts_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        parts_.emplace_back(kept, 2 * rule.forget / static_cast<std::int64_t>(count));
    }
}

std::size_t Baseline::part_of(WallTime wall) const {
    if (parts_.size() == 1) {
        return 0;
    }
    const auto since_midnight = wall - std::chrono::floor<std::chrono::days>(wall);
    return static_cast<std::size_t>(since_midnight / std::chrono::hours{1});
}

void Baseline::learn(WallTime wall, Duration step, double value) {
    parts_[part_of(wall)].offer(step, value);
    ++samples_;
}

const Normal* Baseline::normal(WallTime wall) const {
    const RecentValues& part = parts_[part_of(wall)];
    return samples_ < rule_.min_samples || part.size() < enough_ ? nullptr : &part.normal();
}

std::size_t Baseline::size_bytes() const {
    std::size_t bytes = sizeof(*this);
    for (const RecentValues& part : parts_) {
        bytes += part.size_bytes();
    }
    return bytes;
}

std::string Baseline::save() const {
    std::string text = std::string{version} + std::to_string(samples_);
    for (const RecentValues& part : parts_) {
        text += ';';
        part.save(text);
    }
    return text;
}

bool Baseline::load(std::string_view text) {
    if (!text.starts_with(version)) {
        return false;
    }
    text.remove_prefix(version.size());
    TextReader head{text.substr(0, text.find(';'))};
    std::uint64_t samples = 0;
    if (!head.read(samples) || !head.at_end()) {
        return false;
    }
    std::vector<RecentValues> parts = parts_;
    for (RecentValues& part : parts) {
        const std::size_t separator = text.find(';');
        if (separator == std::string_view::npos) {
            return false;
        }
        text.remove_prefix(separator + 1);
        if (!part.load(text.substr(0, text.find(';')))) {
            return false;
        }
    }
    if (text.find(';') != std::string_view::npos) {
        return false;
    }
    samples_ = samples;
    parts_ = std::move(parts);
    return true;
}

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace primum::support {

// What is to happen when, in the order of time and, within one instant, of entry.
class Agenda {
public:
    void add(Duration when, std::function<void()> what) {
        entries_.emplace(std::pair{when, next_++}, std::move(what));
    }

    [[nodiscard]] std::optional<Duration> next() const {
        return entries_.empty() ? std::nullopt : std::optional{entries_.begin()->first.first};
    }

    // Takes the first entry; there must be one.
    [[nodiscard]] std::function<void()> take() {
        auto entry = entries_.extract(entries_.begin());
        return std::move(entry.mapped());
    }

private:
    std::map<std::pair<Duration, std::uint64_t>, std::function<void()>> entries_;
    std::uint64_t next_ = 0;
};

}  // namespace primum::support

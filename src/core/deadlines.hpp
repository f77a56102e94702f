// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <vector>

namespace primum::core {

// The heap of "look at this again at the latest then". One pending instant a key; a key that is
// armed again for earlier moves forward, for later it stays (an early look is harmless, and
// re-arming on every sample would cost a push each).
class Deadlines {
public:
    using Key = std::uint32_t;

    void arm(Key key, Instant at) {
        std::optional<Instant>& armed = armed_[key];
        if (armed && *armed <= at) {
            return;
        }
        armed = at;
        heap_.push({at, key});
    }

    void forget(Key key) { armed_.erase(key); }

    // The earliest armed instant.
    [[nodiscard]] std::optional<Instant> next() {
        drop_outdated();
        return heap_.empty() ? std::nullopt : std::optional{heap_.top().at};
    }

    // Takes one key whose instant is not after `now`; nothing when none is due.
    std::optional<Key> take_due(Instant now) {
        drop_outdated();
        if (heap_.empty() || heap_.top().at > now) {
            return std::nullopt;
        }
        const Key key = heap_.top().key;
        heap_.pop();
        armed_[key].reset();
        return key;
    }

    // What is pending; the places of the rest come again.
    static void members(auto& archive, auto& it) {
        std::map<Key, Instant> pending;
        for (const auto& [key, at] : it.armed_) {
            if (at) {
                pending.emplace(key, *at);
            }
        }
        archive(pending);
        if constexpr (requires { it.arm(Key{}, Instant{}); }) {
            for (const auto& [key, at] : pending) {
                it.arm(key, at);
            }
        }
    }

private:
    struct Entry {
        Instant at;
        Key key;
        bool operator>(const Entry& other) const {
            return at != other.at ? at > other.at : key > other.key;
        }
    };

    void drop_outdated() {
        while (!heap_.empty()) {
            const auto armed = armed_.find(heap_.top().key);
            if (armed != armed_.end() && armed->second == heap_.top().at) {
                return;
            }
            heap_.pop();
        }
    }

    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
    // A key keeps its place until it is forgotten: to arm it again allocates nothing.
    std::map<Key, std::optional<Instant>> armed_;
};

}  // namespace primum::core

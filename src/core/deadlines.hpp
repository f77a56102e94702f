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
        auto [entry, added] = armed_.try_emplace(key, at);
        if (!added && entry->second <= at) {
            return;
        }
        entry->second = at;
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
        armed_.erase(key);
        return key;
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
    std::map<Key, Instant> armed_;
};

}  // namespace primum::core

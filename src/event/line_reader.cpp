// SPDX-License-Identifier: MIT
#include "event/event_json.hpp"

#include <utility>

namespace primum::event {

LineReader::LineReader(ReadLimits limits) : limits_(limits), reader_(limits) {}

std::vector<LineReader::Item> LineReader::feed(std::string_view bytes) {
    std::vector<Item> items;
    take(bytes, items);
    return items;
}

std::vector<LineReader::Item> LineReader::finish() {
    std::vector<Item> items;
    if (too_long_ || !pending_.empty()) {
        end_line(items);
    }
    return items;
}

void LineReader::take(std::string_view bytes, std::vector<Item>& items) {
    while (!bytes.empty()) {
        const std::size_t newline = bytes.find('\n');
        const std::string_view part = bytes.substr(0, newline);
        if (pending_.size() + part.size() > limits_.line_bytes) {
            too_long_ = true;
            pending_.clear();
        } else if (!too_long_) {
            pending_ += part;
        }
        if (newline == std::string_view::npos) {
            return;
        }
        bytes.remove_prefix(newline + 1);
        end_line(items);
    }
}

void LineReader::end_line(std::vector<Item>& items) {
    ++line_;
    const bool too_long = std::exchange(too_long_, false);
    if (too_long) {
        items.emplace_back(fail(LineError{"too_long", "", line_}));
    } else if (!pending_.empty()) {
        auto events = reader_.read(pending_);
        if (!events) {
            events.error().line = line_;
            items.emplace_back(fail(std::move(events.error())));
        } else {
            for (Event& event : *events) {
                items.emplace_back(std::move(event));
            }
        }
    }
    pending_.clear();
}

}  // namespace primum::event

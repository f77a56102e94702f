// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <string_view>

namespace primum::core {

// Reads numbers that stand in a line with one blank between them.
class TextReader {
public:
    explicit TextReader(std::string_view text) : rest_(text) {}

    // False when the next word is no such number.
    template <class Number>
    bool read(Number& out) {
        const std::string_view word = rest_.substr(0, rest_.find(' '));
        const char* const end = word.data() + word.size();
        const auto [after, error] = std::from_chars(word.data(), end, out);
        if (word.empty() || error != std::errc{} || after != end) {
            return false;
        }
        rest_.remove_prefix(word.size() < rest_.size() ? word.size() + 1 : rest_.size());
        return true;
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

}  // namespace primum::core

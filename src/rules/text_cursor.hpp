// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace primum::rules {

// Reads a piece of text from left to right, with Prometheus' idea of names.
class TextCursor {
public:
    explicit TextCursor(std::string_view text) : text_(text) {}

    [[nodiscard]] bool done() const { return offset_ == text_.size(); }
    [[nodiscard]] std::size_t offset() const { return offset_; }
    // '\0' at the end.
    [[nodiscard]] char peek() const { return done() ? '\0' : text_[offset_]; }
    // Not at the end.
    char take() { return text_[offset_++]; }

    bool take_if(char c) {
        if (done() || text_[offset_] != c) {
            return false;
        }
        ++offset_;
        return true;
    }

    void skip_blanks() {
        while (!done() && (text_[offset_] == ' ' || text_[offset_] == '\t')) {
            ++offset_;
        }
    }

    // Empty when there is none.
    std::string_view take_metric_name() { return take_name(true); }
    std::string_view take_label_name() { return take_name(false); }

private:
    static bool begins_name(char c, bool colons) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
    }

    std::string_view take_name(bool colons) {
        const std::size_t from = offset_;
        while (!done() && (begins_name(text_[offset_], colons) ||
                           (offset_ > from && text_[offset_] >= '0' && text_[offset_] <= '9'))) {
            ++offset_;
        }
        return text_.substr(from, offset_ - from);
    }

    std::string_view text_;
    std::size_t offset_ = 0;
};

}  // namespace primum::rules

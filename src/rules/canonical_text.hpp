// SPDX-License-Identifier: MIT
#pragma once

#include "rules/digest.hpp"

#include <primum/rules.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

// A canonical text: one `key=value` a line, values with their length in front, so that no two
// meanings share a text.
class CanonicalText {
public:
    void add(std::string_view key, std::string_view value) {
        begin(key);
        text_ += std::to_string(value.size());
        text_ += ':';
        text_ += value;
        text_ += '\n';
    }
    void add(std::string_view key, std::int64_t value) {
        begin(key);
        text_ += std::to_string(value);
        text_ += '\n';
    }
    void add(std::string_view key, std::uint32_t value) { add(key, std::int64_t{value}); }
    void add(std::string_view key, Duration value) { add(key, std::int64_t{value.count()}); }
    // In its shortest round-trip form.
    void add(std::string_view key, double value) { add(key, fmt::format("{}", value)); }
    void add(std::string_view key, const std::optional<double>& value) {
        if (value) {
            add(key, *value);
        }
    }
    // How many there are, then each.
    void add(std::string_view key, const std::vector<std::string>& values) {
        add(key, std::int64_t(values.size()));
        for (const std::string& value : values) {
            add("item", value);
        }
    }
    void add(std::string_view key, const Budget& budget) {
        add(key, budget.actions);
        add("per", budget.per);
    }

    [[nodiscard]] bool empty() const { return text_.empty(); }
    [[nodiscard]] std::string digest() const { return sha256_hex(text_); }

private:
    void begin(std::string_view key) {
        text_ += key;
        text_ += '=';
    }

    std::string text_;
};

}  // namespace primum::rules

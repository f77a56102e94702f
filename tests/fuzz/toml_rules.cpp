// SPDX-License-Identifier: MIT
#include "toml_rules.hpp"

#include "rules/loader.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace primum::fuzz {
namespace {

// What a file of rules may have at most (src/rules/file.cpp).
constexpr std::size_t max_file_bytes = 64 * 1024;

void take(const std::vector<rules::RuleFile>& files, std::size_t lines) {
    const rules::Settings settings;
    const auto load = rules::compile_rules(files, settings);
    PRIMUM_CHECK((load.rules == nullptr) != load.errors.empty());
    for (const auto& error : load.errors) {
        PRIMUM_CHECK(error.line <= lines + 1);
        PRIMUM_CHECK(!rules::format_error(error).empty());
    }
    if (load.rules != nullptr) {
        const auto again = rules::compile_rules(rules::split_rules_text(load.text), settings);
        PRIMUM_CHECK(again.rules != nullptr);
        PRIMUM_CHECK(again.rules->digest == load.rules->digest);
    }
}

}  // namespace

void take_rules(std::span<const std::uint8_t> bytes) {
    std::string text{reinterpret_cast<const char*>(bytes.data()),
                     std::min(bytes.size(), max_file_bytes)};
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    const auto half = text.find("\n\n");
    if (half != std::string::npos) {
        take({{"a.toml", text.substr(0, half)}, {"a.d/b.toml", text.substr(half)}}, lines);
        take({{"a.toml", text.substr(0, half)}, {"b.toml", text.substr(half)}}, lines);
    }
    take({{"a.toml", std::move(text)}}, lines);
}

}  // namespace primum::fuzz

// SPDX-License-Identifier: MIT
#pragma once

#include "support/world.hpp"

#include <primum/names.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The words of one line of a timeline, and what they mean.
namespace primum::support {

using Words = std::vector<std::string>;

// Throws std::runtime_error.
[[noreturn]] void refuse(const std::string& what);
// Words are split at spaces; a word that begins with a quote ends with one, and within any other
// word spaces between quotes belong to it.
[[nodiscard]] Words split(const std::string& line);
[[nodiscard]] std::optional<Duration> duration_of(std::string_view text);
[[nodiscard]] std::uint32_t number_of(const std::string& word);
// The n-th word, which must be there.
[[nodiscard]] const std::string& word(const Words& words, std::size_t n);
[[nodiscard]] bool has(const Words& words, std::string_view flag);
// What stands behind "key=".
[[nodiscard]] std::optional<std::string> option(const Words& words, std::string_view key);
[[nodiscard]] Scope scope_of(const Words& words);
// `series=value` from the n-th word on; a series may itself hold '=' between braces.
[[nodiscard]] World::Values values_of(const Words& words, std::size_t n);

template <class E>
E name_from(const std::string& word) {
    const auto found = from_name<E>(word);
    if (!found) {
        refuse("no such name: " + word);
    }
    return *found;
}

}  // namespace primum::support

// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace primum {

// The one spelling of each enumerator, shared by log, metric, ledger, rules, D-Bus and CLI.
// An enumeration takes part by specialising `enum_names<E>` with an array in enumerator order,
// whose enumerators count from 0 without gaps.
template <class E>
inline constexpr std::array<std::string_view, 0> enum_names{};

template <class E>
constexpr std::string_view name_of(E value) {
    const auto index = static_cast<std::size_t>(value);
    return index < enum_names<E>.size() ? enum_names<E>[index] : std::string_view{"invalid"};
}

template <class E>
constexpr std::optional<E> from_name(std::string_view name) {
    for (std::size_t i = 0; i < enum_names<E>.size(); ++i) {
        if (enum_names<E>[i] == name) {
            return static_cast<E>(i);
        }
    }
    return std::nullopt;
}

}  // namespace primum

// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

// State as one line of printable ASCII, exact, and back. What a type consists of is listed once, in
// its static `members(archive, self)`, or in `Members<T>::list` where the type cannot have one; a
// Writer takes the list to write, a Reader to read.
//
// The line is of words with a blank between them: whole numbers in decimal, a floating-point number
// as the hexadecimal digits of its bits without zeros at the end, a text after '=' with '%' and two
// digits for what would not do, a container after its size.
namespace primum::core {

template <class T>
struct Members;  // static void list(auto& archive, auto& it)

template <class T, class Archive>
concept HasMembers = requires(Archive& archive, T& it) { T::members(archive, it); };

// Not kept; stands in a list of `whole` for a member that is found again in another way.
struct Skipped {};

namespace detail {

struct Anything {
    std::size_t number;
    template <class T>
    operator T() const;  // NOLINT(google-explicit-constructor)
};

template <class T, std::size_t... I>
constexpr bool takes_so_many(std::index_sequence<I...> /*numbers*/) {
    return requires { T{Anything{I}...}; };
}

// How many members an aggregate has: one value each is the most that it takes.
template <class T, std::size_t count = 0>
constexpr std::size_t member_count() {
    if constexpr (takes_so_many<T>(std::make_index_sequence<count + 1>{})) {
        return member_count<T, count + 1>();
    } else {
        return count;
    }
}

template <class T>
inline constexpr bool is_time_point = false;
template <class Clock, class Span>
inline constexpr bool is_time_point<std::chrono::time_point<Clock, Span>> = true;
template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t size>
inline constexpr bool is_array<std::array<T, size>> = true;
template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
concept Keyed = requires { typename T::mapped_type; };
template <class T>
concept Sorted = requires { typename T::key_compare; };

}  // namespace detail

// Fails to compile when an aggregate has more members than are listed.
template <class Self, class... Field>
constexpr void check_whole() {
    using T = std::remove_const_t<Self>;
    static_assert(std::is_aggregate_v<T>);
    static_assert(detail::member_count<T>() == sizeof...(Field), "a member is not listed");
}

inline constexpr std::string_view hex_digits = "0123456789ABCDEF";

}  // namespace primum::core

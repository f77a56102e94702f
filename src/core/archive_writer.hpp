// SPDX-License-Identifier: MIT
#pragma once

#include "core/archive.hpp"

#include <primum/names.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace primum::core {

class Writer {
public:
    static constexpr bool reads = false;

    template <class... Field>
    void operator()(const Field&... fields) {
        (put(fields), ...);
    }
    // The same of all members of an aggregate.
    template <class Self, class... Field>
    void whole(const Self& /*self*/, const Field&... fields) {
        check_whole<Self, Field...>();
        (put(fields), ...);
    }
    // An enumeration that has no names.
    template <class E>
    void up_to(E value, E /*last*/) {
        put(static_cast<std::underlying_type_t<E>>(value));
    }
    // A container of things that are made, or written, in their own way.
    template <class Container, class Item>
    void sequence(const Container& container, Item item) {
        put(container.size());
        for (const auto& each : container) {
            item(each);
        }
    }
    // `make` gives an empty one.
    template <class Container, class Item, class Make>
    void sequence(const Container& container, Item item, Make /*make*/) {
        sequence(container, item);
    }
    // The same where the container has its size before anything is read.
    template <class Container, class Item>
    void each_of(const Container& container, Item item) {
        sequence(container, item);
    }
    void require(bool /*holds*/) {}
    [[nodiscard]] bool ok() const { return true; }

    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::is_same_v<T, Skipped> || std::is_same_v<T, std::monostate>) {
        } else if constexpr (std::is_same_v<T, bool>) {
            word(value ? "1" : "0");
        } else if constexpr (std::is_enum_v<T>) {
            static_assert(!enum_names<T>.empty(), "has no names: use up_to");
            put(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::is_integral_v<T>) {
            number(value);
        } else if constexpr (std::is_floating_point_v<T>) {
            bits(std::bit_cast<std::uint64_t>(value));
        } else if constexpr (std::is_same_v<T, std::string>) {
            text(value);
        } else if constexpr (detail::is_duration<T>) {
            number(value.count());
        } else if constexpr (detail::is_time_point<T>) {
            number(value.time_since_epoch().count());
        } else {
            put_composed(value);
        }
    }

    template <class T>
    void put_composed(const T& value) {
        if constexpr (detail::is_optional<T>) {
            put(value.has_value());
            if (value) {
                put(*value);
            }
        } else if constexpr (detail::is_array<T>) {
            for (const auto& each : value) {
                put(each);
            }
        } else if constexpr (detail::is_tuple<T>) {
            std::apply([this](auto&... each) { (put(each), ...); }, value);
        } else if constexpr (detail::is_variant<T>) {
            put(value.index());
            std::visit([this](const auto& which) { put(which); }, value);
        } else if constexpr (detail::Keyed<T>) {
            sequence(value, [this](const auto& each) { (*this)(each.first, each.second); });
        } else if constexpr (HasMembers<const T, Writer>) {
            T::members(*this, value);
        } else if constexpr (requires { value.begin(); }) {
            put(value.size());
            for (const typename T::value_type& each : value) {
                put(each);
            }
        } else {
            Members<T>::list(*this, value);
        }
    }

    void word(std::string_view characters) {
        out_ += characters;
        out_ += ' ';
    }
    template <class Integer>
    void number(Integer value) {
        std::array<char, 24> buffer{};
        char* const end = std::to_chars(buffer.data(), buffer.data() + 20, value).ptr;
        *end = ' ';
        out_.append(buffer.data(), static_cast<std::size_t>(end + 1 - buffer.data()));
    }
    void bits(std::uint64_t value) {
        std::array<char, 17> buffer{};
        std::size_t size = 0;
        do {
            buffer[size++] = hex_digits[value >> 60U];
            value <<= 4U;
        } while (value != 0);
        buffer[size++] = ' ';
        out_.append(buffer.data(), size);
    }
    static bool is_plain(char c) {
        return c > ' ' && c <= '~' && c != '%' && c != '"' && c != '\\';
    }
    void text(std::string_view characters) {
        out_ += '=';
        while (!characters.empty()) {
            std::size_t plain = 0;
            while (plain < characters.size() && is_plain(characters[plain])) {
                ++plain;
            }
            out_.append(characters.substr(0, plain));
            characters.remove_prefix(plain);
            if (!characters.empty()) {
                const auto byte = static_cast<unsigned char>(characters.front());
                out_ += '%';
                out_ += hex_digits[byte >> 4U];
                out_ += hex_digits[byte & 0xFU];
                characters.remove_prefix(1);
            }
        }
        out_ += ' ';
    }

    std::string out_;
};

}  // namespace primum::core

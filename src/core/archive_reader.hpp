// SPDX-License-Identifier: MIT
#pragma once

#include "core/archive.hpp"

#include <primum/names.hpp>

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace primum::core {

// Reads what a Writer wrote. What cannot be read fails the whole: everything after it reads as
// nothing, and ok() says so. No text makes it take more memory than in proportion to its length.
class Reader {
public:
    static constexpr bool reads = true;

    explicit Reader(std::string_view text) : rest_(text) {}

    template <class... Field>
    void operator()(Field&&... fields) {
        (get(fields), ...);
    }
    template <class Self, class... Field>
    void whole(Self& /*self*/, Field&&... fields) {
        check_whole<Self, Field...>();
        (get(fields), ...);
    }
    template <class E>
    void up_to(E& value, E last) {
        std::underlying_type_t<E> raw{};
        get(raw);
        require(raw <= static_cast<std::underlying_type_t<E>>(last));
        value = ok_ ? static_cast<E>(raw) : E{};
    }
    template <class Container, class Item>
    void sequence(Container& container, Item item) {
        for (std::size_t left = size(); left > 0 && ok_; --left) {
            item(container.emplace_back());
        }
    }
    template <class Container, class Item, class Make>
    void sequence(Container& container, Item item, Make make) {
        for (std::size_t left = size(); left > 0 && ok_; --left) {
            container.push_back(make());
            item(container.back());
        }
    }
    template <class Container, class Item>
    void each_of(Container& container, Item item) {
        require(size() == container.size());
        for (auto each = container.begin(); each != container.end() && ok_; ++each) {
            item(*each);
        }
    }
    // What must hold of any state that was ever written.
    void require(bool holds) {
        if (!holds) {
            ok_ = false;
            rest_ = {};
        }
    }

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    // A size that what is left can hold.
    std::size_t size() {
        std::size_t count = 0;
        get(count);
        require(count <= rest_.size() + 1);
        return ok_ ? count : 0;
    }

private:
    template <class T>
    void get(T& value) {
        if constexpr (std::is_same_v<T, Skipped> || std::is_same_v<T, std::monostate>) {
        } else if constexpr (std::is_same_v<T, bool>) {
            const std::string_view characters = word();
            require(characters == "0" || characters == "1");
            value = characters == "1";
        } else if constexpr (std::is_enum_v<T>) {
            static_assert(!enum_names<T>.empty(), "has no names: use up_to");
            up_to(value, static_cast<T>(enum_names<T>.size() - 1));
        } else if constexpr (std::is_integral_v<T>) {
            number(value);
        } else if constexpr (std::is_floating_point_v<T>) {
            value = std::bit_cast<T>(bits());
        } else if constexpr (std::is_same_v<T, std::string>) {
            text(value);
        } else if constexpr (detail::is_duration<T>) {
            typename T::rep count = 0;
            number(count);
            value = T{count};
        } else if constexpr (detail::is_time_point<T>) {
            typename T::rep count = 0;
            number(count);
            value = T{typename T::duration{count}};
        } else {
            get_composed(value);
        }
    }

    template <class T>
    void get_composed(T& value) {
        if constexpr (detail::is_optional<T>) {
            bool has_value = false;
            get(has_value);
            if (has_value) {
                get(value.emplace());
            } else {
                value.reset();  // a member's default may be a value
            }
        } else if constexpr (detail::is_array<T>) {
            for (auto& each : value) {
                get(each);
            }
        } else if constexpr (detail::is_tuple<T>) {
            std::apply([this](auto&... each) { (get(each), ...); }, value);
        } else if constexpr (detail::is_variant<T>) {
            std::size_t index = 0;
            get(index);
            require(index < std::variant_size_v<T>);
            get_alternative(value, index);
        } else if constexpr (HasMembers<T, Reader>) {
            T::members(*this, value);
        } else if constexpr (requires { value.begin(); }) {
            get_container(value);
        } else {
            Members<T>::list(*this, value);
        }
    }

    template <class T, std::size_t which = 0>
    void get_alternative(T& value, std::size_t index) {
        if constexpr (which < std::variant_size_v<T>) {
            if (index != which) {
                get_alternative<T, which + 1>(value, index);
            } else if (ok_) {
                get(value.template emplace<which>());
            }
        }
    }

    template <class T>
    void get_container(T& value) {
        value.clear();
        for (std::size_t left = size(); left > 0 && ok_; --left) {
            if constexpr (detail::Keyed<T>) {
                typename T::key_type key{};
                get(key);
                const auto added = value.try_emplace(value.end(), std::move(key));
                get(added->second);
            } else if constexpr (detail::Sorted<T>) {
                typename T::key_type key{};
                get(key);
                value.insert(value.end(), std::move(key));
            } else {
                typename T::value_type item{};
                get(item);
                value.push_back(std::move(item));
            }
        }
    }

    std::string_view word() {
        const std::size_t end = rest_.find(' ');
        require(end != 0 && end != std::string_view::npos);
        if (!ok_) {
            return {};
        }
        const std::string_view characters = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return characters;
    }
    template <class Integer>
    void number(Integer& value) {
        const std::string_view characters = word();
        const char* const end = characters.data() + characters.size();
        const auto [after, error] = std::from_chars(characters.data(), end, value);
        require(!characters.empty() && error == std::errc{} && after == end);
        value = ok_ ? value : Integer{};
    }
    static std::optional<std::uint8_t> digit(char c) {
        if (c >= '0' && c <= '9') {
            return static_cast<std::uint8_t>(c - '0');
        }
        return c >= 'A' && c <= 'F' ? std::optional{static_cast<std::uint8_t>(c - 'A' + 10)}
                                    : std::nullopt;
    }
    std::uint64_t bits() {
        const std::string_view characters = word();
        require(!characters.empty() && characters.size() <= 16);
        std::uint64_t value = 0;
        unsigned shift = 64;
        for (const char c : characters.substr(0, 16)) {
            const auto part = digit(c);
            require(part.has_value());
            shift -= 4;
            value |= std::uint64_t{part.value_or(0)} << shift;
        }
        return ok_ ? value : 0;
    }
    void text(std::string& value) {
        std::string_view characters = word();
        require(characters.starts_with('='));
        value.clear();
        for (std::size_t i = 1; i < characters.size(); ++i) {
            if (characters[i] != '%') {
                value += characters[i];
                continue;
            }
            const auto high = i + 2 < characters.size() ? digit(characters[i + 1]) : std::nullopt;
            const auto low = i + 2 < characters.size() ? digit(characters[i + 2]) : std::nullopt;
            require(high && low);
            value += static_cast<char>(high.value_or(0) << 4U | low.value_or(0));
            i += 2;
        }
    }

    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include "event/json_writer.hpp"

#include <primum/event.hpp>
#include <primum/names.hpp>
#include <primum/time.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace primum::event {

template <class E>
concept NamedEnum = std::is_enum_v<E> && (enum_names<E>.size() > 0);

// Whether `maybe` leaves out what has its default; written, a stamp that is zero is null.
enum class Defaults : std::uint8_t { omit, write };

// The visitor of describe() that writes. Spans and wall times are `NAME_us`. An instant is
// `NAME_us` too, unless the wall clock's distance is given: then it is NAME with both times.
class FieldWriter {
public:
    FieldWriter(JsonWriter& json, Defaults defaults, std::optional<Duration> wall_minus_t = {})
        : json_(json), defaults_(defaults), wall_minus_t_(wall_minus_t) {}

    template <class T>
    void field(std::string_view name, const T& value) {
        if constexpr (std::same_as<T, Duration> || std::same_as<T, WallTime>) {
            key_us(name);
        } else if constexpr (std::same_as<T, Instant>) {
            wall_minus_t_ ? json_.key(name) : key_us(name);
        } else if constexpr (std::same_as<T, Stamp>) {
            json_.key(name);
            stamp(value);
            return;
        } else {
            json_.key(name);
        }
        write(value);
    }

    template <class T>
    void maybe(std::string_view name, const T& value, const T& fallback = T{}) {
        const bool absent = is_default(value, fallback);
        if (absent && defaults_ == Defaults::omit) {
            return;
        }
        if constexpr (std::same_as<T, Stamp> || std::same_as<T, StoredStamp>) {
            if (absent) {
                json_.key(name);
                json_.null();
                return;
            }
        }
        field(name, value);
    }

    // An object of its own.
    template <class T>
    void object(const T& value) {
        json_.begin_object();
        describe(*this, value);
        json_.end_object();
    }

private:
    template <class T>
    static bool is_default(const T& value, const T& fallback) {
        if constexpr (std::same_as<T, StoredStamp>) {
            return value.at == Stamp{} && value.boot_id.empty();
        } else if constexpr (requires(T container) { container.clear(); }) {
            return value.empty();
        } else {
            return value == fallback;
        }
    }

    void key_us(std::string_view name) {
        std::array<char, 64> buffer{};
        const std::size_t length = name.copy(buffer.data(), buffer.size() - 3);
        buffer[length] = '_';
        buffer[length + 1] = 'u';
        buffer[length + 2] = 's';
        json_.key({buffer.data(), length + 3});
    }

    // A stamp has its own wall time: never both forms of its instant.
    void stamp(const Stamp& value) {
        json_.begin_object();
        json_.key("t_us");
        json_.value(to_us(value.t));
        json_.key("wall_us");
        json_.value(to_us(value.wall));
        json_.end_object();
    }

    void write(const std::string& text) { json_.value(std::string_view{text}); }
    void write(bool flag) { json_.value(flag); }
    void write(double number) { json_.value(number); }
    template <std::unsigned_integral T>
    void write(T number) {
        json_.value(std::uint64_t{number});
    }
    template <NamedEnum E>
    void write(E value) {
        json_.value(name_of(value));
    }
    void write(Duration span) { json_.value(std::int64_t{span.count()}); }
    void write(WallTime time) { json_.value(to_us(time)); }
    void write(Instant instant) {
        if (!wall_minus_t_) {
            json_.value(to_us(instant));
            return;
        }
        stamp(Stamp{instant, wall_from_us(to_us(instant) + wall_minus_t_->count())});
    }
    void write(const SampleValue& sample) {
        json_.begin_array();
        json_.value(sample.id);
        json_.value(sample.value);
        json_.end_array();
    }
    void write(const StoredStamp& value) {
        json_.begin_object();
        json_.key("t_us");
        json_.value(to_us(value.at.t));
        json_.key("wall_us");
        json_.value(to_us(value.at.wall));
        json_.key("boot_id");
        json_.value(std::string_view{value.boot_id});
        json_.end_object();
    }
    template <class T>
    void write(const std::optional<T>& value) {
        if (value) {
            write(*value);
        } else {
            json_.null();
        }
    }
    template <class T>
    void write(const std::vector<T>& items) {
        json_.begin_array();
        for (const T& item : items) {
            write(item);
        }
        json_.end_array();
    }
    template <class T, std::size_t n>
    void write(const std::array<T, n>& items) {
        json_.begin_array();
        for (const T& item : items) {
            write(item);
        }
        json_.end_array();
    }
    template <class T>
        requires std::is_class_v<T>
    void write(const T& value) {
        object(value);
    }

    JsonWriter& json_;
    Defaults defaults_;
    std::optional<Duration> wall_minus_t_;
};

}  // namespace primum::event

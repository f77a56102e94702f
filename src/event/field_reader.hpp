// SPDX-License-Identifier: MIT
#pragma once

#include "event/describe_event.hpp"
#include "event/event_json.hpp"
#include "event/field_writer.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include <simdjson.h>

namespace primum::event {

inline std::string_view reason_of(simdjson::error_code code) {
    switch (code) {
        case simdjson::DEPTH_ERROR:
            return "too_deep";
        case simdjson::CAPACITY:
            return "too_long";
        case simdjson::INCORRECT_TYPE:
            return "wrong_type";
        case simdjson::NUMBER_OUT_OF_RANGE:
            return "out_of_range";
        default:
            return "bad_json";
    }
}

// The first error of a line; later ones are not heard.
class Blame {
public:
    void set(std::string_view reason, std::string field) {
        if (!error_) {
            error_ = LineError{std::string{reason}, std::move(field), 0};
        }
    }
    [[nodiscard]] bool any() const { return error_.has_value(); }
    [[nodiscard]] LineError take() { return std::move(*error_); }

private:
    std::optional<LineError> error_;
};

// The visitor of describe() that reads; the counterpart of FieldWriter.
class FieldReader {
public:
    FieldReader(simdjson::dom::object object,
                std::string path,
                const ReadLimits& limits,
                Blame& blame)
        : object_(object), path_(std::move(path)), limits_(limits), blame_(blame) {}

    template <class T>
    void field(std::string_view name, T& value) {
        take(name, value, true);
    }

    template <class T>
    void maybe(std::string_view name, T& value, const T& /*fallback*/ = T{}) {
        take(name, value, false);
    }

    // A member that describe() does not know of; nullopt where it is not there.
    std::optional<simdjson::dom::element> extra(std::string_view name) {
        seen_.push_back(std::string{name});
        simdjson::dom::element element;
        if (object_.at_key(name).get(element) != simdjson::SUCCESS) {
            return std::nullopt;
        }
        ++found_;
        return element;
    }

    // Every member must have been asked for, once.
    void finish() {
        if (blame_.any() || object_.size() == found_) {
            return;
        }
        for (const simdjson::dom::key_value_pair member : object_) {
            if (std::find(seen_.begin(), seen_.end(), member.key) == seen_.end()) {
                blame_.set("unknown_field", join(member.key));
                return;
            }
        }
        blame_.set("duplicate_field", path_);
    }

    template <class T>
    void read(simdjson::dom::element element, T& value, const std::string& path) {
        if (blame_.any()) {
            return;
        }
        if constexpr (NamedEnum<T>) {
            read_enum(element, value, path);
        } else if constexpr (std::same_as<T, bool> || std::same_as<T, double>) {
            read_simple(element, value, path);
        } else if constexpr (std::unsigned_integral<T>) {
            read_unsigned(element, value, path);
        } else if constexpr (std::same_as<T, std::string>) {
            std::string_view text;
            if (good(element.get(text), path)) {
                value.assign(text);
            }
        } else if constexpr (std::same_as<T, Duration>) {
            std::int64_t count = 0;
            read_simple(element, count, path);
            value = Duration{count};
        } else if constexpr (std::same_as<T, Instant> || std::same_as<T, WallTime>) {
            std::int64_t count = 0;
            read_simple(element, count, path);
            value = T{Duration{count}};
        } else if constexpr (std::same_as<T, SampleValue>) {
            read_sample_value(element, value, path);
        } else {
            read_object(element, value, path);
        }
    }

    void read_number(simdjson::dom::element element, double& value, const std::string& path) {
        std::string_view text;
        if (element.get(text) != simdjson::SUCCESS) {
            read_simple(element, value, path);
        } else if (text == "NaN") {
            value = std::numeric_limits<double>::quiet_NaN();
        } else if (text == "+Inf") {
            value = std::numeric_limits<double>::infinity();
        } else if (text == "-Inf") {
            value = -std::numeric_limits<double>::infinity();
        } else {
            blame_.set("wrong_type", path);
        }
    }

    [[nodiscard]] std::string join(std::string_view name) const {
        return path_.empty() ? std::string{name} : fmt::format("{}.{}", path_, name);
    }

private:
    template <class T>
    void take(std::string_view name, T& value, bool must) {
        if (blame_.any()) {
            return;
        }
        constexpr bool in_us =
            std::same_as<T, Duration> || std::same_as<T, WallTime> || std::same_as<T, Instant>;
        const std::string full = in_us ? fmt::format("{}_us", name) : std::string{name};
        const std::optional<simdjson::dom::element> element = extra(full);
        if (!element) {
            if (must) {
                blame_.set("missing_field", join(full));
            }
            return;
        }
        if constexpr (std::same_as<T, double>) {
            read_number(*element, value, join(full));
        } else {
            read_any(*element, value, join(full));
        }
    }

    template <class T>
    void read_any(simdjson::dom::element element, T& value, const std::string& path) {
        read(element, value, path);
    }
    template <class T>
    void read_any(simdjson::dom::element element, std::vector<T>& items, const std::string& path) {
        simdjson::dom::array array;
        if (!good(element.get(array), path)) {
            return;
        }
        if (array.size() > limits_.elements) {
            blame_.set("too_many", path);
            return;
        }
        items.reserve(array.size());
        for (const simdjson::dom::element item : array) {
            if (blame_.any()) {
                return;
            }
            items.emplace_back();
            read(item, items.back(), path);
        }
    }
    template <class T, std::size_t n>
    void read_any(simdjson::dom::element element,
                  std::array<T, n>& items,
                  const std::string& path) {
        simdjson::dom::array array;
        if (!good(element.get(array), path)) {
            return;
        }
        if (array.size() != n) {
            blame_.set("wrong_type", path);
            return;
        }
        for (std::size_t i = 0; i < n; ++i) {
            read(array.at(i).value_unsafe(), items[i], path);
        }
    }

    bool good(simdjson::error_code code, const std::string& path) {
        if (code != simdjson::SUCCESS) {
            blame_.set(reason_of(code), path);
        }
        return code == simdjson::SUCCESS;
    }

    template <class T>
    void read_simple(simdjson::dom::element element, T& value, const std::string& path) {
        static_cast<void>(good(element.get(value), path));
    }

    template <class T>
    void read_unsigned(simdjson::dom::element element, T& value, const std::string& path) {
        std::uint64_t number = 0;
        if (!good(element.get(number), path)) {
            return;
        }
        if (number > std::numeric_limits<T>::max()) {
            blame_.set("out_of_range", path);
            return;
        }
        value = static_cast<T>(number);
    }

    template <class E>
    void read_enum(simdjson::dom::element element, E& value, const std::string& path) {
        std::string_view text;
        if (!good(element.get(text), path)) {
            return;
        }
        const std::optional<E> named = from_name<E>(text);
        if (!named) {
            blame_.set("out_of_range", path);
            return;
        }
        value = *named;
    }

    void read_sample_value(simdjson::dom::element element,
                           SampleValue& value,
                           const std::string& path) {
        simdjson::dom::array pair;
        if (!good(element.get(pair), path)) {
            return;
        }
        if (pair.size() != 2) {
            blame_.set("wrong_type", path);
            return;
        }
        read(pair.at(0).value_unsafe(), value.id, path);
        read_number(pair.at(1).value_unsafe(), value.value, path);
    }

    template <class T>
    void read_object(simdjson::dom::element element, T& value, const std::string& path) {
        simdjson::dom::object object;
        if (!good(element.get(object), path)) {
            return;
        }
        FieldReader fields{object, path, limits_, blame_};
        describe(fields, value);
        fields.finish();
    }

    simdjson::dom::object object_;
    std::string path_;
    const ReadLimits& limits_;
    Blame& blame_;
    std::vector<std::string> seen_;
    std::size_t found_ = 0;
};

}  // namespace primum::event

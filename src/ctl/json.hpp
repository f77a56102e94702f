// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

namespace primum::ctl {

// One value of a JSON document, read forgivingly: what is missing or of another type is empty.
// Valid while its Document lives.
class Json {
public:
    Json() = default;
    explicit Json(simdjson::dom::element element) : element_(element) {}

    // A member of an object.
    [[nodiscard]] Json operator[](std::string_view key) const;
    // A member of any depth: "host.ledger_healthy".
    [[nodiscard]] Json at(std::string_view path) const;

    [[nodiscard]] bool present() const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t number() const;
    [[nodiscard]] bool flag() const;
    [[nodiscard]] std::vector<Json> items() const;
    // Of an object, in its order.
    [[nodiscard]] std::vector<std::pair<std::string, Json>> members() const;
    // The value as JSON, without blanks; "null" where there is none.
    [[nodiscard]] std::string raw() const;
    // Of an instant {"t_us":…,"wall_us":…} or a plain count of microseconds; nullopt where there
    // is none or it is 0.
    [[nodiscard]] std::optional<WallTime> wall() const;
    [[nodiscard]] Duration span() const { return Duration{number()}; }

private:
    std::optional<simdjson::dom::element> element_;
};

// The JSON with nothing but what it says: no blanks, numbers in their shortest form. Empty where it
// is none.
[[nodiscard]] std::string canonical(const std::string& json);

// Owns a parsed document.
class Document {
public:
    // nullopt when `text` is no JSON object with `"v":1`.
    [[nodiscard]] static std::optional<Document> parse(std::string_view text);

    [[nodiscard]] Json root() const { return root_; }
    // When the document was made.
    [[nodiscard]] WallTime now() const;

private:
    Document() = default;

    std::unique_ptr<simdjson::dom::parser> parser_;
    Json root_;
};

}  // namespace primum::ctl

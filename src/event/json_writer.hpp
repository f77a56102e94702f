// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace primum::event {

// Appends `text` as a JSON string, quotes included. Control characters are escaped; each byte that
// is not part of valid UTF-8 becomes U+FFFD.
void append_string(std::string& out, std::string_view text);

// Appends the shortest decimal that reads back as the same double; "NaN", "+Inf" and "-Inf" as
// strings. The sign of zero is kept.
void append_double(std::string& out, double value);

// Writes JSON into a string that the caller owns; commas and quotes are its business, matching
// begin and end the caller's. Allocates only by growing that string.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object();
    void end_object();
    void begin_array();
    void end_array();
    // A member's name; exactly one value, object or array must follow.
    void key(std::string_view name);

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view{text}); }
    void value(bool flag);
    void value(double number);
    void value(std::int64_t number);
    void value(std::uint64_t number);
    void value(std::int32_t number) { value(std::int64_t{number}); }
    void value(std::uint32_t number) { value(std::uint64_t{number}); }
    void null();
    // Appends one complete JSON value as it is.
    void raw(std::string_view json);

private:
    void separate();

    std::string& out_;
    bool comma_ = false;
};

}  // namespace primum::event

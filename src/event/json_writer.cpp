// SPDX-License-Identifier: MIT
#include "event/json_writer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <iterator>

namespace primum::event {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

unsigned char byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

// Length of the valid UTF-8 sequence that begins at `i`, or 0 (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t i) {
    const unsigned char lead = byte_at(text, i);
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return 0;
    }
    const std::size_t length = lead < 0xE0 ? 2U : lead < 0xF0 ? 3U : 4U;
    if (text.size() - i < length) {
        return 0;
    }
    const unsigned char second = byte_at(text, i + 1);
    const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) {
        return 0;
    }
    for (std::size_t k = 2; k < length; ++k) {
        if ((byte_at(text, i + k) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return length;
}

void append_ascii(std::string& out, unsigned char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\r':
            out += "\\r";
            return;
        default:
            break;
    }
    if (c < 0x20 || c == 0x7F) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
        out += static_cast<char>(c);
    }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text, i);
        if (length == 0) {
            out += replacement;
            ++i;
        } else if (length == 1) {
            append_ascii(out, byte_at(text, i));
            ++i;
        } else {
            out += text.substr(i, length);
            i += length;
        }
    }
    out += '"';
}

void append_double(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "\"NaN\"";
    } else if (std::isinf(value)) {
        out += value > 0 ? "\"+Inf\"" : "\"-Inf\"";
    } else if (value == 0 && std::signbit(value)) {
        out += "-0.0";
    } else {
        fmt::format_to(std::back_inserter(out), "{}", value);
    }
}

void JsonWriter::separate() {
    if (comma_) {
        out_ += ',';
    }
    comma_ = true;
}

void JsonWriter::begin_object() {
    separate();
    out_ += '{';
    comma_ = false;
}

void JsonWriter::end_object() {
    out_ += '}';
    comma_ = true;
}

void JsonWriter::begin_array() {
    separate();
    out_ += '[';
    comma_ = false;
}

void JsonWriter::end_array() {
    out_ += ']';
    comma_ = true;
}

void JsonWriter::key(std::string_view name) {
    separate();
    append_string(out_, name);
    out_ += ':';
    comma_ = false;
}

void JsonWriter::value(std::string_view text) {
    separate();
    append_string(out_, text);
}

void JsonWriter::value(bool flag) {
    separate();
    out_ += flag ? "true" : "false";
}

void JsonWriter::value(double number) {
    separate();
    append_double(out_, number);
}

void JsonWriter::value(std::int64_t number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::value(std::uint64_t number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::null() {
    separate();
    out_ += "null";
}

void JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
}

}  // namespace primum::event

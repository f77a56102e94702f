// SPDX-License-Identifier: MIT
#include "http/html.hpp"

#include <primum/check.hpp>

#include <cstddef>
#include <cstdint>

namespace primum::http {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct Character {
    std::size_t length = 1;
    std::uint32_t code = 0;
    bool valid = false;
};

// The first character of `text`, which is not empty (RFC 3629, 4).
Character first_of(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(text[i])};
    };
    const auto lead = byte(0);
    if (lead < 0x80) {
        return {1, lead, true};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {};
    }
    auto code = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return {};
        }
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    const bool valid = code >= least[length] && code <= 0x10FFFF && !surrogate;
    return valid ? Character{length, code, true} : Character{};
}

bool may_stand(std::uint32_t code) {
    return code == '\n' || code == '\t' ||
           (code >= 0x20 && (code < 0x7F || code >= 0xA0) && !(code >= 0x202A && code <= 0x202E) &&
            !(code >= 0x2066 && code <= 0x2069));
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto character = first_of(text);
        const auto piece = text.substr(0, character.length);
        text.remove_prefix(character.length);
        if (!character.valid || !may_stand(character.code)) {
            out += replacement;
            continue;
        }
        switch (character.code) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += piece;
        }
    }
}

std::string url_segment(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        }
    }
    return out;
}

void Html::begin(std::string_view tag, Attributes attributes) {
    out_ += '<';
    out_ += tag;
    for (const auto& [name, value] : attributes) {
        out_ += ' ';
        out_ += name;
        out_ += "=\"";
        append_escaped(out_, value);
        out_ += '"';
    }
}

Html& Html::open(std::string_view tag, Attributes attributes) {
    begin(tag, attributes);
    out_ += '>';
    open_.push_back(tag);
    return *this;
}

Html& Html::close() {
    PRIMUM_CHECK(!open_.empty());
    out_ += "</";
    out_ += open_.back();
    out_ += ">\n";
    open_.pop_back();
    return *this;
}

Html& Html::text(std::string_view text) {
    append_escaped(out_, text);
    return *this;
}

Html& Html::element(std::string_view tag, Attributes attributes, std::string_view text) {
    begin(tag, attributes);
    out_ += '>';
    append_escaped(out_, text);
    out_ += "</";
    out_ += tag;
    out_ += '>';
    return *this;
}

Html& Html::empty(std::string_view tag, Attributes attributes) {
    begin(tag, attributes);
    out_ += "/>";
    return *this;
}

Html& Html::append(const std::string& html) {
    out_ += html;
    return *this;
}

Html& Html::doctype() {
    out_ += "<!doctype html>\n";
    return *this;
}

std::string Html::take() {
    PRIMUM_CHECK(open_.empty());
    return std::move(out_);
}

}  // namespace primum::http

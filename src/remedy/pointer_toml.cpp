// SPDX-License-Identifier: MIT
#include "remedy/pointer_text.hpp"
#include "rules/toml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

// The library loses comments and order, so it only says where a value stands and what it means.
namespace primum::remedy {
namespace {

using rules::Node;

FindResult refuse(std::string message) {
    return fail(TextError{std::move(message)});
}

Result<Node, TextError> parse(std::string_view text) {
    rules::ErrorList errors;
    const auto file = errors.add_file({});
    auto node = rules::read_toml(text, file, errors);
    if (!node) {
        return fail(TextError{"it is no TOML: " + rules::format_error(errors.take().front())});
    }
    return std::move(*node);
}

const Node* find_node(const Node& root, const std::vector<std::string>& parts) {
    const Node* at = &root;
    for (const std::string& part : parts) {
        const rules::Member* member =
            at->kind == Node::Kind::table ? rules::find_member(*at, part) : nullptr;
        if (member == nullptr) {
            return nullptr;
        }
        at = &member->value;
    }
    return at;
}

// The byte at which a character of a line stands; columns count characters.
std::optional<std::size_t> offset_of(std::string_view text, const rules::Place& place) {
    std::size_t at = 0;
    for (std::uint32_t line = 1; line < place.line; ++line) {
        const auto end = text.find('\n', at);
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        at = end + 1;
    }
    for (std::uint32_t column = 1; column < place.column && at < text.size(); ++column) {
        do {
            ++at;
        } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
    }
    return at < text.size() ? std::optional{at} : std::nullopt;
}

// Behind the closing quote of the string that begins at `at`, on the same line.
std::optional<std::size_t> end_of_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
        if (text[i] == '\\' && quote == '"') {
            ++i;
        } else if (text[i] == quote) {
            return i + 1;
        }
    }
    return std::nullopt;
}

bool means(std::string_view token, std::string_view value) {
    const auto node = parse("x = " + std::string{token} + "\n");
    return node && node->members.size() == 1 && node->members[0].value.kind == Node::Kind::string &&
           node->members[0].value.text == value;
}

bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20U && c != '\t') || c == '\x7f';
}

// The same but for places; `but` is not looked at.
bool same(const Node& a, const Node& b, const Node* but) {
    if (&a == but) {
        return true;
    }
    if (a.kind != b.kind || a.is_inline != b.is_inline || a.boolean != b.boolean ||
        a.integer != b.integer || a.text != b.text || a.items.size() != b.items.size() ||
        a.members.size() != b.members.size() ||
        (a.number != b.number && (a.number == a.number || b.number == b.number))) {
        return false;
    }
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!same(a.items[i], b.items[i], but)) {
            return false;
        }
    }
    for (std::size_t i = 0; i < a.members.size(); ++i) {
        if (a.members[i].key != b.members[i].key ||
            !same(a.members[i].value, b.members[i].value, but)) {
            return false;
        }
    }
    return true;
}

}  // namespace

FindResult find_in_toml(std::string_view text, std::string_view key) {
    const auto parts = key_parts(key);
    if (parts.empty()) {
        return refuse("the key has an empty part");
    }
    const auto root = parse(text);
    if (!root) {
        return fail(root.error());
    }
    const Node* node = find_node(*root, parts);
    if (node == nullptr) {
        return refuse(std::string{key} + " is not in it");
    }
    const std::string line = fmt::format("line {}: ", node->at.line);
    if (node->kind != Node::Kind::string) {
        return refuse(line + "the value is no text");
    }
    const auto begin = offset_of(text, node->at);
    if (!begin || (text[*begin] != '"' && text[*begin] != '\'')) {
        return refuse(line + "the value is not found in the text");
    }
    if (text.substr(*begin).starts_with(R"(""")") || text.substr(*begin).starts_with("'''")) {
        return refuse(line + "the value is a text of several lines");
    }
    const auto end = end_of_string(text, *begin);
    if (!end || !means(text.substr(*begin, *end - *begin), node->text)) {
        return refuse(line + "the value is not found in the text");
    }
    return FoundValue{*begin, *end, node->text};
}

WriteResult write_for_toml(std::string_view value, std::string_view old) {
    const bool plain = std::none_of(value.begin(), value.end(), is_control);
    if (old.starts_with('\'') && plain && value.find('\'') == std::string_view::npos) {
        return fmt::format("'{}'", value);
    }
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (is_control(c)) {
            out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

bool same_toml_but(std::string_view key, std::string_view a, std::string_view b) {
    const auto one = parse(a);
    const auto other = parse(b);
    return one && other && same(*one, *other, find_node(*one, key_parts(key)));
}

}  // namespace primum::remedy

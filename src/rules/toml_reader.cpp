// SPDX-License-Identifier: MIT
#include "rules/toml_reader.hpp"

#include "rules/loader.hpp"

#include <fmt/format.h>

#include <exception>
#include <string>
#include <utility>

// An assertion of the library must not end the daemon; only this file includes it.
#define TOML_ASSERT(expr) static_cast<void>(0)
#include <toml++/toml.h>

namespace primum::rules {
namespace {

// Follows strings and comments only as far as counting needs it. Where the text is not TOML at all
// its answer does not matter: the library then stops by itself.
class NestingScan {
public:
    explicit NestingScan(std::string_view text) : text_(text) {}

    // What is too deep, or empty; `place()` then says where.
    std::string_view run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                skip_comment();
            } else if (c == '"' || c == '\'') {
                skip_string(c);
            } else {
                if (const std::string_view why = count(c); !why.empty()) {
                    return why;
                }
                step();
            }
        }
        return {};
    }

    [[nodiscard]] Place place(std::uint32_t file) const { return Place{file, line_, column_}; }

private:
    std::string_view count(char c) {
        switch (c) {
            case '[':
            case '{':
                parts_ = 0;
                return ++depth_ > max_nesting ? "the nesting is too deep (at most 16)"
                                              : std::string_view{};
            case ']':
            case '}':
                depth_ -= depth_ > 0 ? 1 : 0;
                parts_ = 0;
                return {};
            case '=':
            case ',':
            case '\n':
                parts_ = 0;
                return {};
            case '.':
                return ++parts_ >= max_key_parts ? "the key has too many parts (at most 16)"
                                                 : std::string_view{};
            default:
                return {};
        }
    }

    void step() {
        const auto byte = static_cast<unsigned char>(text_[at_++]);
        if (byte == '\n') {
            ++line_;
            column_ = 1;
        } else if ((byte & 0xC0U) != 0x80U) {  // not a continuation byte: columns are characters
            ++column_;
        }
    }

    void step_by(std::size_t n) {
        for (; n > 0 && at_ < text_.size(); --n) {
            step();
        }
    }

    void skip_comment() {
        while (at_ < text_.size() && text_[at_] != '\n') {
            step();
        }
    }

    void skip_string(char quote) {
        const std::string triple(3, quote);
        const bool many_lines = text_.substr(at_).starts_with(triple);
        step_by(many_lines ? 3 : 1);
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\\' && quote == '"') {
                step_by(2);
            } else if (many_lines ? text_.substr(at_).starts_with(triple) : c == quote) {
                step_by(many_lines ? 3 : 1);
                return;
            } else if (c == '\n' && !many_lines) {
                return;
            } else {
                step();
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t parts_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t column_ = 1;
};

Place place_of(const toml::source_region& region, std::uint32_t file) {
    return Place{file, region.begin.line, region.begin.column};
}

Node to_node(const toml::node& from, std::uint32_t file);

void add_members(const toml::table& table, std::uint32_t file, Node& to) {
    to.is_inline = table.is_inline();
    to.members.reserve(table.size());
    for (const auto& [key, value] : table) {  // sorted: the library keeps them in a map
        to.members.push_back(
            Member{std::string{key.str()}, place_of(key.source(), file), to_node(value, file)});
    }
}

Node to_node(const toml::node& from, std::uint32_t file) {
    Node to;
    to.at = place_of(from.source(), file);
    if (const auto* table = from.as_table()) {
        add_members(*table, file, to);
    } else if (const auto* array = from.as_array()) {
        to.kind = Node::Kind::array;
        to.items.reserve(array->size());
        for (const toml::node& item : *array) {
            to.items.push_back(to_node(item, file));
        }
    } else if (const auto* text = from.as_string()) {
        to.kind = Node::Kind::string;
        to.text = text->get();
    } else if (const auto* integer = from.as_integer()) {
        to.kind = Node::Kind::integer;
        to.integer = integer->get();
        to.number = static_cast<double>(to.integer);
    } else if (const auto* number = from.as_floating_point()) {
        to.kind = Node::Kind::number;
        to.number = number->get();
    } else if (const auto* boolean = from.as_boolean()) {
        to.kind = Node::Kind::boolean;
        to.boolean = boolean->get();
    } else {
        to.kind = Node::Kind::date;
    }
    return to;
}

}  // namespace

std::optional<Node> read_toml(std::string_view text, std::uint32_t file, ErrorList& errors) {
    if (text.size() > max_file_bytes) {
        errors.add(
            Place{file, 0, 0},
            {},
            fmt::format(
                "the file has {} bytes, more than {}; split it", text.size(), max_file_bytes));
        return std::nullopt;
    }
    NestingScan scan{text};
    if (const std::string_view why = scan.run(); !why.empty()) {
        errors.add(scan.place(file), {}, why);
        return std::nullopt;
    }
    try {
        const toml::table table = toml::parse(text);
        return to_node(table, file);
    } catch (const toml::parse_error& error) {
        errors.add(
            place_of(error.source(), file), {}, fmt::format("syntax: {}", error.description()));
    } catch (const std::exception& error) {
        errors.add(Place{file, 0, 0}, {}, fmt::format("cannot be read: {}", error.what()));
    }
    return std::nullopt;
}

}  // namespace primum::rules

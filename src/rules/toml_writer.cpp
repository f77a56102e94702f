// SPDX-License-Identifier: MIT
#include "rules/rule_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace primum::rules {
namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string quoted(std::string_view text) {
    const bool plain = std::none_of(text.begin(), text.end(), is_control);
    if (plain && text.find_first_of("\"\\") != std::string_view::npos &&
        text.find('\'') == std::string_view::npos) {
        return fmt::format("'{}'", text);
    }
    std::string out = "\"";
    for (const char c : text) {
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

std::string key_text(std::string_view key) {
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
    return bare ? std::string{key} : quoted(key);
}

// With a point or an exponent, so that it is read as a number and not as an integer.
std::string number_text(double number) {
    std::string text = fmt::format("{}", number);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

bool has_heading(const Node& value) {
    return value.kind == Node::Kind::table && !value.is_inline;
}

bool has_tables(const Node& value) {
    return value.kind == Node::Kind::array && !value.items.empty() &&
           value.items.front().kind == Node::Kind::table;
}

class Writer {
public:
    explicit Writer(const Remark& remark) : remark_(remark) {}

    // `heading` in TOML, `path` as Places has it.
    void write(const Node& table, const std::string& heading, const std::string& path) {
        const bool own = std::any_of(table.members.begin(),
                                     table.members.end(),
                                     [](const Member& each) { return !has_heading(each.value); });
        if (!heading.empty() && (own || table.members.empty())) {
            out += fmt::format("{}[{}]{}\n", out.empty() ? "" : "\n", heading, comment(path));
        }
        for (const Member& member : table.members) {
            if (!has_heading(member.value)) {
                write_member(member, below(path, member.key));
            }
        }
        for (const Member& member : table.members) {
            if (has_heading(member.value)) {
                write(member.value, below(heading, key_text(member.key)), below(path, member.key));
            }
        }
    }

    std::string out;

private:
    static std::string below(const std::string& path, const std::string& key) {
        return path.empty() ? key : fmt::format("{}.{}", path, key);
    }

    std::string comment(const std::string& path) {
        const std::string text = remark_ ? remark_(path) : std::string{};
        return text.empty() ? text : fmt::format("  # {}", text);
    }

    // The remarks on members of an inline table, whose own key was written.
    void gather(const Node& value, const std::string& path, std::vector<std::string>& found) {
        for (const Member& member : value.members) {
            const std::string each = below(path, member.key);
            const std::string text = remark_ ? remark_(each) : std::string{};
            if (!text.empty()) {
                found.push_back(fmt::format("{}: {}", member.key, text));
            } else if (member.value.kind == Node::Kind::table) {
                gather(member.value, each, found);
            }
        }
    }

    std::string comment_below(const Node& value, const std::string& path) {
        std::vector<std::string> found;
        gather(value, path, found);
        return found.empty() ? std::string{} : fmt::format("  # {}", fmt::join(found, ", "));
    }

    void write_member(const Member& member, const std::string& path) {
        if (!has_tables(member.value)) {
            const std::string own = comment(path);
            out += fmt::format("{} = {}{}\n",
                               key_text(member.key),
                               value_text(member.value),
                               own.empty() ? comment_below(member.value, path) : own);
            return;
        }
        out += fmt::format("{} = [{}\n", key_text(member.key), comment(path));
        for (std::size_t i = 0; i < member.value.items.size(); ++i) {
            const Node& item = member.value.items[i];
            out += fmt::format("    {},{}\n",
                               value_text(item),
                               comment_below(item, fmt::format("{}[{}]", path, i)));
        }
        out += "]\n";
    }

    const Remark& remark_;
};

}  // namespace

std::string value_text(const Node& value) {
    std::vector<std::string> parts;
    switch (value.kind) {
        case Node::Kind::string:
            return quoted(value.text);
        case Node::Kind::integer:
            return std::to_string(value.integer);
        case Node::Kind::number:
            return number_text(value.number);
        case Node::Kind::boolean:
            return value.boolean ? "true" : "false";
        case Node::Kind::date:
            return value.text;
        case Node::Kind::array:
            for (const Node& item : value.items) {
                parts.push_back(value_text(item));
            }
            return fmt::format("[{}]", fmt::join(parts, ", "));
        case Node::Kind::table:
            break;
    }
    for (const Member& member : value.members) {
        parts.push_back(fmt::format("{} = {}", key_text(member.key), value_text(member.value)));
    }
    return parts.empty() ? "{}" : fmt::format("{{ {} }}", fmt::join(parts, ", "));
}

std::string toml_text(const Node& document, const Remark& remark) {
    Writer writer{remark};
    writer.write(document, "", "");
    return std::move(writer.out);
}

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "rules/substitution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace primum::rules {
namespace {

bool is_reference_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void add_text(std::vector<StringPart>& parts, std::string_view text) {
    if (text.empty()) {
        return;
    }
    if (parts.empty() || parts.back().is_reference) {
        parts.push_back(StringPart{});
    }
    parts.back().text += text;
}

}  // namespace

Result<std::vector<StringPart>, std::string> parts_of(std::string_view text) {
    std::vector<StringPart> parts;
    while (!text.empty()) {
        const auto mark = text.find("${");
        if (mark == std::string_view::npos) {
            add_text(parts, text);
            break;
        }
        if (mark > 0 && text[mark - 1] == '$') {
            add_text(parts, text.substr(0, mark - 1));
            add_text(parts, "${");
            text.remove_prefix(mark + 2);
            continue;
        }
        add_text(parts, text.substr(0, mark));
        const auto end = text.find('}', mark);
        if (end == std::string_view::npos) {
            return fail(std::string{"a \"${\" has no \"}\"; write \"$${\" for the text itself"});
        }
        const std::string_view name = text.substr(mark + 2, end - mark - 2);
        if (name.empty() || !std::all_of(name.begin(), name.end(), is_reference_char)) {
            return fail(
                fmt::format("\"${{{}}}\" names no parameter: letters, digits and '_' are "
                            "allowed; write \"$${{\" for the text itself",
                            name));
        }
        parts.push_back(StringPart{std::string{name}, true});
        text.remove_prefix(end + 1);
    }
    return parts;
}

Result<std::string, std::string> text_of(const Node& value) {
    switch (value.kind) {
        case Node::Kind::string:
            return value.text;
        case Node::Kind::integer:
            return fmt::format("{}", value.integer);
        case Node::Kind::number:
            return fmt::format("{}", value.number);
        case Node::Kind::boolean:
            return std::string{value.boolean ? "true" : "false"};
        default:
            return fail(fmt::format("{} cannot stand within a string", kind_name(value.kind)));
    }
}

Result<Node, std::string> substituted(const Node& from, const ValueOf& value_of) {
    if (from.text.find("${") == std::string::npos) {
        return from;
    }
    auto parts = parts_of(from.text);
    if (!parts) {
        return fail(std::move(parts.error()));
    }
    Node out = from;
    out.text.clear();
    for (const StringPart& part : *parts) {
        if (!part.is_reference) {
            out.text += part.text;
            continue;
        }
        const Node* value = value_of(part.text);
        if (value == nullptr) {
            return fail(fmt::format("parameter \"{}\" has no value", part.text));
        }
        if (parts->size() == 1) {
            return *value;
        }
        const auto text = text_of(*value);
        if (!text) {
            return fail(fmt::format("parameter \"{}\": {}", part.text, text.error()));
        }
        out.text += *text;
        if (out.text.size() > max_substituted_bytes) {
            break;
        }
    }
    if (out.text.size() > max_substituted_bytes) {
        return fail(
            fmt::format("with its parameters the string is longer than {}", max_substituted_bytes));
    }
    return out;
}

}  // namespace primum::rules

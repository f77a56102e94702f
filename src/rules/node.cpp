// SPDX-License-Identifier: MIT
#include "rules/node.hpp"

#include <algorithm>
#include <utility>

namespace primum::rules {

std::string_view kind_name(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::table:
            return "a table";
        case Node::Kind::array:
            return "an array";
        case Node::Kind::string:
            return "a string";
        case Node::Kind::integer:
            return "a whole number";
        case Node::Kind::number:
            return "a number";
        case Node::Kind::boolean:
            return "a boolean";
        case Node::Kind::date:
            return "a date or time";
    }
    return "a value";
}

const Member* find_member(const Node& table, std::string_view key) {
    const auto found =
        std::lower_bound(table.members.begin(),
                         table.members.end(),
                         key,
                         [](const Member& member, std::string_view k) { return member.key < k; });
    return found != table.members.end() && found->key == key ? &*found : nullptr;
}

void merge_over(Node& base, Node&& over) {
    for (Member& member : over.members) {
        const auto found =
            std::lower_bound(base.members.begin(),
                             base.members.end(),
                             member.key,
                             [](const Member& m, const std::string& key) { return m.key < key; });
        if (found == base.members.end() || found->key != member.key) {
            base.members.insert(found, std::move(member));
        } else if (found->value.kind == Node::Kind::table &&
                   member.value.kind == Node::Kind::table && !member.value.is_inline) {
            merge_over(found->value, std::move(member.value));
        } else {
            *found = std::move(member);
        }
    }
}

}  // namespace primum::rules

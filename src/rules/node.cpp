// SPDX-License-Identifier: MIT
#include "rules/node.hpp"

#include <algorithm>
#include <utility>

namespace primum::rules {
namespace {

// Where `key` is among sorted members, or would be put.
template <class Members>
auto place_for(Members& members, std::string_view key) {
    return std::lower_bound(
        members.begin(), members.end(), key, [](const Member& member, std::string_view k) {
            return member.key < k;
        });
}

}  // namespace

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
    const auto found = place_for(table.members, key);
    return found != table.members.end() && found->key == key ? &*found : nullptr;
}

Member* find_member(Node& table, std::string_view key) {
    const auto found = place_for(table.members, key);
    return found != table.members.end() && found->key == key ? &*found : nullptr;
}

const Node* find_table(const Node& table, std::string_view key) {
    const Member* member = find_member(table, key);
    return member != nullptr && member->value.kind == Node::Kind::table ? &member->value : nullptr;
}

Node* find_table(Node& table, std::string_view key) {
    Member* member = find_member(table, key);
    return member != nullptr && member->value.kind == Node::Kind::table ? &member->value : nullptr;
}

void merge_over(Node& base, Node&& over) {
    for (Member& member : over.members) {
        const auto found = place_for(base.members, member.key);
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

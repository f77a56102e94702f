// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A TOML document as plain values that know where they stand.
namespace primum::rules {

struct Place {
    std::uint32_t file = 0;  // index given by ErrorList::add_file
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    bool operator==(const Place&) const = default;
};

struct Member;

struct Node {
    enum class Kind : std::uint8_t { table, array, string, integer, number, boolean, date };

    Kind kind = Kind::table;
    bool is_inline = false;  // a table written { ... }: one value, replaced as a whole
    bool boolean = false;
    std::int64_t integer = 0;
    double number = 0;
    std::string text;
    std::vector<Node> items;      // of an array
    std::vector<Member> members;  // of a table, sorted by key
    Place at;
};

struct Member {
    std::string key;
    Place at;  // of the key
    Node value;
};

// "a table", "a string", ...
[[nodiscard]] std::string_view kind_name(Node::Kind kind);

// nullptr: no such key.
[[nodiscard]] const Member* find_member(const Node& table, std::string_view key);
[[nodiscard]] Member* find_member(Node& table, std::string_view key);
// The table at `key`; nullptr when it is absent or no table.
[[nodiscard]] const Node* find_table(const Node& table, std::string_view key);
[[nodiscard]] Node* find_table(Node& table, std::string_view key);

// Lays `over` on `base`, both tables, key by key: tables are merged, every other value (an inline
// table and an array included) is replaced.
void merge_over(Node& base, Node&& over);

}  // namespace primum::rules

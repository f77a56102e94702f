// SPDX-License-Identifier: MIT
#include "rules/node.hpp"

#include "rules/toml_reader.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

Node tree_of(std::string_view text, std::uint32_t file = 0) {
    ErrorList errors;
    errors.add_file("a");
    errors.add_file("b");
    auto tree = read_toml(text, file, errors);
    EXPECT_TRUE(tree) << text;
    return tree ? *std::move(tree) : Node{};
}

const Node* at(const Node& tree, std::initializer_list<std::string_view> path) {
    const Node* node = &tree;
    for (const std::string_view key : path) {
        const Member* member = find_member(*node, key);
        if (member == nullptr) {
            return nullptr;
        }
        node = &member->value;
    }
    return node;
}

TEST(NodeTest, MergesKeyByKey) {
    Node base = tree_of("[t.a]\nx = 1\ny = 2\n[t.b]\nz = 3\n");
    merge_over(base, tree_of("[t.a]\ny = 20\nnew = 4\n[t.c]\nw = 5\n", 1));
    EXPECT_EQ(at(base, {"t", "a", "x"})->integer, 1);
    EXPECT_EQ(at(base, {"t", "a", "y"})->integer, 20);
    EXPECT_EQ(at(base, {"t", "a", "y"})->at, (Place{1, 2, 5}));
    EXPECT_EQ(at(base, {"t", "a", "new"})->integer, 4);
    EXPECT_EQ(at(base, {"t", "b", "z"})->integer, 3);
    EXPECT_EQ(at(base, {"t", "c", "w"})->integer, 5);
}

TEST(NodeTest, ReplacesInlineTablesAndArraysAsAWhole) {
    Node base = tree_of("v = { gauge = 'a', x = 1 }\nl = [1, 2]\n");
    merge_over(base, tree_of("v = { rate = 'b' }\nl = [3]\n", 1));
    EXPECT_EQ(at(base, {"v", "gauge"}), nullptr);
    EXPECT_EQ(at(base, {"v", "rate"})->text, "b");
    EXPECT_EQ(at(base, {"l"})->items.size(), 1U);
}

TEST(NodeTest, ReplacesAValueOfAnotherKind) {
    Node base = tree_of("a = 1\n[b]\nx = 1\n");
    merge_over(base, tree_of("b = 2\n[a]\ny = 1\n", 1));
    EXPECT_EQ(at(base, {"a", "y"})->integer, 1);
    EXPECT_EQ(at(base, {"b"})->integer, 2);
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "rules/rule_tree.hpp"
#include "rules/toml_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::rules {
namespace {

TEST(TomlWriterTest, WritesValuesOnOneLine) {
    EXPECT_EQ(value_text(text_node("a \"b\"")), "'a \"b\"'");
    EXPECT_EQ(value_text(text_node("a \"b\" 'c' \\ \n")), "\"a \\\"b\\\" 'c' \\\\ \\u000A\"");
    EXPECT_EQ(value_text(number_node(5)), "5");
    EXPECT_EQ(value_text(number_node(0.25)), "0.25");
    EXPECT_EQ(value_text(flag_node(true)), "true");
    EXPECT_EQ(value_text(list_node({"a", "b"})), "[\"a\", \"b\"]");
    EXPECT_EQ(value_text(table_node(true)), "{}");
    Node number;
    number.kind = Node::Kind::number;
    number.number = 5;
    EXPECT_EQ(value_text(number), "5.0") << "a number stays a number";
}

TEST(TomlWriterTest, QuotesKeysThatAreNotBare) {
    Node document = table_node(false);
    Node inner = table_node(false);
    put(inner, "a.b", text_node("x"));
    put(document, "t@1", std::move(inner));
    EXPECT_EQ(toml_text(document), "[\"t@1\"]\n\"a.b\" = \"x\"\n");
}

TEST(TomlWriterTest, EveryByteOfATextComesBack) {
    std::string all;
    for (int c = 1; c < 128; ++c) {
        all += static_cast<char>(c);
    }
    Node document = table_node(false);
    put(document, "k", text_node(all));
    ErrorList errors;
    const auto again = read_toml(toml_text(document), errors.add_file("f"), errors);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->members.at(0).value.text, all);
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "rules/substitution.hpp"

#include <gmock/gmock.h>

#include <map>
#include <string>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Node text_node(std::string text) {
    Node node;
    node.kind = Node::Kind::string;
    node.text = std::move(text);
    node.at = Place{3, 4, 5};
    return node;
}

Node integer_node(std::int64_t value) {
    Node node;
    node.kind = Node::Kind::integer;
    node.integer = value;
    node.at = Place{7, 8, 9};
    return node;
}

class SubstitutionTest : public testing::Test {
protected:
    Result<Node, std::string> run(const std::string& text) {
        return substituted(text_node(text), [this](std::string_view name) -> const Node* {
            const auto found = values_.find(std::string{name});
            return found != values_.end() ? &found->second : nullptr;
        });
    }

    std::map<std::string, Node> values_;
};

TEST_F(SubstitutionTest, TakesAStringApart) {
    EXPECT_THAT(*parts_of("a${b}c"),
                ElementsAre(StringPart{"a", false}, StringPart{"b", true}, StringPart{"c", false}));
    EXPECT_THAT(*parts_of("$${b} 5$ $"), ElementsAre(StringPart{"${b} 5$ $", false}));
    EXPECT_THAT(*parts_of(""), ElementsAre());
    EXPECT_THAT(parts_of("x${b").error(), HasSubstr("has no \"}\""));
    EXPECT_THAT(parts_of("${}").error(), HasSubstr("names no parameter"));
    EXPECT_THAT(parts_of("${a b}").error(), HasSubstr("names no parameter"));
}

TEST_F(SubstitutionTest, PutsValuesIntoText) {
    values_.emplace("port", integer_node(80));
    values_.emplace("host", text_node("h"));
    const auto out = run("http://${host}:${port}/");
    ASSERT_TRUE(out);
    EXPECT_EQ(out->text, "http://h:80/");
    EXPECT_EQ(out->at, (Place{3, 4, 5}));
}

TEST_F(SubstitutionTest, GivesAWholeStringTheValueItself) {
    values_.emplace("port", integer_node(80));
    const auto out = run("${port}");
    ASSERT_TRUE(out);
    EXPECT_EQ(out->kind, Node::Kind::integer);
    EXPECT_EQ(out->integer, 80);
    EXPECT_EQ(out->at, (Place{7, 8, 9}));
}

TEST_F(SubstitutionTest, DoesNotLookIntoWhatItPutIn) {
    values_.emplace("a", text_node("${b}"));
    EXPECT_EQ(run("x${a}")->text, "x${b}");
    EXPECT_EQ(run("${a}")->text, "${b}");
}

TEST_F(SubstitutionTest, WritesNumbersShort) {
    Node number;
    number.kind = Node::Kind::number;
    number.number = 0.1;
    Node truth;
    truth.kind = Node::Kind::boolean;
    truth.boolean = true;
    values_.emplace("n", number);
    values_.emplace("t", truth);
    EXPECT_EQ(run("${n} ${t}")->text, "0.1 true");
}

TEST_F(SubstitutionTest, RefusesWhatHasNoText) {
    Node list;
    list.kind = Node::Kind::array;
    values_.emplace("l", list);
    EXPECT_EQ(run("${l}")->kind, Node::Kind::array);
    EXPECT_EQ(run("x${l}").error(), "parameter \"l\": an array cannot stand within a string");
    EXPECT_EQ(run("x${m}").error(), "parameter \"m\" has no value");
}

TEST_F(SubstitutionTest, RefusesAStringThatGrowsTooLong) {
    values_.emplace("a", text_node(std::string(3000, 'a')));
    EXPECT_TRUE(run("${a}"));
    EXPECT_THAT(run("${a}${a}").error(), HasSubstr("longer than 4096"));
}

}  // namespace
}  // namespace primum::rules

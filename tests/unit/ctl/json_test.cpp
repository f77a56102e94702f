// SPDX-License-Identifier: MIT
#include "ctl/json.hpp"

#include <gtest/gtest.h>

namespace primum::ctl {
namespace {

TEST(JsonTest, ReadsOnlyDocumentsOfItsVersion) {
    EXPECT_TRUE(Document::parse(R"({"v":1})").has_value());
    for (const char* text : {"", "{", "[]", "1", R"({"v":2})", R"({"v":"1"})", "{}"}) {
        EXPECT_FALSE(Document::parse(text).has_value()) << text;
    }
}

TEST(JsonTest, ReadsMembers) {
    const auto document = Document::parse(
        R"({"v":1,"now":{"t_us":3,"wall_us":9},"a":{"b":{"c":"x"},"n":-5,"f":true,"l":[1,2]}})");
    ASSERT_TRUE(document.has_value());
    const Json root = document->root();
    EXPECT_EQ(document->now(), wall_from_us(9));
    EXPECT_EQ(root.at("a.b.c").text(), "x");
    EXPECT_EQ(root.at("a.n").number(), -5);
    EXPECT_EQ(root.at("a.n").span(), Duration{-5});
    EXPECT_TRUE(root.at("a.f").flag());
    ASSERT_EQ(root.at("a.l").items().size(), 2U);
    EXPECT_EQ(root.at("a.l").items()[1].number(), 2);
}

TEST(JsonTest, TakesWhatIsMissingOrOtherwiseAsEmpty) {
    const auto document = Document::parse(R"({"v":1,"n":null,"s":"x","i":{"wall_us":0},"w":7})");
    ASSERT_TRUE(document.has_value());
    const Json root = document->root();
    for (const char* path : {"none", "n", "s.deeper", "i.none.none"}) {
        EXPECT_FALSE(root.at(path).present()) << path;
        EXPECT_EQ(root.at(path).text(), "");
        EXPECT_EQ(root.at(path).number(), 0);
        EXPECT_FALSE(root.at(path).flag());
        EXPECT_TRUE(root.at(path).items().empty());
        EXPECT_FALSE(root.at(path).wall().has_value());
    }
    EXPECT_EQ(root["s"].number(), 0);
    EXPECT_EQ(root["w"].text(), "");
    EXPECT_FALSE(root["i"].wall().has_value());
    EXPECT_EQ(root["w"].wall(), wall_from_us(7));
    EXPECT_FALSE(Json{}.present());
}

}  // namespace
}  // namespace primum::ctl

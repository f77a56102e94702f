// SPDX-License-Identifier: MIT
#include "ctl/monit_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> out;
    for (const MonitToken& token : monit_tokens(text, "f")) {
        out.push_back(token.text);
    }
    return out;
}

MonitFiles files_of(const std::map<std::string, std::string>& files) {
    return {
        [files](const std::string& pattern) {
            std::vector<std::string> found;
            for (const auto& [name, text] : files) {
                if (name == pattern || (pattern.ends_with("*") &&
                                        name.starts_with(pattern.substr(0, pattern.size() - 1)))) {
                    found.push_back(name);
                }
            }
            return found;
        },
        [files](const std::string& path) {
            const auto found = files.find(path);
            return found == files.end() ? std::nullopt : std::optional{found->second};
        }};
}

TEST(MonitTokensTest, TakesWordsMarksAndQuotes) {
    EXPECT_THAT(words("if cpu>60% for 2 cycles # then restart\nthen alert"),
                ElementsAre("if", "cpu", ">", "60%", "for", "2", "cycles", "then", "alert"));
    EXPECT_THAT(words("start program=\"/bin/a 'b' # c\" x"),
                ElementsAre("start", "program", "=", "/bin/a 'b' # c", "x"));
    EXPECT_THAT(words("'a \\'b\\''"), ElementsAre("a 'b'"));
    EXPECT_THAT(words("status != 0 size>=5"), ElementsAre("status", "!=", "0", "size", ">=", "5"));
    EXPECT_THAT(words("loadavg(5min)"), ElementsAre("loadavg", "(", "5min", ")"));
    EXPECT_THAT(words("http://u:p@h:80/?a=b,c /a,b=c"),
                ElementsAre("http://u:p@h:80/?a=b,c", "/a,b=c"));
    EXPECT_THAT(words("\"never closed\n"), ElementsAre("never closed\n"));
    EXPECT_THAT(words(std::string_view{"a\0b # \0", 7}), ElementsAre(std::string("a\0b", 3)));
}

TEST(MonitTokensTest, CountsLines) {
    const auto tokens = monit_tokens("# one\n\na \"b\nc\" d\n", "f");
    ASSERT_THAT(tokens, SizeIs(3));
    EXPECT_EQ(tokens[0].at, (MonitPlace{"f", 3}));
    EXPECT_EQ(tokens[2].at, (MonitPlace{"f", 4}));
}

TEST(MonitTokensTest, WhatIsQuotedIsNoKeyword) {
    const auto tokens = monit_tokens("IF \"if\"", "f");
    EXPECT_TRUE(tokens.at(0).is("if"));
    EXPECT_FALSE(tokens.at(1).is("if"));
}

TEST(MonitTokensTest, PutsWhatIsIncludedInItsPlace) {
    std::vector<MonitLeft> left;
    const auto tokens = monit_tokens_of(
        "/m",
        files_of({{"/m", "a include /d/* b"}, {"/d/1", "x"}, {"/d/2", "y\ninclude /none"}}),
        left);
    std::vector<std::string> texts;
    for (const MonitToken& token : tokens) {
        texts.push_back(token.text);
    }
    EXPECT_THAT(texts, ElementsAre("a", "x", "y", "b"));
    ASSERT_THAT(left, SizeIs(1));
    EXPECT_EQ(left[0], (MonitLeft{{"/d/2", 2}, "include /none", "no such file"}));
}

TEST(MonitTokensTest, AFileThatIncludesItselfEnds) {
    std::vector<MonitLeft> left;
    EXPECT_THAT(monit_tokens_of("/m", files_of({{"/m", "include /m"}}), left), IsEmpty());
    ASSERT_THAT(left, SizeIs(1));
    EXPECT_EQ(left[0].why, "the file includes itself");
}

TEST(MonitTokensTest, ManyFilesThatIncludeManyEnd) {
    std::map<std::string, std::string> files{{"/m", "include /d/*"}};
    for (int i = 0; i < 40; ++i) {
        files["/d/" + std::to_string(i)] = "include /d/* x";
    }
    std::vector<MonitLeft> left;
    EXPECT_LE(monit_tokens_of("/m", files_of(files), left).size(), max_monit_files);
    EXPECT_FALSE(left.empty());
}

TEST(MonitTokensTest, AServiceMayBeNamedInclude) {
    std::vector<MonitLeft> left;
    EXPECT_THAT(monit_tokens_of("/m", files_of({{"/m", "check process include pidfile /p"}}), left),
                SizeIs(5));
    EXPECT_THAT(left, IsEmpty());
}

}  // namespace
}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;

std::string source(std::string_view more) {
    return "[source.f]\nkind = \"file\"\n" + std::string{more};
}

TEST(SourceFileTest, ReadsEveryKey) {
    const auto plan = [](std::string_view more) {
        return std::get<FilePlan>(rules_of(source(more)).sources.at(0).plan);
    };
    const auto number = plan("path = \"/run/app/queue\"\n");
    EXPECT_EQ(number.path, "/run/app/queue");
    EXPECT_EQ(number.look, FileLook::number);
    EXPECT_EQ(plan("path = \"/a\"\nlook = \"age\"\n").look, FileLook::age);
    EXPECT_EQ(plan("path = \"/\"\nlook = \"mount\"\n").look, FileLook::mount);
}

TEST(SourceFileTest, EveryKeyIsPartOfItsMeaning) {
    const auto digest = [](std::string_view more) {
        return rules_of(source(more)).sources.at(0).digest;
    };
    const auto first = digest("path = \"/a\"\n");
    EXPECT_NE(first, digest("path = \"/b\"\n"));
    EXPECT_NE(first, digest("path = \"/a\"\nlook = \"age\"\n"));
    EXPECT_EQ(first, digest("look = \"number\"\npath = \"/a\"\n"));
}

TEST(SourceFileTest, LocatesMistakes) {
    EXPECT_THAT(errors_of(source("")),
                ElementsAre("r.toml:1:9: a source of kind file needs a path (key \"source.f\")"));
    EXPECT_THAT(
        errors_of(source("path = \"a\"\nlook = \"size\"\nurl = \"http://h/\"\n")),
        ElementsAre("r.toml:3:8: a: an absolute path is expected (key \"source.f.path\")",
                    "r.toml:4:8: \"size\" is none of number, age, mount (key \"source.f.look\")",
                    "r.toml:5:1: unknown key, none of kind, look, path, interval, timeout, "
                    "retries, max_series (key \"source.f.url\")"));
    EXPECT_THAT(errors_of(source("path = \"/\"\n")),
                ElementsAre("r.toml:3:8: /: the root itself is never meant (key "
                            "\"source.f.path\")"));
}

}  // namespace
}  // namespace primum::rules

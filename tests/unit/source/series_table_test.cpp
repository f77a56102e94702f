// SPDX-License-Identifier: MIT
#include "source/series_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::source {
namespace {

using Standing = SeriesTable::Standing;

TEST(SeriesTableTest, KnowsNothingAtFirst) {
    SeriesTable table;
    EXPECT_EQ(table.find("up").standing, Standing::unknown);
    EXPECT_EQ(table.find("").standing, Standing::unknown);
}

TEST(SeriesTableTest, FindsWhatWasKeptAndPassedThroughGrowth) {
    SeriesTable table;
    constexpr std::uint32_t count = 5'000;
    for (std::uint32_t i = 0; i < count; ++i) {
        table.keep("kept_" + std::to_string(i), i);
        table.pass("passed_" + std::to_string(i));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto kept = table.find("kept_" + std::to_string(i));
        ASSERT_EQ(kept.standing, Standing::kept);
        ASSERT_EQ(kept.entry, i);
        ASSERT_EQ(table.find("passed_" + std::to_string(i)).standing, Standing::passed);
        ASSERT_EQ(table.find("other_" + std::to_string(i)).standing, Standing::unknown);
    }
    EXPECT_EQ(table.kept(), count);
    EXPECT_EQ(table.passed(), count);
}

TEST(SeriesTableTest, ForgetsThePassedAtTheBoundAndKeepsTheKept) {
    SeriesTable table{100};
    table.keep("kept", 7);
    for (int i = 0; i < 1'000; ++i) {
        table.pass("passed_" + std::to_string(i));
        ASSERT_LE(table.passed(), 100U);
    }
    EXPECT_EQ(table.find("kept").entry, 7U);
    EXPECT_EQ(table.find("kept").standing, Standing::kept);
    EXPECT_EQ(table.find("passed_0").standing, Standing::unknown);
    EXPECT_EQ(table.find("passed_999").standing, Standing::passed);
}

TEST(SeriesTableTest, ClearForgetsEverything) {
    SeriesTable table;
    table.keep("kept", 1);
    table.pass("passed");
    table.clear();
    EXPECT_EQ(table.find("kept").standing, Standing::unknown);
    EXPECT_EQ(table.find("passed").standing, Standing::unknown);
    EXPECT_EQ(table.kept() + table.passed(), 0U);
}

TEST(SeriesTableTest, FindsPagesInAnyOrder) {
    SeriesTable table;
    const auto put = [&](const std::string& text, bool keep) {
        ASSERT_EQ(table.find(text).standing, Standing::unknown);
        if (keep) {
            table.keep(text, static_cast<std::uint32_t>(text.size()));
        } else {
            table.pass(text);
        }
    };
    for (const auto* text : {"a", "bb", "ccc", "dddd"}) {
        put(text, text[0] < 'c');
    }
    const std::vector<std::vector<std::string>> pages{{"a", "bb", "ccc", "dddd"},
                                                      {"dddd", "ccc", "bb", "a"},
                                                      {"bb"},
                                                      {},
                                                      {"ccc", "a", "a", "bb", "dddd", "ccc"},
                                                      {"ccc", "a", "a", "bb", "dddd", "ccc"}};
    for (const auto& page : pages) {
        table.begin_page();
        for (const auto& text : page) {
            const auto found = table.find(text);
            ASSERT_EQ(found.standing, text[0] < 'c' ? Standing::kept : Standing::passed) << text;
            ASSERT_EQ(found.entry, text[0] < 'c' ? text.size() : 0U) << text;
        }
        ASSERT_EQ(table.find("other").standing, Standing::unknown);
    }
}

TEST(SeriesTableTest, ForgetsOneTextAndFindsAllOthers) {
    SeriesTable table;
    constexpr std::uint32_t count = 5'000;
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < count; ++i) {
        numbers.push_back(table.keep("kept_" + std::to_string(i), i));
    }
    for (std::uint32_t i = 0; i < count; i += 3) {
        table.forget(numbers[i]);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto found = table.find("kept_" + std::to_string(i));
        ASSERT_EQ(found.standing, i % 3 == 0 ? Standing::unknown : Standing::kept) << i;
        ASSERT_TRUE(i % 3 == 0 || found.entry == i);
    }
    EXPECT_EQ(table.kept(), count - (count + 2) / 3);
}

TEST(SeriesTableTest, TheOrderOfThePageBeforeDoesNotFindWhatWasForgotten) {
    SeriesTable table;
    table.begin_page();
    EXPECT_EQ(table.find("a").standing, Standing::unknown);
    const auto number = table.keep("a", 1);
    table.forget(number);
    table.begin_page();
    EXPECT_EQ(table.find("a").standing, Standing::unknown);
    EXPECT_EQ(table.keep("b", 2), number) << "its place is used again";
    table.begin_page();
    EXPECT_EQ(table.find("a").standing, Standing::unknown);
    EXPECT_EQ(table.find("b").entry, 2U);
}

}  // namespace
}  // namespace primum::source

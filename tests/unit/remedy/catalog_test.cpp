// SPDX-License-Identifier: MIT
#include "remedy/catalog.hpp"

#include "remedy/job_remedy.hpp"

#include <primum/names.hpp>
#include <primum/rules.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace primum::remedy {
namespace {

TEST(CatalogTest, HoldsEveryKindInTheVocabularysOrder) {
    ASSERT_EQ(catalog().size(), enum_names<RemedyKind>.size());
    for (std::size_t i = 0; i < catalog().size(); ++i) {
        const auto kind = static_cast<RemedyKind>(i);
        EXPECT_EQ(catalog()[i].kind, kind);
        EXPECT_EQ(catalog()[i].name, name_of(kind));
        EXPECT_EQ(&entry_of(kind), &catalog()[i]);
    }
}

TEST(CatalogTest, EveryKindIsAvailable) {
    for (const auto& entry : catalog()) {
        EXPECT_TRUE(entry.available) << entry.name;
    }
}

TEST(CatalogTest, KindsStandOnTheLevelsOfTheDesign) {
    const auto levels = [](RemedyKind kind) {
        return std::pair{entry_of(kind).lowest, entry_of(kind).highest};
    };
    EXPECT_EQ(levels(RemedyKind::reload), std::pair(Level::retry, Level::retry));
    EXPECT_EQ(levels(RemedyKind::exec), std::pair(Level::retry, Level::restart));
    EXPECT_EQ(levels(RemedyKind::failover), std::pair(Level::failover, Level::failover));
    EXPECT_EQ(levels(RemedyKind::restart), std::pair(Level::restart, Level::restart));
    EXPECT_EQ(levels(RemedyKind::config_fallback), std::pair(Level::fallback, Level::fallback));
}

TEST(CatalogTest, EachEntrySpeaksForItself) {
    for (const auto& entry : catalog()) {
        EXPECT_FALSE(entry.summary.empty()) << entry.name;
        EXPECT_FALSE(entry.way_back.empty()) << entry.name;
        EXPECT_LE(entry.lowest, entry.highest) << entry.name;
        EXPECT_GE(entry.lowest, Level::retry) << entry.name;
    }
}

TEST(CatalogTest, WhatIsAJobIsJudgedByIt) {
    for (const auto& entry : catalog()) {
        EXPECT_EQ(entry.trace != EffectTrace::none, judge_of(entry.kind) != nullptr) << entry.name;
    }
}

}  // namespace
}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "rules/places.hpp"

#include "rules/loader.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

Places places_of(const std::vector<RuleFile>& files) {
    Places places;
    static_cast<void>(compile_rules(files, Settings{}, &places));
    return places;
}

constexpr const char* web =
    "[target.web]\n"
    "unit = \"web.service\"\n"
    "indicator.unit.value = \"unit_state\"\n"
    "ladder.restart.remedy = [{ restart = { timeout = \"5s\" } }]\n";

TEST(PlacesTest, KnowsWhereEachKeyWasWritten) {
    const Places places = places_of({{"r.toml", web}});
    EXPECT_EQ(places.nearest("target.web.unit"), (KeyPlace{"r.toml", 2, 1}));
    EXPECT_EQ(places.nearest("target.web.indicator.unit.value"), (KeyPlace{"r.toml", 3, 16}));
    EXPECT_TRUE(places.has("target.web.ladder.restart.remedy[0].restart.timeout"));
    EXPECT_FALSE(places.has("target.web.mode"));
}

TEST(PlacesTest, GivesTheTableAboveOfWhatWasNotWritten) {
    const Places places = places_of({{"r.toml", web}});
    EXPECT_EQ(places.nearest("target.web.ladder.restart.verify"), (KeyPlace{"r.toml", 4, 8}));
    EXPECT_EQ(places.nearest("target.web.ladder.restart.remedy[1].x").line, 4U);
    EXPECT_EQ(places.nearest("target.other"), KeyPlace{});
}

TEST(PlacesTest, NamesTheFileThatOverrides) {
    const Places places =
        places_of({{"r.toml", web}, {"r.d/a.toml", "\n\n[target.web]\nmode = \"enforce\"\n"}});
    EXPECT_EQ(places.nearest("target.web.mode"), (KeyPlace{"r.d/a.toml", 4, 1}));
    EXPECT_EQ(places.nearest("target.web.unit").file, "r.toml");
}

}  // namespace
}  // namespace primum::rules

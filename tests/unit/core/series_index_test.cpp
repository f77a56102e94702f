// SPDX-License-Identifier: MIT
#include "core/series_index.hpp"

#include <gtest/gtest.h>

#include <map>

namespace primum::core {
namespace {

TEST(SeriesIndexTest, FindsWhatWasSet) {
    SeriesIndex index;
    EXPECT_EQ(index.find(0), SeriesIndex::none);
    index.erase(0);
    index.set(7, 1);
    index.set(0x8000'0000U, 2);
    index.set(7, 3);
    EXPECT_EQ(index.find(7), 3U);
    EXPECT_EQ(index.find(0x8000'0000U), 2U);
    EXPECT_EQ(index.find(8), SeriesIndex::none);
    EXPECT_EQ(index.size(), 2U);
    index.erase(7);
    EXPECT_EQ(index.find(7), SeriesIndex::none);
    EXPECT_EQ(index.find(0x8000'0000U), 2U);
}

TEST(SeriesIndexTest, AgreesWithAMapWhateverComesAndGoes) {
    for (const SeriesId stride : {1U, 16U, 4'096U, 0x0400'0000U}) {
        SeriesIndex index;
        std::map<SeriesId, std::uint32_t> expected;
        std::uint32_t random = 1;
        for (std::uint32_t i = 0; i < 20'000; ++i) {
            random = random * 1'664'525U + 1'013'904'223U;
            const SeriesId id = (random >> 16U) % 64 * stride;
            if ((random >> 8U) % 3 == 0) {
                index.erase(id);
                expected.erase(id);
            } else {
                index.set(id, i);
                expected[id] = i;
            }
            const SeriesId asked = (random >> 4U) % 64 * stride;
            const auto found = expected.find(asked);
            ASSERT_EQ(index.find(asked),
                      found == expected.end() ? SeriesIndex::none : found->second);
            ASSERT_EQ(index.size(), expected.size());
        }
    }
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "source/catalog.hpp"

#include "rules/source_plan.hpp"

#include <gtest/gtest.h>

namespace primum::source {
namespace {

TEST(CatalogTest, HasEveryKindOnceInTheirOrder) {
    ASSERT_EQ(catalog().size(), enum_names<SourceKind>.size());
    for (std::size_t i = 0; i < catalog().size(); ++i) {
        EXPECT_EQ(static_cast<std::size_t>(catalog()[i].kind), i);
        EXPECT_FALSE(catalog()[i].summary.empty());
        EXPECT_EQ(&catalog_entry(static_cast<SourceKind>(i)), &catalog()[i]);
    }
}

TEST(CatalogTest, MakesWhatTheCheckerTakes) {
    for (const CatalogEntry& entry : catalog()) {
        EXPECT_EQ(entry.available(), rules::is_available(entry.kind)) << name_of(entry.kind);
    }
}

}  // namespace
}  // namespace primum::source

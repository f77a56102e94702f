// SPDX-License-Identifier: MIT
#include "source/catalog.hpp"

#include <gtest/gtest.h>

namespace primum::source {
namespace {

TEST(CatalogTest, NamesEveryKindOnceInTheirOrder) {
    ASSERT_EQ(catalog().size(), enum_names<SourceKind>.size());
    for (std::size_t i = 0; i < catalog().size(); ++i) {
        EXPECT_EQ(catalog()[i].name, enum_names<SourceKind>[i]);
        EXPECT_EQ(static_cast<std::size_t>(catalog()[i].kind), i);
        EXPECT_FALSE(catalog()[i].summary.empty());
        EXPECT_EQ(catalog()[i].parameters.empty(), !catalog()[i].available);
    }
}

TEST(CatalogTest, FindsAKind) {
    EXPECT_EQ(catalog_entry(SourceKind::dns).name, "dns");
    EXPECT_TRUE(catalog_entry(SourceKind::prometheus).available);
    EXPECT_FALSE(catalog_entry(SourceKind::push).available);
}

}  // namespace
}  // namespace primum::source

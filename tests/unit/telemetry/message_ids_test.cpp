// SPDX-License-Identifier: MIT
#include "telemetry/message_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace primum::telemetry {
namespace {

// The entries of systemd/primum.catalog: id -> its lines.
std::map<std::string, std::string> read_catalog() {
    std::ifstream file{CATALOG_FILE};
    EXPECT_TRUE(file.is_open()) << CATALOG_FILE;
    std::map<std::string, std::string> entries;
    std::string line;
    std::string id;
    while (std::getline(file, line)) {
        if (line.starts_with("-- ")) {
            id = line.substr(3);
            EXPECT_FALSE(entries.contains(id)) << id << " stands twice";
            entries[id];
        } else if (!id.empty()) {
            entries[id] += line + "\n";
        }
    }
    return entries;
}

TEST(MessageIdsTest, EachKindHasAnIdOfItsOwnOf128Bits) {
    const std::set<std::string_view> ids{message_ids.begin(), message_ids.end()};
    EXPECT_EQ(ids.size(), message_ids.size());
    EXPECT_EQ(message_ids.size(), enum_names<MessageKind>.size());
    for (const auto id : ids) {
        EXPECT_EQ(id.size(), 32U);
        EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string_view::npos) << id;
    }
}

TEST(MessageIdsTest, TheCatalogExplainsEachKindAndNothingElse) {
    auto entries = read_catalog();
    EXPECT_EQ(entries.size(), message_ids.size());
    for (const auto kind : enum_names<MessageKind>) {
        const std::string id{message_id(*from_name<MessageKind>(kind))};
        ASSERT_TRUE(entries.contains(id)) << kind << " " << id;
        EXPECT_TRUE(entries[id].starts_with("Subject: ")) << kind;
        EXPECT_NE(entries[id].find("\nDefined-By: primum\n"), std::string::npos) << kind;
        EXPECT_NE(entries[id].find("\n\n"), std::string::npos) << kind << " explains nothing";
    }
}

}  // namespace
}  // namespace primum::telemetry

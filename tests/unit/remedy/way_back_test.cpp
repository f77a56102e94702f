// SPDX-License-Identifier: MIT
#include "remedy/way_back.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace primum::remedy {
namespace {

WayBackRecord files() {
    WayBackRecord record;
    record.action = "a-1";
    record.target = "gateway";
    record.unit = "gateway.service";
    record.files = {{"/etc/gateway/a \"b\".conf", "sha256:aa", "sha256:bb"},
                    {"/etc/gateway/new", "", "sha256:cc"}};
    record.then = Then::reload;
    record.timeout = std::chrono::seconds{30};
    return record;
}

// Read and written again it is the same text.
std::string again(const WayBackRecord& record) {
    const auto read = read_way_back(write_way_back(record));
    EXPECT_TRUE(read.has_value()) << (read.has_value() ? "" : read.error().message);
    return read.has_value() ? write_way_back(*read) : "";
}

TEST(WayBackTest, FilesComeBackAsTheyWere) {
    const auto read = read_way_back(write_way_back(files()));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->action, "a-1");
    EXPECT_EQ(read->target, "gateway");
    EXPECT_EQ(read->unit, "gateway.service");
    EXPECT_EQ(read->files, files().files);
    EXPECT_EQ(read->then, Then::reload);
    EXPECT_EQ(read->timeout, std::chrono::seconds{30});
    EXPECT_FALSE(read->by_hand);
    EXPECT_FALSE(read->empty());
}

TEST(WayBackTest, NothingIsEmpty) {
    const auto read = read_way_back(write_way_back(WayBackRecord{}));
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(read->empty());
}

TEST(WayBackTest, ACommandComesBack) {
    WayBackRecord record;
    record.call = ExecBack{{"/bin/undo", "--all", ""}, "gateway", {"/srv/x"}, 1ULL << 40U, 7};
    record.by_hand = true;
    const auto read = read_way_back(write_way_back(record));
    ASSERT_TRUE(read.has_value());
    const auto& call = std::get<ExecBack>(read->call);
    EXPECT_EQ(call.run, (Argv{"/bin/undo", "--all", ""}));
    EXPECT_EQ(call.user, "gateway");
    EXPECT_EQ(call.writes, std::vector<std::string>{"/srv/x"});
    EXPECT_EQ(call.memory, 1ULL << 40U);
    EXPECT_EQ(call.tasks, 7U);
    EXPECT_TRUE(read->by_hand);
    EXPECT_EQ(again(record), write_way_back(record));
}

TEST(WayBackTest, AnHttpCallComesBack) {
    WayBackRecord record;
    record.call = HttpCall{"PUT", "http://127.0.0.1:1/x?y=1", "{\"a\":1}\n", "text/plain"};
    const auto read = read_way_back(write_way_back(record));
    ASSERT_TRUE(read.has_value());
    const auto& call = std::get<HttpCall>(read->call);
    EXPECT_EQ(call.method, "PUT");
    EXPECT_EQ(call.url, "http://127.0.0.1:1/x?y=1");
    EXPECT_EQ(call.body, "{\"a\":1}\n");
    EXPECT_EQ(call.content_type, "text/plain");
}

TEST(WayBackTest, EachArgumentOfABusCallKeepsItsType) {
    WayBackRecord record;
    record.call = DbusCall{"org.example.A",
                           "/org/example",
                           "org.example.I",
                           "Set",
                           "sxdb",
                           {std::string("1"), std::int64_t{2}, 3.0, true}};
    const auto read = read_way_back(write_way_back(record));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    const auto& call = std::get<DbusCall>(read->call);
    ASSERT_EQ(call.arguments.size(), 4U);
    EXPECT_EQ(std::get<std::string>(call.arguments[0]), "1");
    EXPECT_EQ(std::get<std::int64_t>(call.arguments[1]), 2);
    EXPECT_EQ(std::get<double>(call.arguments[2]), 3.0);
    EXPECT_TRUE(std::get<bool>(call.arguments[3]));
    EXPECT_EQ(call.signature, "sxdb");
}

TEST(WayBackTest, WhatIsNoWayBackSaysWhichMember) {
    EXPECT_FALSE(read_way_back("").has_value());
    EXPECT_FALSE(read_way_back("[]").has_value());
    EXPECT_NE(read_way_back("{}").error().message.find("action"), std::string::npos);
    auto text = write_way_back(files());
    for (const std::string member :
         {"target", "files", "then", "timeout_us", "by_hand", "before"}) {
        auto broken = text;
        broken.replace(broken.find('"' + member + '"') + 1, 1, "_");
        const auto read = read_way_back(broken);
        ASSERT_FALSE(read.has_value()) << member;
        EXPECT_NE(read.error().message.find(member), std::string::npos) << read.error().message;
    }
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        EXPECT_FALSE(read_way_back(text.substr(0, cut)).has_value()) << cut;
    }
}

}  // namespace
}  // namespace primum::remedy

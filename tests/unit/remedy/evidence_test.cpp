// SPDX-License-Identifier: MIT
#include "remedy/evidence.hpp"

#include "remedy_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace primum::remedy {
namespace {

using ::testing::HasSubstr;

class EvidenceTest : public testing::RemedyFixture {
protected:
    EvidenceReply take(const std::string& printed,
                       std::size_t files = 64,
                       std::uintmax_t total = 1U << 20U,
                       Duration within = std::chrono::hours{1}) {
        systemd_->on_transient = [this, printed](const FakeSystemd::Transient& unit) {
            started_.push_back(unit);
            if (!printed.empty()) {
                EXPECT_GT(::write(unit.descriptors.at("StandardOutputFileDescriptor"),
                                  printed.data(),
                                  printed.size()),
                          0);
            }
            for (const auto& [name, fd] : unit.descriptors) {
                ::close(fd);
            }
            return next_job_++;
        };
        EvidenceOptions options;
        options.directory = (folder_ / "evidence").string();
        options.program = "/usr/bin/true";
        options.files = files;
        options.total = total;
        if (taker_ == nullptr) {
            taker_ = std::make_unique<EvidenceTaker>(loop_, clock_, *manager_, options);
        }
        std::optional<EvidenceReply> reply;
        taker_->take("a", "a.service", within, [&](const EvidenceReply& news) { reply = news; });
        EXPECT_TRUE(until_jobs([&] { return reply.has_value(); }));
        return reply.value_or(EvidenceReply{});
    }
    static std::string read(const std::string& path) {
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    std::unique_ptr<EvidenceTaker> taker_;
};

TEST_F(EvidenceTest, IsKeptForRootOnly) {
    const auto reply = take("what was seen\n== end\n");
    EXPECT_FALSE(reply.id.empty());
    EXPECT_EQ(reply.detail, "");
    EXPECT_THAT(read(reply.path), HasSubstr("unit a.service\nwhat was seen\n"));
    EXPECT_EQ(reply.bytes, std::filesystem::file_size(reply.path));
    EXPECT_EQ(std::filesystem::status(reply.path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    // Powers to read, none to change.
    EXPECT_EQ(started_.at(0).properties.at("CapabilityBoundingSet"), "524292");
}

TEST_F(EvidenceTest, WhatIsMissingIsSaid) {
    const auto reply = take("half of wha");
    EXPECT_EQ(reply.detail, "not all of it was to be had in time");
    EXPECT_THAT(read(reply.path), HasSubstr("incomplete: not all of it"));
}

TEST_F(EvidenceTest, NothingSeenIsNoEvidence) {
    const auto reply = take("");
    EXPECT_TRUE(reply.id.empty());
    EXPECT_THAT(reply.detail, HasSubstr("no look could be taken"));
}

TEST_F(EvidenceTest, TheOldestGoesFirst) {
    const auto first = take("1\n== end\n", 2);
    const auto second = take("2\n== end\n", 2);
    const auto third = take("3\n== end\n", 2);
    EXPECT_FALSE(std::filesystem::exists(first.path));
    EXPECT_TRUE(std::filesystem::exists(second.path));
    EXPECT_TRUE(std::filesystem::exists(third.path));
}

TEST_F(EvidenceTest, AllTogetherTakesNoMoreThanItsRoom) {
    const std::string kilobyte(1'000, 'x');
    std::vector<std::string> paths;
    for (int i = 0; i < 5; ++i) {
        paths.push_back(take(kilobyte + "\n== end\n", 64, 3'500).path);
    }
    EXPECT_FALSE(std::filesystem::exists(paths[1]));
    EXPECT_TRUE(std::filesystem::exists(paths[2]));
    EXPECT_TRUE(std::filesystem::exists(paths[4]));
}

TEST_F(EvidenceTest, TheNewestIsKeptThoughItFillsTheRoomAlone) {
    const auto first = take("1\n== end\n", 64, 10);
    EXPECT_TRUE(std::filesystem::exists(first.path));
    const auto second = take("2\n== end\n", 64, 10);
    EXPECT_FALSE(std::filesystem::exists(first.path));
    EXPECT_TRUE(std::filesystem::exists(second.path));
}

TEST_F(EvidenceTest, AsksForNoMoreTimeThanItIsGivenNorThanItMayTake) {
    static_cast<void>(take("1\n== end\n"));
    static_cast<void>(take("2\n== end\n", 64, 1U << 20U, std::chrono::milliseconds{300}));
    ASSERT_EQ(started_.size(), 2U);
    EXPECT_EQ(started_[0].properties.at("TimeoutStartUSec"), "6800000");
    EXPECT_EQ(started_[1].properties.at("TimeoutStartUSec"), "5300000");
}

}  // namespace
}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "daemon/reload.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::daemon {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Instant far_from_now{std::chrono::hours{1'000'000}};
constexpr const char* one_target = R"(
[target.a]
unit = "a.service"
indicator.unit.value = "unit_state"
)";

class ReloadTest : public testing::Test {
protected:
    ReloadTest() {
        std::filesystem::create_directory(dir_.at("rules.d"));
        settings_ = dir_.write("primum.toml", "rules = [\"" + dir_.at("rules.d") + "\"]\n");
        script("exit 0");
        reloader_ = std::make_unique<Reloader>(
            loop_,
            clock_,
            dir_.at("program"),
            settings_,
            Reloader::Hooks{
                .put_in_force = [this](const rules::RulesLoad& load,
                                       const rules::Settings&) { in_force_.push_back(load.rules); },
                .told = [this](const bus::ReloadStatus&) { ++told_; }});
    }

    void script(const std::string& body) {
        const auto program = dir_.write("program", "#!/bin/sh\n" + body + "\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    }

    const bus::ReloadStatus& reload() {
        bool answered = false;
        reloader_->request([&answered](const bus::ReloadStatus&) { answered = true; });
        EXPECT_FALSE(answered) << "answered from inside the call";
        for (int i = 0; i < 100 && !answered; ++i) {
            loop_.run_once(std::chrono::milliseconds{50});
        }
        EXPECT_TRUE(answered);
        return reloader_->status();
    }

    test::TempDir dir_;
    std::string settings_;
    systemd::EventLoop loop_;
    ManualClock clock_{{.t = far_from_now, .wall = wall_from_us(77)}};
    std::vector<std::shared_ptr<const RuleSet>> in_force_;
    int told_ = 0;
    std::unique_ptr<Reloader> reloader_;
};

TEST_F(ReloadTest, PutsAWholeNewSetInForce) {
    dir_.write("rules.d/a.toml", one_target);
    const auto& status = reload();
    EXPECT_TRUE(status.ok);
    EXPECT_TRUE(status.ever);
    EXPECT_FALSE(status.unchanged);
    EXPECT_EQ(status.at, wall_from_us(77));
    ASSERT_EQ(in_force_.size(), 1U);
    EXPECT_EQ(in_force_[0]->digest, status.digest);
    ASSERT_EQ(in_force_[0]->targets.size(), 1U);
    EXPECT_EQ(in_force_[0]->targets[0].name, "a");
    EXPECT_EQ(told_, 1);
}

TEST_F(ReloadTest, AnIdenticalSetIsNoReload) {
    dir_.write("rules.d/a.toml", one_target);
    reload();
    const auto& status = reload();
    EXPECT_TRUE(status.ok);
    EXPECT_TRUE(status.unchanged);
    EXPECT_EQ(in_force_.size(), 1U);
}

TEST_F(ReloadTest, ErrorsKeepTheOldSetWhole) {
    dir_.write("rules.d/a.toml", one_target);
    const auto digest = reload().digest;
    dir_.write("rules.d/b.toml", "[target.b]\nunti = \"b.service\"\n");
    const auto& status = reload();
    EXPECT_FALSE(status.ok);
    EXPECT_EQ(status.digest, digest);
    EXPECT_THAT(status.errors, Contains(HasSubstr("b.toml:2:")));
    EXPECT_EQ(in_force_.size(), 1U);
}

TEST_F(ReloadTest, WhatTheChildFindsIsNotEvenReadHere) {
    dir_.write("rules.d/a.toml", one_target);
    script("echo a.toml:1:1: no; exit 65");
    const auto& status = reload();
    EXPECT_FALSE(status.ok);
    EXPECT_THAT(status.errors, ElementsAre("a.toml:1:1: no"));
    EXPECT_THAT(in_force_, IsEmpty());
}

TEST_F(ReloadTest, AFixedFileWorksAfterAFailure) {
    dir_.write("rules.d/a.toml", "[target.a");
    EXPECT_FALSE(reload().ok);
    dir_.write("rules.d/a.toml", one_target);
    EXPECT_TRUE(reload().ok);
    EXPECT_EQ(in_force_.size(), 1U);
}

TEST_F(ReloadTest, WhatIsAskedMeanwhileIsAnsweredByOneMoreReading) {
    std::vector<int> answered;
    reloader_->request([&](const bus::ReloadStatus&) { answered.push_back(1); });
    reloader_->request([&](const bus::ReloadStatus&) { answered.push_back(2); });
    reloader_->request([&](const bus::ReloadStatus&) { answered.push_back(3); });
    for (int i = 0; i < 100 && answered.size() < 3; ++i) {
        loop_.run_once(std::chrono::milliseconds{50});
    }
    EXPECT_THAT(answered, ElementsAre(1, 2, 3));
    EXPECT_EQ(told_, 2);
}

TEST_F(ReloadTest, TheCheckAloneFindsTheSame) {
    dir_.write("rules.d/a.toml", one_target);
    EXPECT_THAT(check_settings_and_rules(settings_), IsEmpty());
    dir_.write("rules.d/a.toml", "[target.a");
    EXPECT_FALSE(check_settings_and_rules(settings_).empty());
    dir_.write("primum.toml", "ruels = []\n");
    EXPECT_THAT(check_settings_and_rules(settings_), ElementsAre(HasSubstr("primum.toml:1:")));
}

}  // namespace
}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#include "actuator/notifier.hpp"

#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace primum::actuator {
namespace {

class NotifierTest : public testing::Test {
protected:
    NotifierTest() {
        set("[notify.exec]\nprogram = [\"/usr/bin/page\", \"now\"]\ntimeout = \"7s\"\n");
        RulesPlaces places;
        places.settings = directory_.path("primum.toml");
        places.rules = {directory_.path("none.toml")};
        places.trust = {::geteuid(), directory_.root()};
        rules_ = std::make_unique<RulesCache>(places);
        ports_.notify = [this](remedy::NotifyOrder order, Ports::NotifyDone done) {
            orders_.push_back(std::move(order));
            done_ = std::move(done);
            return std::make_shared<int>(0);
        };
        notifier_ = std::make_unique<Notifier>(
            clock_, ports_, *rules_, [this](std::uint64_t asker, const remedy::NotifyReply& it) {
                EXPECT_EQ(asker, 7U);
                replies_.push_back(it);
            });
    }

    void set(const std::string& settings) {
        static_cast<void>(directory_.write("primum.toml", settings));
    }
    void notify(std::uint64_t ticket, std::string notice = "{}") {
        notifier_->notify(7, {ticket, std::move(notice)});
    }
    void end() {
        remedy::NotifyReply reply;
        reply.ticket = orders_.back().ticket;
        reply.exit_code = 0;
        std::exchange(done_, nullptr)(reply);
    }
    Refusal refusal() { return replies_.back().code; }

    TemporaryDirectory directory_;
    ManualClock clock_{{instant_from_us(1'000'000), {}}};
    Ports ports_;
    std::unique_ptr<RulesCache> rules_;
    std::unique_ptr<Notifier> notifier_;
    std::vector<remedy::NotifyOrder> orders_;
    Ports::NotifyDone done_;
    std::vector<remedy::NotifyReply> replies_;
};

TEST_F(NotifierTest, RunsWhatItsOwnSettingsName) {
    notify(3, "{\"kind\":\"exhausted\"}");
    ASSERT_EQ(orders_.size(), 1U);
    EXPECT_EQ(orders_[0].program, (std::vector<std::string>{"/usr/bin/page", "now"}));
    EXPECT_EQ(orders_[0].timeout, std::chrono::seconds{7});
    EXPECT_EQ(orders_[0].notice, "{\"kind\":\"exhausted\"}");
    end();
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].ticket, 3U);
    EXPECT_EQ(replies_[0].exit_code, 0);
}

TEST_F(NotifierTest, ReadsTheSettingsAnewEachTime) {
    set("");
    notify(1);
    EXPECT_EQ(refusal(), Refusal::not_available);
    set("[notify.exec]\nprogram = [\"/usr/bin/other\"]\n");
    notify(2);
    ASSERT_EQ(orders_.size(), 1U);
    EXPECT_EQ(orders_[0].program.front(), "/usr/bin/other");
}

TEST_F(NotifierTest, DoesNotMindMistakesInTheRules) {
    static_cast<void>(directory_.write("none.toml", "[target.x\n"));
    notify(1);
    EXPECT_EQ(orders_.size(), 1U);
}

TEST_F(NotifierTest, BelievesNoSettingsThatOthersCanWrite) {
    ASSERT_EQ(::chmod(directory_.path("primum.toml").c_str(), 0666), 0);
    notify(1);
    EXPECT_EQ(refusal(), Refusal::rules_unreadable);
    EXPECT_TRUE(orders_.empty());
}

TEST_F(NotifierTest, RunsOneAtATime) {
    notify(1);
    notify(2);
    EXPECT_EQ(refusal(), Refusal::budget);
    end();
    notify(3);
    EXPECT_EQ(orders_.size(), 2U);
}

TEST_F(NotifierTest, IsBoundedInAMinuteAndInLength) {
    for (std::size_t i = 0; i < max_notices_a_minute; ++i) {
        notify(i);
        end();
    }
    notify(99);
    EXPECT_EQ(refusal(), Refusal::budget);
    clock_.advance(std::chrono::minutes{1});
    notify(100, std::string(remedy::max_notice_bytes + 1, 'x'));
    EXPECT_EQ(refusal(), Refusal::too_large);
    notify(101);
    EXPECT_EQ(orders_.size(), max_notices_a_minute + 1);
}

}  // namespace
}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#include "daemon/notice/alert_sender.hpp"

#include "sender_fixture.hpp"

#include <gmock/gmock.h>

namespace primum::notice {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using How = PostEnd::How;

class AlertSenderTest : public SenderFixture {
protected:
    AlertSenderTest() {
        book_.restore({}, {}, clock_.now());
        sender_.wake();
    }
    void see(IncidentRecord record) {
        book_.observe(RecordEffect{std::move(record)}, clock_.now());
        sender_.wake();
        turn();
    }

    AlertBook book_{AlertTimes{}, [](const std::string&) { return std::string{}; }};
    AlertSender sender_{loop_, clock_, book_, origin_, minutes{5}, ports_};
};

TEST_F(AlertSenderTest, OnePostAtATimeAndWhatIsNewWaitsForTheNext) {
    see(incident(1));
    ASSERT_EQ(posts_.size(), 1U);
    EXPECT_TRUE(has(posts_.front().body, "\"incident\":\"1\""));
    EXPECT_TRUE(has(posts_.front().body, "PrimumHeartbeat"));
    see(incident(2));
    EXPECT_EQ(posts_.size(), 1U);
    answer_post(How::accepted);
    turn();
    ASSERT_EQ(posts_.size(), 1U);
    EXPECT_EQ(alerts_in(posts_.front().body), 1U);
    EXPECT_TRUE(has(posts_.front().body, "\"incident\":\"2\""));
    EXPECT_GT(kept_, 0);
}

TEST_F(AlertSenderTest, WaitsForTheLedgerButNotForEver) {
    durable_ = false;
    see(incident(1));
    EXPECT_THAT(posts_, IsEmpty());
    clock_.advance(seconds{1});
    durable_ = true;
    turn();
    EXPECT_EQ(posts_.size(), 1U);
    answer_post(How::accepted);
    durable_ = false;
    see(incident(2));
    EXPECT_THAT(posts_, IsEmpty());
    clock_.advance(durable_within);
    turn();
    EXPECT_EQ(posts_.size(), 1U);
}

TEST_F(AlertSenderTest, WhatFailsIsSentAgainWithBackOffAndToldOnce) {
    see(incident(1));
    for (int i = 0; i < 3; ++i) {
        answer_post(How::failed, "refused: nobody listens");
        turn();
        EXPECT_THAT(posts_, IsEmpty()) << "not before its time";
        EXPECT_EQ(sender_.problem(), "refused: nobody listens");
        clock_.advance(minutes{2});
        turn();
        ASSERT_EQ(posts_.size(), 1U);
        EXPECT_TRUE(has(posts_.front().body, "\"incident\":\"1\""));
    }
    EXPECT_EQ(told_.size(), 1U);
    EXPECT_FALSE(told_.front().first);
    answer_post(How::accepted);
    EXPECT_EQ(sender_.problem(), "");
    ASSERT_EQ(told_.size(), 2U);
    EXPECT_TRUE(told_.back().first);
    EXPECT_THAT(counted_, Contains("alertmanager incident failed").Times(3));
    EXPECT_THAT(counted_, Contains("alertmanager incident delivered").Times(1));
}

TEST_F(AlertSenderTest, ARepetitionIsCountedAsSuch) {
    see(incident(1));
    answer_post(How::accepted);
    counted_.clear();
    clock_.advance(minutes{1});
    turn();
    answer_post(How::accepted);
    EXPECT_THAT(counted_, Contains("alertmanager incident repeated"));
    EXPECT_THAT(counted_, Contains("alertmanager heartbeat repeated"));
}

TEST_F(AlertSenderTest, AnAlertThatIsRefusedDoesNotHoldUpTheOthers) {
    for (std::uint64_t id = 1; id <= 20; ++id) {
        book_.observe(RecordEffect{incident(id)}, clock_.now());
    }
    sender_.wake();
    int posts = 0;
    for (; posts < 100 && book_.waiting() > 0; ++posts) {
        clock_.advance(seconds{1});
        turn();
        if (!posts_.empty()) {
            const bool bad = has(posts_.front().body, "\"incident\":\"7\"");
            answer_post(bad ? How::refused : How::accepted, "HTTP status 400: bad label");
        }
    }
    EXPECT_LT(posts, 40);
    EXPECT_EQ(book_.waiting(), 0U);
    EXPECT_THAT(counted_, Contains("alertmanager incident refused").Times(1));
    EXPECT_THAT(counted_, Contains("alertmanager incident delivered").Times(19));
}

TEST_F(AlertSenderTest, ManyGoInPartsOfABoundedSize) {
    for (std::uint64_t id = 1; id <= 150; ++id) {
        book_.observe(RecordEffect{incident(id)}, clock_.now());
    }
    sender_.wake();
    std::vector<std::size_t> sizes;
    while (book_.waiting() > 0) {
        turn();
        sizes.push_back(alerts_in(posts_.front().body));
        answer_post(How::accepted);
    }
    EXPECT_THAT(sizes, ElementsAre(64, 64, 23));
}

}  // namespace
}  // namespace primum::notice

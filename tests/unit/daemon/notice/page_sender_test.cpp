// SPDX-License-Identifier: MIT
#include "daemon/notice/page_sender.hpp"

#include "sender_fixture.hpp"

#include <gmock/gmock.h>

namespace primum::notice {
namespace {

using testing::Contains;
using testing::IsEmpty;
using How = ProgramEnd::How;

class PageSenderTest : public SenderFixture {
protected:
    void add(const Notify& page) {
        queue_.add(page, "gateway.service", clock_.now().wall);
        sender_.wake();
        turn();
    }
    // By the test's clock the answer is late at once; so it is given before the loop turns.
    void begin(const Notify& page) {
        queue_.add(page, "gateway.service", clock_.now().wall);
        sender_.wake();
        loop_.run_once(std::chrono::milliseconds{0});
    }

    PageQueue queue_{true};
    PageSender sender_{loop_, clock_, queue_, origin_, minutes{1}, ports_};
};

TEST_F(PageSenderTest, OneRunAtATimeInTheirOrder) {
    begin(page(1));
    ASSERT_EQ(runs_.size(), 1U);
    EXPECT_TRUE(has(runs_.front().body, "\"incident\":1,"));
    queue_.add(page(2), {}, clock_.now().wall);
    sender_.wake();
    EXPECT_EQ(runs_.size(), 1U);
    answer_run(How::done);
    loop_.run_once(std::chrono::milliseconds{0});
    ASSERT_EQ(runs_.size(), 1U);
    EXPECT_TRUE(has(runs_.front().body, "\"incident\":2,"));
    EXPECT_THAT(counted_, Contains("exec exhausted delivered").Times(1));
}

TEST_F(PageSenderTest, AFailedRunIsRepeatedAndGivenUpInTheEnd) {
    begin(page(1));
    for (std::uint32_t i = 0; i < max_page_tries; ++i) {
        ASSERT_EQ(runs_.size(), 1U) << i;
        answer_run(How::failed, "it ended with exit code 3");
        EXPECT_EQ(sender_.problem(), "it ended with exit code 3");
        loop_.run_once(std::chrono::milliseconds{0});
        clock_.advance(minutes{2});
    }
    EXPECT_THAT(runs_, IsEmpty());
    EXPECT_EQ(queue_.front(), nullptr);
    EXPECT_THAT(counted_, Contains("exec exhausted failed").Times(max_page_tries));
    EXPECT_THAT(counted_, Contains("exec exhausted dropped").Times(1));
    ASSERT_EQ(told_.size(), 2U) << "that it fails, and that the page is given up";
}

TEST_F(PageSenderTest, WhereItCannotBeRunThePageWaits) {
    begin(page(1));
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(runs_.size(), 1U) << i;
        answer_run(How::not_run, "unreachable: no actuator");
        clock_.advance(minutes{2});
        loop_.run_once(std::chrono::milliseconds{0});
    }
    answer_run(How::done);
    EXPECT_EQ(queue_.front(), nullptr);
    EXPECT_EQ(sender_.problem(), "");
    EXPECT_TRUE(told_.back().first);
}

TEST_F(PageSenderTest, AnAnswerThatNeverComesIsNotWaitedForForEver) {
    begin(page(1));
    const auto late = runs_.front().done;
    runs_.pop_front();
    turn();
    EXPECT_TRUE(has(sender_.problem(), "no answer"));
    late({How::done, {}});
    EXPECT_NE(queue_.front(), nullptr) << "an answer that comes later is of another run";
}

TEST_F(PageSenderTest, APageThatIsDroppedIsCountedAndItsTextTold) {
    for (std::uint64_t id = 1; id <= max_waiting_pages + 1; ++id) {
        queue_.add(page(id), {}, clock_.now().wall);
    }
    sender_.wake();
    EXPECT_THAT(counted_, Contains("exec exhausted dropped").Times(1));
    EXPECT_TRUE(has(told_.front().second, "nothing is left to try"));
}

}  // namespace
}  // namespace primum::notice

// SPDX-License-Identifier: MIT
#include "daemon/notice/page_queue.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace primum::notice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PageQueueTest : public testing::Test {
protected:
    WallTime now() { return clock_.now().wall; }
    void add(const Notify& page) { queue_->add(page, "gateway.service", now()); }
    // The word of the next one, which is then delivered; empty: there is none.
    std::string deliver() {
        const auto* page = queue_->front();
        if (page == nullptr) {
            return {};
        }
        auto word = std::string{name_of(page->kind)} + "/" + std::to_string(page->incident);
        queue_->delivered(page->number);
        return word;
    }
    std::vector<std::string> deliver_all() {
        std::vector<std::string> all;
        for (auto word = deliver(); !word.empty(); word = deliver()) {
            all.push_back(word);
        }
        return all;
    }
    void restart(const RestoredState& state, bool program = true) {
        for (auto& row : queue_->take_rows()) {
            if (row.body.empty()) {
                kept_.erase(row.key);
            } else {
                kept_[row.key] = row.body;
            }
        }
        std::vector<Row> rows;
        for (const auto& [key, body] : kept_) {
            rows.push_back({key, body});
        }
        queue_ = std::make_unique<PageQueue>(program);
        queue_->restore(rows, state, now());
    }

    ManualClock clock_{start_of_test()};
    std::unique_ptr<PageQueue> queue_ = std::make_unique<PageQueue>(true);
    std::map<std::string, std::string> kept_;
};

TEST_F(PageQueueTest, GoesOutInItsOrder) {
    add(page(1));
    add(page(2, PageKind::stalled));
    add(page(0, PageKind::breaker));
    EXPECT_THAT(deliver_all(), ElementsAre("exhausted/1", "stalled/2", "breaker/0"));
}

TEST_F(PageQueueTest, TheEndFollowsWhatWasPaged) {
    add(page(1));
    queue_->observe(closed(incident(2)), now());
    queue_->observe(closed(incident(1)), now());
    queue_->observe(closed(incident(1)), now());
    EXPECT_THAT(deliver_all(), ElementsAre("exhausted/1", "resolved/1"));
}

TEST_F(PageQueueTest, ARestartGoesOnWhereItWas) {
    add(page(1));
    add(page(2));
    EXPECT_EQ(deliver(), "exhausted/1");
    restart(state_of(incident(1)));
    EXPECT_THAT(deliver_all(), ElementsAre("exhausted/2", "resolved/2"))
        << "2 is open no more, 1 is";
    restart({});
    EXPECT_THAT(deliver_all(), ElementsAre("resolved/1"));
    restart({});
    EXPECT_THAT(deliver_all(), IsEmpty()) << "each end once";
}

TEST_F(PageQueueTest, AFailingPageIsGivenUpInTheEnd) {
    add(page(1));
    add(page(2));
    for (std::uint32_t i = 1; i < max_page_tries; ++i) {
        EXPECT_FALSE(queue_->failed(queue_->front()->number));
        restart(state_of(incident(1)));
        EXPECT_EQ(queue_->front()->incident, 1U);
    }
    EXPECT_TRUE(queue_->failed(queue_->front()->number));
    EXPECT_EQ(queue_->front()->incident, 2U);
}

TEST_F(PageQueueTest, OverItsBoundTheOldestOfTheLeastGraveIsDroppedWithItsEnd) {
    add(page(1));
    add(page(2, PageKind::stalled));
    queue_->observe(closed(incident(2)), now());
    for (std::uint64_t id = 3; queue_->waiting() < max_waiting_pages; ++id) {
        add(page(id));
    }
    EXPECT_THAT(queue_->take_dropped(), IsEmpty());
    add(page(900));
    const auto dropped = queue_->take_dropped();
    ASSERT_EQ(dropped.size(), 2U);
    EXPECT_EQ(dropped[0].kind, NoticeKind::stalled);
    EXPECT_EQ(dropped[1].kind, NoticeKind::resolved);
    EXPECT_EQ(queue_->front()->incident, 1U);
    // Nobody has heard of it, so nobody hears of its end.
    queue_->observe(closed(incident(2)), now());
    EXPECT_EQ(queue_->waiting(), max_waiting_pages - 1);
}

TEST_F(PageQueueTest, IsBoundedHoweverLongIncidentsStayOpen) {
    for (std::uint64_t id = 1; id < 3 * max_known_pages; ++id) {
        add(page(id));
        deliver_all();
    }
    restart({});
    EXPECT_LE(kept_.size(), max_known_pages);
}

TEST_F(PageQueueTest, ForgetsWhatIsOfNoMoreUse) {
    add(page(1));
    deliver_all();
    clock_.advance(minutes{90});
    queue_->tidy(now());
    EXPECT_THAT(queue_->lately(now()), IsEmpty());
    queue_->observe(closed(incident(1)), now());
    EXPECT_THAT(deliver_all(), ElementsAre("resolved/1")) << "known while the incident is open";
    clock_.advance(minutes{61});
    queue_->tidy(now());
    restart({});
    EXPECT_THAT(kept_, IsEmpty());
}

TEST_F(PageQueueTest, KnowsWhenPagesWentOut) {
    add(page(1));
    clock_.advance(minutes{40});
    add(page(2));
    restart(state_of(incident(2)));
    EXPECT_THAT(queue_->lately(now()), ElementsAre(start_of_test().wall, now()));
    clock_.advance(minutes{30});
    EXPECT_THAT(queue_->lately(now()), ElementsAre(start_of_test().wall + minutes{40}));
}

TEST_F(PageQueueTest, WithoutAProgramPagesAreOnlyCounted) {
    queue_ = std::make_unique<PageQueue>(false);
    add(page(1));
    EXPECT_EQ(queue_->front(), nullptr);
    EXPECT_EQ(queue_->lately(now()).size(), 1U);
    restart(state_of(closed(incident(1))));
    EXPECT_THAT(deliver_all(), IsEmpty()) << "a program that came later did not hear of it";
}

TEST_F(PageQueueTest, AProgramThatIsGoneGetsNothing) {
    add(page(1));
    restart({}, false);
    EXPECT_EQ(queue_->front(), nullptr);
}

}  // namespace
}  // namespace primum::notice

// SPDX-License-Identifier: MIT
#include "daemon/notice/desk.hpp"

#include "sender_fixture.hpp"

#include <gmock/gmock.h>

#include <memory>

namespace primum::notice {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DeskTest : public SenderFixture {
protected:
    DeskTest() {
        settings_.alertmanager.url = "http://127.0.0.1:9093";
        settings_.exec.program = {"/usr/bin/page"};
    }
    void begin(const std::vector<Row>& rows = {}, const RestoredState& state = {}) {
        posts_.clear();
        runs_.clear();
        desk_ = std::make_unique<Desk>(loop_, clock_, settings_, origin_, ports());
        desk_->restore(rows, state);
        desk_->start();
    }
    void see(Record record) { desk_->observe(RecordEffect{std::move(record)}); }
    void see(const Notify& page) {
        desk_->observe(page);
        desk_->page(page);
    }
    // What one event has to be kept with.
    std::vector<Row> rows() { return desk_->take_rows(); }

    rules::NotifySettings settings_;
    std::unique_ptr<Desk> desk_;
};

TEST_F(DeskTest, WhatIsKeptTogetherWithARecordBringsBackItsNotices) {
    begin();
    static_cast<void>(rows());
    see(paged(incident(1), PageKind::exhausted));
    see(page(1));
    EXPECT_TRUE(desk_->take_news());
    const auto kept = rows();
    EXPECT_THAT(kept, SizeIs(3)) << "the incident, its page as an alert, and for the program";
    // Killed before anything was sent.
    begin(kept, state_of(paged(incident(1), PageKind::exhausted)));
    turn();
    ASSERT_FALSE(posts_.empty());
    EXPECT_TRUE(has(posts_.front().body, "PrimumTargetExhausted"));
    EXPECT_TRUE(has(posts_.front().body, "PrimumIncident"));
    ASSERT_FALSE(runs_.empty());
    EXPECT_TRUE(has(runs_.front().body, "\"kind\":\"exhausted\""));
}

TEST_F(DeskTest, IsDeafToWhatIsNoNotice) {
    begin();
    static_cast<void>(rows());
    see(DecisionRecord{});
    desk_->observe(LevelChanged{});
    desk_->observe(RunAction{});
    EXPECT_FALSE(desk_->take_news());
    EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(DeskTest, RowsOfAChannelThatIsGoneAreRemoved) {
    begin();
    see(incident(1));
    const auto kept = rows();
    settings_.alertmanager.url.clear();
    begin(kept, state_of(incident(1)));
    std::vector<Row> gone;
    for (const auto& row : kept) {
        gone.push_back({row.key, {}});
    }
    EXPECT_THAT(rows(), testing::UnorderedElementsAreArray(gone));
    turn();
    EXPECT_THAT(posts_, IsEmpty());
}

TEST_F(DeskTest, FiguresSayWhatWaitsAndWhy) {
    begin();
    see(incident(1));
    see(page(1));
    desk_->wake();
    turn();
    answer_post(PostEnd::How::failed, "refused: nobody listens");
    clock_.advance(seconds{3});
    const auto figures = desk_->figures();
    ASSERT_THAT(figures, SizeIs(2));
    EXPECT_EQ(figures[0].channel, Channel::alertmanager);
    EXPECT_EQ(figures[0].waiting, 3U) << "the incident, the page and the heartbeat";
    EXPECT_EQ(figures[0].oldest, seconds{3});
    EXPECT_EQ(figures[0].problem, "refused: nobody listens");
    EXPECT_EQ(figures[1].channel, Channel::exec);
    EXPECT_EQ(figures[1].waiting, 1U);
    EXPECT_THAT(counted_, Contains("journal exhausted delivered"));
}

TEST_F(DeskTest, WithoutChannelsThereIsNothingToSay) {
    settings_ = {};
    begin();
    see(incident(1));
    see(page(1));
    EXPECT_THAT(desk_->figures(), IsEmpty());
    EXPECT_THAT(desk_->pages_lately(), ElementsAre(clock_.now().wall)) << "the limit counts on";
}

}  // namespace
}  // namespace primum::notice

// SPDX-License-Identifier: MIT
#include "daemon/notice/alert_book.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace primum::notice {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr std::size_t many = 10'000;

class AlertBookTest : public testing::Test {
protected:
    AlertBookTest() { begin({}, {}); }

    void begin(const std::vector<Row>& rows, const RestoredState& state) {
        book_ = std::make_unique<AlertBook>(AlertTimes{},
                                            [](const std::string& t) { return t + ".service"; });
        book_->restore(rows, state, clock_.now());
    }
    void see(Record record) { book_->observe(RecordEffect{std::move(record)}, clock_.now()); }
    void see(Notify page) { book_->observe(page, clock_.now()); }
    // What is due is sent and accepted: "+alert" firing, "-alert" ending.
    std::vector<std::string> deliver() {
        const auto sent = book_->due(clock_.now().t, many);
        book_->accepted(sent, clock_.now());
        return words(sent);
    }
    static std::vector<std::string> words(const std::vector<AlertBook::Sending>& sendings) {
        std::vector<std::string> all;
        for (const auto& one : sendings) {
            if (one.alert.kind != NoticeKind::heartbeat) {
                all.push_back((one.ending ? "-" : "+") + one.key.substr(6));
            }
        }
        return all;
    }
    // As the ledger has them after each change.
    const std::map<std::string, std::string>& kept() {
        for (auto& row : book_->take_rows()) {
            if (row.body.empty()) {
                kept_.erase(row.key);
            } else {
                kept_[row.key] = row.body;
            }
        }
        return kept_;
    }
    void restart(const RestoredState& state) {
        std::vector<Row> rows;
        for (const auto& [key, body] : kept()) {
            rows.push_back({key, body});
        }
        begin(rows, state);
    }

    ManualClock clock_{start_of_test()};
    std::unique_ptr<AlertBook> book_;
    std::map<std::string, std::string> kept_;
};

TEST_F(AlertBookTest, TheHeartbeatFiresForEver) {
    for (int i = 0; i < 5; ++i) {
        const auto sent = book_->due(clock_.now().t, many);
        ASSERT_EQ(sent.size(), 1U);
        EXPECT_EQ(sent.front().alert.kind, NoticeKind::heartbeat);
        EXPECT_FALSE(sent.front().ending);
        book_->accepted(sent, clock_.now());
        EXPECT_THAT(book_->due(clock_.now().t, many), IsEmpty());
        clock_.advance(minutes{1});
    }
}

TEST_F(AlertBookTest, AnIncidentStartsRepeatsAndEnds) {
    see(incident(4));
    EXPECT_THAT(deliver(), ElementsAre("+incident/4"));
    EXPECT_THAT(deliver(), IsEmpty());
    clock_.advance(minutes{1});
    EXPECT_THAT(deliver(), ElementsAre("+incident/4"));
    see(closed(incident(4)));
    EXPECT_THAT(deliver(), ElementsAre("-incident/4"));
    for (int i = 0; i < 5; ++i) {
        clock_.advance(minutes{1});
        EXPECT_THAT(deliver(), ElementsAre("-incident/4")) << i;
    }
    clock_.advance(minutes{1});
    EXPECT_THAT(deliver(), IsEmpty());
    EXPECT_THAT(kept(), Not(Contains(testing::Key("alert/incident/4"))));
}

TEST_F(AlertBookTest, ALevelIsNewsOfTheSameAlert) {
    see(incident(4));
    const auto before = book_->due(clock_.now().t, many);
    book_->accepted(before, clock_.now());
    auto risen = incident(4);
    risen.level = Level::restart;
    clock_.advance(seconds{5});
    see(risen);
    const auto after = book_->due(clock_.now().t, 1);
    ASSERT_EQ(after.size(), 1U);
    EXPECT_TRUE(after.front().news);
    EXPECT_EQ(after.front().alert.starts, start_of_test().wall);
    EXPECT_EQ(book_->incident(4)->level, Level::restart);
}

TEST_F(AlertBookTest, WhatChangesOnlyForTheRecordWaitsForItsInterval) {
    see(incident(4));
    deliver();
    auto moved = incident(4);
    moved.phase = Phase::verifying;
    see(moved);
    EXPECT_THAT(deliver(), IsEmpty());
}

TEST_F(AlertBookTest, WhatEndedUntoldIsToldAsFiringFirst) {
    see(incident(4));
    clock_.advance(seconds{2});
    see(closed(incident(4)));
    EXPECT_THAT(deliver(), ElementsAre("+incident/4"));
    clock_.advance(seconds{50});
    EXPECT_THAT(deliver(), IsEmpty()) << "its end is not hastened";
    clock_.advance(seconds{10});
    const auto sent = book_->due(clock_.now().t, many);
    EXPECT_THAT(words(sent), ElementsAre("-incident/4"));
    EXPECT_EQ(sent.front().alert.ends, start_of_test().wall + seconds{2});
}

TEST_F(AlertBookTest, WhatEndsWhileItIsSentEndsAnIntervalLater) {
    see(incident(4));
    const auto sent = book_->due(clock_.now().t, many);
    see(closed(incident(4)));
    book_->accepted(sent, clock_.now());
    EXPECT_THAT(deliver(), IsEmpty());
    clock_.advance(minutes{1});
    EXPECT_THAT(deliver(), ElementsAre("-incident/4"));
}

TEST_F(AlertBookTest, APageFiresWhileWhatItSaysIsSo) {
    see(page(4));
    see(paged(incident(4), PageKind::exhausted));
    EXPECT_THAT(deliver(), ElementsAre("+exhausted/4", "+incident/4")) << "the gravest first";
    // Acknowledged: the ladder is armed again.
    auto armed = paged(incident(4), PageKind::exhausted);
    armed.phase = Phase::waiting;
    clock_.advance(seconds{1});
    see(armed);
    EXPECT_THAT(deliver(), ElementsAre("-exhausted/4"));
}

TEST_F(AlertBookTest, AnOverduePageEndsWithTheAcknowledgement) {
    auto late = paged(incident(4), PageKind::overdue);
    late.overdue = 1;
    see(page(4, PageKind::overdue));
    see(late);
    EXPECT_THAT(deliver(), ElementsAre("+overdue/4", "+incident/4"));
    late.acknowledged = clock_.now();
    see(late);
    EXPECT_THAT(deliver(), ElementsAre("-overdue/4", "+incident/4"));
}

TEST_F(AlertBookTest, AGraveIncidentIsAnAlertOfItsOwn) {
    auto grave = incident(4);
    see(grave);
    deliver();
    grave.sev = Sev::sev1;
    see(grave);
    EXPECT_THAT(deliver(), ElementsAre("+sev1/4", "+incident/4"));
    see(closed(grave));
    EXPECT_THAT(deliver(), ElementsAre("-sev1/4", "-incident/4"));
}

TEST_F(AlertBookTest, ABreakerFiresUntilItIsReset) {
    see(breaker(true));
    see(breaker(true, "gateway"));
    EXPECT_THAT(deliver(), ElementsAre("+breaker/", "+breaker/gateway"));
    see(breaker(false, "gateway"));
    EXPECT_THAT(deliver(), ElementsAre("-breaker/gateway"));
    clock_.advance(minutes{1});
    EXPECT_THAT(deliver(), ElementsAre("+breaker/", "-breaker/gateway"));
}

TEST_F(AlertBookTest, APageAboutAClosedIncidentFiresForAnHour) {
    see(page(9, PageKind::rollback_failed));
    EXPECT_THAT(deliver(), ElementsAre("+rollback_failed/9"));
    for (int i = 0; i < 59; ++i) {
        clock_.advance(minutes{1});
        EXPECT_THAT(deliver(), ElementsAre("+rollback_failed/9")) << i;
    }
    clock_.advance(minutes{1});
    deliver();
    EXPECT_THAT(deliver(), ElementsAre("-rollback_failed/9"));
}

TEST_F(AlertBookTest, ARelapseIsTheSameAlertAgain) {
    see(incident(4));
    deliver();
    clock_.advance(seconds{30});
    see(closed(incident(4)));
    deliver();
    clock_.advance(seconds{30});
    see(incident(4));
    const auto sent = book_->due(clock_.now().t, many);
    EXPECT_THAT(words(sent), ElementsAre("+incident/4"));
    EXPECT_EQ(sent.front().alert.starts, start_of_test().wall + seconds{30});
}

TEST_F(AlertBookTest, ARestartSendsWhatFiresWithTheSameLabelsAndStart) {
    see(page(4));
    see(paged(incident(4), PageKind::exhausted));
    const auto before = book_->due(clock_.now().t, many);
    book_->accepted(before, clock_.now());
    clock_.advance(seconds{10});
    restart(state_of(paged(incident(4), PageKind::exhausted)));
    const auto after = book_->due(clock_.now().t, many);
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after[i].key, before[i].key);
        EXPECT_EQ(after[i].alert.starts, before[i].alert.starts);
        EXPECT_EQ(after[i].alert.unit, before[i].alert.unit);
        EXPECT_EQ(after[i].alert.text, before[i].alert.text);
        EXPECT_FALSE(after[i].news);
    }
}

TEST_F(AlertBookTest, ARestartSendsTheEndThatWasNotDelivered) {
    see(incident(4));
    deliver();
    see(closed(incident(4)));
    restart(state_of(closed(incident(4))));
    EXPECT_THAT(deliver(), ElementsAre("-incident/4"));
}

TEST_F(AlertBookTest, ARestartTellsWhatEndedUntoldFromItsStart) {
    see(incident(4));
    see(closed(incident(4)));
    restart(state_of(closed(incident(4))));
    EXPECT_THAT(deliver(), ElementsAre("+incident/4"));
    clock_.advance(minutes{1});
    EXPECT_THAT(deliver(), ElementsAre("-incident/4"));
}

TEST_F(AlertBookTest, WithoutRowsTheLedgerStillSaysWhatFires) {
    auto state = state_of(paged(incident(4), PageKind::exhausted));
    state.breakers.push_back({breaker(true, "gateway"), {}});
    begin({}, state);
    EXPECT_THAT(deliver(), ElementsAre("+breaker/gateway", "+exhausted/4", "+incident/4"));
}

TEST_F(AlertBookTest, RowsOfWhatIsNoLongerSoEnd) {
    see(incident(4));
    see(breaker(true));
    deliver();
    restart({});
    EXPECT_THAT(deliver(), ElementsAre("-breaker/", "-incident/4"));
}

TEST_F(AlertBookTest, RowsThatCannotBeReadAreNothing) {
    begin({{"alert/incident/4", "{"}, {"alert/incident/5", "{}"}, {"else", "{}"}}, {});
    EXPECT_THAT(deliver(), IsEmpty());
}

TEST_F(AlertBookTest, OverItsBoundTheOldestOfTheLeastGraveGoesAndIsCounted) {
    see(breaker(true));
    for (std::uint64_t id = 1; id < max_alerts + 10; ++id) {
        auto record = incident(id);
        record.opened.wall += seconds{static_cast<std::int64_t>(id)};
        see(record);
    }
    const auto all = words(book_->due(clock_.now().t, many));
    EXPECT_EQ(all.size(), max_alerts - 1) << "and the heartbeat";
    EXPECT_THAT(all, Contains("+breaker/"));
    EXPECT_THAT(all, Not(Contains("+incident/1")));
    EXPECT_THAT(all, Contains("+incident/" + std::to_string(max_alerts + 9)));
    EXPECT_EQ(book_->take_dropped().size(), 11U);
    // No end of what was dropped.
    see(closed(incident(1)));
    EXPECT_THAT(words(book_->due(clock_.now().t, many)), Not(Contains("-incident/1")));
}

TEST_F(AlertBookTest, SaysHowMuchWaitsAndSinceWhen) {
    deliver();
    EXPECT_EQ(book_->waiting(), 0U);
    EXPECT_FALSE(book_->waiting_since());
    see(incident(4));
    const auto since = clock_.now().t;
    clock_.advance(seconds{7});
    see(incident(5));
    EXPECT_EQ(book_->waiting(), 2U);
    EXPECT_EQ(book_->waiting_since(), since);
    deliver();
    EXPECT_EQ(book_->waiting(), 0U);
}

}  // namespace
}  // namespace primum::notice

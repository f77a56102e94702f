// SPDX-License-Identifier: MIT
#include "source/journal.hpp"

#include "source_fixture.hpp"

#include <deque>

#include <sys/eventfd.h>
#include <unistd.h>

namespace primum::source {
namespace {

using Entry = std::vector<std::string>;

// A journal that the test writes.
struct Journal {
    std::deque<Entry> entries;  // not read yet
    std::optional<JournalTrouble> closed_by{};
    bool broken = false;
    int opened = 0;
    std::size_t most_in_a_turn = 0;
    Instant received;
};

class FakeFeed final : public JournalFeed {
public:
    FakeFeed(Journal& journal, int wake_fd) : journal_(journal), wake_fd_(wake_fd) {}
    std::optional<JournalTrouble> open(const std::vector<JournalCount>& /*counts*/) override {
        open_ = !journal_.closed_by;
        ++journal_.opened;
        journal_.entries.clear();  // what is there already is never given
        return journal_.closed_by;
    }
    void close() override { open_ = false; }
    [[nodiscard]] int fd() const override { return open_ ? wake_fd_ : -1; }
    void changed() override {
        std::uint64_t count = 0;
        static_cast<void>(!::read(wake_fd_, &count, sizeof count));
    }
    Read next(const std::function<void(std::string_view)>& field) override {
        if (journal_.broken) {
            return {Step::trouble, {}, "the journal cannot be read: Bad message"};
        }
        if (journal_.entries.empty()) {
            return {};
        }
        const auto entry = std::move(journal_.entries.front());
        journal_.entries.pop_front();
        for (const auto& data : entry) {
            field(data);
        }
        return {Step::entry, journal_.received, {}};
    }

private:
    Journal& journal_;
    int wake_fd_;
    bool open_ = false;
};

class JournalSourceTest : public SourceTest {
protected:
    JournalSourceTest() : wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
    ~JournalSourceTest() override {
        source_.reset();
        ::close(wake_fd_);
    }

    void count(std::vector<JournalCount> counts) {
        watch(std::make_unique<JournalSource>(tools(),
                                              quick_rule("j", JournalPlan{std::move(counts)}),
                                              0,
                                              std::make_unique<FakeFeed>(journal_, wake_fd_)));
        ASSERT_TRUE(turn_until(loop_, [&] { return journal_.opened > 0; }));
    }
    void write(Entry entry, std::size_t times = 1) {
        for (std::size_t i = 0; i < times; ++i) {
            journal_.entries.push_back(entry);
        }
        const std::uint64_t one = 1;
        ASSERT_EQ(::write(wake_fd_, &one, sizeof one), 8);
    }
    bool wait_for_value(const std::string& series, double wanted) {
        return turn_until(loop_, [&] { return value(series) == wanted; });
    }

    Journal journal_;
    int wake_fd_;
};

const JournalCount app_errors{
    "app_errors_total", {{"_SYSTEMD_UNIT", {"app.service"}}, {"PRIORITY", {"0", "1", "2", "3"}}}};

TEST(JournalTallyTest, AnEntryCountsWhenEveryFieldHasOneOfItsValues) {
    JournalTally tally{{app_errors, {"any_total", {{"PRIORITY", {"3"}}}}}};
    const auto take = [&](const Entry& entry) {
        tally.begin();
        for (const auto& data : entry) {
            tally.field(data);
        }
        tally.end();
        return tally.totals();
    };
    using Totals = std::vector<std::uint64_t>;
    EXPECT_EQ(take({"_SYSTEMD_UNIT=app.service", "PRIORITY=3"}), (Totals{1, 1}));
    EXPECT_EQ(take({"PRIORITY=0", "_SYSTEMD_UNIT=app.service"}), (Totals{2, 1}));
    EXPECT_EQ(take({"_SYSTEMD_UNIT=app.service", "PRIORITY=4"}), (Totals{2, 1}));
    EXPECT_EQ(take({"_SYSTEMD_UNIT=other.service", "PRIORITY=3"}), (Totals{2, 2}));
    EXPECT_EQ(take({"PRIORITY=3", "PRIORITY=3"}), (Totals{2, 3}));
    EXPECT_EQ(take({}), (Totals{2, 3}));
    // Equal, or nothing.
    EXPECT_EQ(take({"_SYSTEMD_UNIT=app.service2", "PRIORITY=33"}), (Totals{2, 3}));
    EXPECT_EQ(take({"MESSAGE=_SYSTEMD_UNIT=app.service PRIORITY=3"}), (Totals{2, 3}));
}

TEST(JournalTallyTest, WhatPrimumItselfWritesCountsNowhere) {
    JournalTally tally{{{"errors_total", {{"PRIORITY", {"3"}}}}}};
    for (const std::string unit :
         {"primumd.service", "primum-actuator.service", "primum-exec-7.service"}) {
        tally.begin();
        tally.field("PRIORITY=3");
        tally.field("_SYSTEMD_UNIT=" + unit);
        tally.end();
    }
    EXPECT_EQ(tally.totals().at(0), 0U);
}

TEST_F(JournalSourceTest, CountsEntriesByTheirFields) {
    count({app_errors});
    ASSERT_TRUE(wait_for_value("app_errors_total", 0));
    write({"_SYSTEMD_UNIT=app.service", "PRIORITY=3"}, 3);
    write({"_SYSTEMD_UNIT=app.service", "PRIORITY=6"});
    ASSERT_TRUE(wait_for_value("app_errors_total", 3));
    EXPECT_EQ(value("journal_lag_seconds"), 0);
    EXPECT_TRUE(states_.empty());
}

TEST_F(JournalSourceTest, ARestartOfTheAgentDoesNotReplayAnOldEvent) {
    journal_.entries.assign(50, {"_SYSTEMD_UNIT=app.service", "PRIORITY=0"});
    count({app_errors});
    ASSERT_TRUE(wait_for_collections(3));
    EXPECT_EQ(value("app_errors_total"), 0);
}

TEST_F(JournalSourceTest, AConditionTakenFromALogClearsBecauseACountHasARate) {
    count({app_errors});
    write({"_SYSTEMD_UNIT=app.service", "PRIORITY=2"}, 10);
    ASSERT_TRUE(wait_for_value("app_errors_total", 10));
    // Quiet intervals are collections, too: the count stands still, so that its rate is zero, and
    // it never turns stale.
    const auto before = collections_;
    ASSERT_TRUE(wait_for_collections(before + 5));
    EXPECT_EQ(value("app_errors_total"), 10);
    EXPECT_TRUE(states_.empty());
}

TEST_F(JournalSourceTest, AFloodIsReadInBoundedTurnsAndTheLagIsSeen) {
    count({app_errors});
    ASSERT_TRUE(wait_for_collections(1));
    const std::size_t burst = 10 * journal_entries_a_turn;
    std::size_t flood = 0;
    const auto pour = [&] {
        write({"_SYSTEMD_UNIT=app.service", "PRIORITY=3"}, burst);
        flood += burst;
    };
    journal_.received = clock_.now().t - std::chrono::seconds{7};
    pour();
    std::size_t before = flood;
    bool lag_seen = false;
    std::string note;
    ASSERT_TRUE(turn_until(loop_, [&] {
        EXPECT_LE(before - journal_.entries.size(), journal_entries_a_turn);
        if (value("journal_lag_seconds").value_or(0) > 6) {
            lag_seen = true;
            note = source_->stats().note;
        } else if (!lag_seen && journal_.entries.size() <= journal_entries_a_turn) {
            pour();  // however fast this machine reads, a collection falls into the flood
        }
        before = journal_.entries.size();
        return journal_.entries.empty();
    }));
    EXPECT_TRUE(lag_seen);
    EXPECT_NE(note.find("s behind the journal"), std::string::npos) << note;
    ASSERT_TRUE(wait_for_value("app_errors_total", flood));
    EXPECT_EQ(value("journal_lag_seconds"), 0);
}

TEST_F(JournalSourceTest, AJournalThatMayNotBeReadIsDeniedUntilItMay) {
    journal_.closed_by = JournalTrouble{SourceFailure::denied, "it may not be read"};
    count({app_errors});
    ASSERT_TRUE(wait_for_states(2));
    EXPECT_EQ(states_[0].error_class, "denied");
    EXPECT_EQ(collections_, 0U);
    journal_.closed_by.reset();
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_TRUE(states_.back().ok);
    EXPECT_EQ(value("app_errors_total"), 0);
}

TEST_F(JournalSourceTest, AJournalThatBreaksFailsOnceAndTheCountGoesOnFromWhereItWas) {
    count({app_errors});
    write({"_SYSTEMD_UNIT=app.service", "PRIORITY=3"}, 2);
    ASSERT_TRUE(wait_for_value("app_errors_total", 2));
    journal_.broken = true;
    write({"_SYSTEMD_UNIT=app.service", "PRIORITY=3"});
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "other");
    EXPECT_EQ(states_[0].detail, "the journal cannot be read: Bad message");
    journal_.broken = false;
    ASSERT_TRUE(turn_until(loop_, [&] { return !states_.empty() && states_.back().ok; }));
    write({"_SYSTEMD_UNIT=app.service", "PRIORITY=3"});
    ASSERT_TRUE(wait_for_value("app_errors_total", 3));
}

}  // namespace
}  // namespace primum::source

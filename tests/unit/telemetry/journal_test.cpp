// SPDX-License-Identifier: MIT
#include "telemetry/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace primum::telemetry {
namespace {

using testing::ElementsAre;

// A writer that the test can hold up, as a journal that has stopped reading would.
class Gate {
public:
    [[nodiscard]] Writer writer() {
        return [this](const Entry& entry) {
            std::unique_lock lock{mutex_};
            ++entered_;
            changed_.notify_all();
            changed_.wait(lock, [this] { return open_; });
            messages_.push_back(entry.message);
            changed_.notify_all();
            return !broken_;
        };
    }
    void set_open(bool open) {
        const std::lock_guard lock{mutex_};
        open_ = open;
        changed_.notify_all();
    }
    void set_broken() {
        const std::lock_guard lock{mutex_};
        broken_ = true;
    }
    // Until so many entries have reached the writer.
    void wait_entered(int count) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return entered_ >= count; });
    }
    std::vector<std::string> wait_written(std::size_t count) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return messages_.size() >= count; });
        return messages_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = true;
    bool broken_ = false;
    int entered_ = 0;
    std::vector<std::string> messages_;
};

TEST(JournalTest, MakesTheFieldsOfAnEntry) {
    Entry entry;
    entry.priority = Priority::warning;
    entry.kind = MessageKind::decision;
    entry.message = "gateway: waited";
    entry.target = "gateway";
    entry.level = "retry";
    entry.reason = "held";
    entry.incident = 7;
    entry.action = "uuid-1";
    EXPECT_THAT(fields_of(entry, "primumd"),
                ElementsAre("MESSAGE=gateway: waited",
                            "PRIORITY=4",
                            "MESSAGE_ID=" + std::string{message_id(MessageKind::decision)},
                            "SYSLOG_IDENTIFIER=primumd",
                            "TARGET=gateway",
                            "LEVEL=retry",
                            "REASON=held",
                            "INCIDENT=7",
                            "ACTION=uuid-1"));
}

TEST(JournalTest, LeavesEmptyFieldsOut) {
    Entry entry;
    entry.message = "ready";
    EXPECT_THAT(fields_of(entry, "primumd"),
                ElementsAre("MESSAGE=ready",
                            "PRIORITY=6",
                            "MESSAGE_ID=" + std::string{message_id(MessageKind::daemon)},
                            "SYSLOG_IDENTIFIER=primumd"));
}

TEST(JournalTest, WritesWhatItIsGivenInOrder) {
    Gate gate;
    Journal journal{gate.writer()};
    journal.info("one");
    journal.notice("two");
    journal.warning("three");
    journal.error("four");
    EXPECT_THAT(gate.wait_written(4), ElementsAre("one", "two", "three", "four"));
    EXPECT_EQ(journal.dropped(), 0U);
}

TEST(JournalTest, NeverWaitsForAJournalThatHasStoppedReadingAndCountsWhatItDrops) {
    Gate gate;
    gate.set_open(false);
    {
        Journal journal{gate.writer(), 3};
        journal.info("first");
        gate.wait_entered(1);
        for (int i = 0; i < 10; ++i) {
            journal.info("waiting " + std::to_string(i));
        }
        EXPECT_EQ(journal.dropped(), 7U);
        gate.set_open(true);
        EXPECT_THAT(
            gate.wait_written(5),
            ElementsAre(
                "first", "7 journal entries were dropped", "waiting 0", "waiting 1", "waiting 2"));
        EXPECT_EQ(journal.dropped(), 7U);
    }
}

TEST(JournalTest, WritesWhatWaitsBeforeItEnds) {
    Gate gate;
    {
        Journal journal{gate.writer()};
        for (int i = 0; i < 100; ++i) {
            journal.info("entry");
        }
    }
    EXPECT_EQ(gate.wait_written(100).size(), 100U);
}

TEST(JournalTest, CountsEntriesThatCouldNotBeWritten) {
    Gate gate;
    gate.set_broken();
    Journal journal{gate.writer()};
    journal.info("one");
    journal.info("two");
    gate.wait_written(2);
    journal.info("three");
    gate.wait_entered(3);
    EXPECT_GE(journal.dropped(), 2U);
}

TEST(JournalTest, EndsAlthoughTheJournalHasStoppedReading) {
    auto gate = std::make_shared<Gate>();
    gate->set_open(false);
    {
        Journal journal{
            [gate, write = gate->writer()](const Entry& entry) { return write(entry); }};
        journal.info("stuck");
        gate->wait_entered(1);
    }
    gate->set_open(true);
    EXPECT_THAT(gate->wait_written(1), ElementsAre("stuck"));
}

}  // namespace
}  // namespace primum::telemetry

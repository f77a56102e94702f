// SPDX-License-Identifier: MIT
#include "remedy/file_rollback.hpp"

#include "file_fixture.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

class FileRollbackTest : public FileFixture {
protected:
    // Three files that an action has changed.
    void SetUp() override {
        record.action = "a-1";
        record.unit = "web.service";
        for (const char* name : {"etc/a", "etc/b", "etc/c"}) {
            tree.write(name, std::string{"old "} + name + "\n");
            FileBack file{tree.path(name), store.keep(tree.path(name)).value(), {}};
            file.after =
                store.keep_text(std::string{"new "} + name + "\n", file.before, false).value();
            EXPECT_TRUE(store.put(file.after, file.path, file.before));
            record.files.push_back(file);
        }
    }
    [[nodiscard]] std::string state() const {
        return tree.read("etc/a") + tree.read("etc/b") + tree.read("etc/c");
    }

    WayBackRecord record;
};

TEST_F(FileRollbackTest, PutsAllBack) {
    const Report report = roll_back(record);
    EXPECT_EQ(report.result, ActionResult::done) << report.detail;
    EXPECT_EQ(state(), "old etc/a\nold etc/b\nold etc/c\n");
}

TEST_F(FileRollbackTest, AConflictAnywherePutsNothingBack) {
    tree.write("etc/a", "mine\n");
    tree.write("etc/c", "mine, too\n");
    const Report report = roll_back(record);
    EXPECT_EQ(report.refusal, Refusal::conflict);
    EXPECT_EQ(report.detail,
              tree.path("etc/a") + ", " + tree.path("etc/c") + " were changed since");
    EXPECT_NE(report.facts.conflict.find("-new etc/a\n+mine\n"), std::string::npos);
    EXPECT_NE(report.facts.conflict.find("-new etc/c\n+mine, too\n"), std::string::npos);
    EXPECT_EQ(state(), "mine\nnew etc/b\nmine, too\n");
}

TEST_F(FileRollbackTest, WhatAPersonPutBackAlreadyIsNoConflict) {
    ASSERT_TRUE(store.put(record.files[1].before, record.files[1].path, record.files[1].after));
    EXPECT_EQ(roll_back(record).result, ActionResult::done);
    EXPECT_EQ(state(), "old etc/a\nold etc/b\nold etc/c\n");
}

TEST_F(FileRollbackTest, ADamagedCopyPutsNothingBack) {
    for (const auto& entry : fs::directory_iterator(tree.path("store/blobs"))) {
        tree.write("store/blobs/" + entry.path().filename().string(), "damaged", 0600);
    }
    EXPECT_EQ(roll_back(record).refusal, Refusal::storage);
    EXPECT_EQ(state(), "new etc/a\nnew etc/b\nnew etc/c\n");
}

TEST_F(FileRollbackTest, AConflictDuringTheRollbackIsToldWithWhatIsBack) {
    const auto execution = make_rollback(tools(), record);
    ASSERT_EQ(prepare(*execution).refusal, Refusal::none);
    tree.write("etc/b", "mine\n");
    const Report report = run(*execution);
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.refusal, Refusal::none);  // something was done
    EXPECT_NE(report.detail.find("1 of 3 files are back already"), std::string::npos)
        << report.detail;
    EXPECT_NE(report.facts.conflict.find("+mine\n"), std::string::npos);
    EXPECT_EQ(state(), "new etc/a\nmine\nold etc/c\n");
}

TEST_F(FileRollbackTest, JudgesByWhatStandsThere) {
    Order order = order_of(RemedyKind::failover, FailoverPlan{});
    EXPECT_EQ(judge(order, record).result, ActionResult::done);
    ASSERT_TRUE(store.put(record.files[1].before, record.files[1].path, record.files[1].after));
    EXPECT_EQ(judge(order, record).result, ActionResult::ambiguous);
    ASSERT_EQ(roll_back(record).result, ActionResult::done);
    const Report report = judge(order, record);
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.detail, "nothing was changed");
}

}  // namespace
}  // namespace primum::remedy

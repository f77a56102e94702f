// SPDX-License-Identifier: MIT
#include "remedy/failover.hpp"

#include "file_fixture.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

class FailoverTest : public FileFixture {
protected:
    void SetUp() override {
        tree.write("etc/app.env", "# who\nUPSTREAM=primary\nX=1\n", 0640);
        before = tree.dump("etc/app.env");
    }
    [[nodiscard]] Order order(const std::string& to) const {
        FailoverPlan plan;
        plan.provider = "upstream";
        plan.then = Then::nothing;
        Order made = order_of(RemedyKind::failover, plan);
        ProviderRule provider;
        provider.name = "upstream";
        provider.pointer = {PointerForm::env, tree.path("etc/app.env"), "UPSTREAM"};
        for (const char* name : {"primary", "secondary", "third"}) {
            CandidateRule candidate;
            candidate.name = name;
            candidate.points_to = name;
            provider.candidates.push_back(candidate);
        }
        made.provider = provider;
        made.candidate = to;
        return made;
    }

    std::string before;
};

TEST_F(FailoverTest, MovesThePointerAndBack) {
    const auto execution = make_execution(tools(), order("third"));
    const Prepared prepared = prepare(*execution);
    ASSERT_EQ(prepared.refusal, Refusal::none) << prepared.detail;
    EXPECT_EQ(tree.dump("etc/app.env"), before);  // nothing is done yet
    ASSERT_EQ(prepared.way_back.files.size(), 1U);
    EXPECT_EQ(prepared.way_back.files[0].path, tree.path("etc/app.env"));
    EXPECT_EQ(prepared.facts.snapshots,
              std::vector<std::string>{prepared.way_back.files[0].before});
    EXPECT_EQ(prepared.way_back.unit, "web.service");
    EXPECT_EQ(judge(order("third"), prepared.way_back).result, ActionResult::failed);
    const Report report = run(*execution);
    EXPECT_EQ(report.result, ActionResult::done) << report.detail;
    EXPECT_EQ(tree.read("etc/app.env"), "# who\nUPSTREAM=third\nX=1\n");
    EXPECT_EQ(judge(order("third"), prepared.way_back).result, ActionResult::done);
    const Report back = roll_back(prepared.way_back);
    EXPECT_EQ(back.result, ActionResult::done) << back.detail;
    EXPECT_EQ(tree.dump("etc/app.env"), before);
    EXPECT_EQ(tree.names("etc"), "app.env");
}

TEST_F(FailoverTest, RefusesWhereItPointsAlready) {
    const auto execution = make_execution(tools(), order("primary"));
    EXPECT_EQ(prepare(*execution).refusal, Refusal::points_there);
}

TEST_F(FailoverTest, RefusesAnUnknownCandidate) {
    const auto execution = make_execution(tools(), order("fourth"));
    EXPECT_EQ(prepare(*execution).refusal, Refusal::no_provider);
}

TEST_F(FailoverTest, RefusesAProtectedPath) {
    Order made = order("third");
    made.provider->pointer.path = "/etc/systemd/system.conf";
    EXPECT_EQ(prepare(*make_execution(tools(), made)).refusal, Refusal::unsafe_path);
}

TEST_F(FailoverTest, AnEditBeforeTheSwapWins) {
    const auto execution = make_execution(tools(), order("third"));
    ASSERT_EQ(prepare(*execution).refusal, Refusal::none);
    tree.write("etc/app.env", "UPSTREAM=mine\n", 0644);
    const Report report = run(*execution);
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.refusal, Refusal::conflict);
    EXPECT_EQ(tree.read("etc/app.env"), "UPSTREAM=mine\n");
}

TEST_F(FailoverTest, AnEditBeforeTheRollbackIsAConflictWithADiff) {
    tree.write("etc/app.env", "# who\nUPSTREAM=primary\nX=1\n", 0644);
    const auto execution = make_execution(tools(), order("third"));
    const Prepared prepared = prepare(*execution);
    ASSERT_EQ(run(*execution).result, ActionResult::done);
    tree.write("etc/app.env", "# who\nUPSTREAM=third\nX=2\n", 0644);
    const Report back = roll_back(prepared.way_back);
    EXPECT_EQ(back.refusal, Refusal::conflict);
    EXPECT_EQ(back.detail, tree.path("etc/app.env") + " was changed by somebody since");
    EXPECT_NE(back.facts.conflict.find(" UPSTREAM=third\n-X=1\n+X=2\n"), std::string::npos)
        << back.facts.conflict;
    EXPECT_EQ(tree.read("etc/app.env"), "# who\nUPSTREAM=third\nX=2\n");
    EXPECT_EQ(judge(order("third"), prepared.way_back).result, ActionResult::ambiguous);
}

TEST_F(FailoverTest, AFullDiskChangesNothing) {
    for (std::size_t k = 1;; ++k) {
        ASSERT_LT(k, 200U);
        std::size_t count = 0;
        SnapshotStore full{
            tree.path("store"), {}, [&](std::string_view) { return ++count < k; }, tree.policy()};
        const auto execution = make_execution(tools_with(full), order("third"));
        const Prepared prepared = prepare(*execution);
        if (prepared.refusal != Refusal::none) {
            EXPECT_EQ(prepared.refusal, Refusal::storage);
            continue;
        }
        const Report report = run(*execution);
        const auto judged = judge(order("third"), prepared.way_back);
        EXPECT_NE(judged.result, ActionResult::ambiguous) << k;
        if (report.result == ActionResult::done) {
            EXPECT_EQ(judged.result, ActionResult::done) << k;
        } else if (report.refusal != Refusal::none) {
            EXPECT_EQ(judged.result, ActionResult::failed) << k;
        }
        EXPECT_EQ(roll_back(prepared.way_back).result, ActionResult::done) << k;
        EXPECT_EQ(tree.read("etc/app.env"), "# who\nUPSTREAM=primary\nX=1\n") << k;
        if (count < k) {
            break;
        }
    }
}

}  // namespace
}  // namespace primum::remedy

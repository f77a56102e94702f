// SPDX-License-Identifier: MIT
#include "remedy/config_fallback.hpp"

#include "file_fixture.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

class ConfigFallbackTest : public FileFixture {
protected:
    void SetUp() override {
        tree.write("etc/main.conf", "bad\n", 0640);
        tree.write("etc/conf.d/a", "bad a\n");
        tree.write("etc/conf.d/b", "bad b\n", 0600);
        tree.write("good/main.conf", "good\n");
        tree.write("good/conf.d/a", "good a\n");
        tree.write("good/conf.d/c", "good c\n", 0444);
        tree.write("good/new.conf", "new\n", 0604);
        plan.then = Then::nothing;
        plan.files = {{tree.path("etc/main.conf"), tree.path("good/main.conf")},
                      {tree.path("etc/conf.d"), tree.path("good/conf.d")},
                      {tree.path("etc/new.conf"), tree.path("good/new.conf")}};
    }
    [[nodiscard]] Order order() const { return order_of(RemedyKind::config_fallback, plan); }

    // Each path of the plan, with its times.
    [[nodiscard]] std::string state() const {
        std::string all;
        for (const ReplacedFile& file : plan.files) {
            all += tree.dump(file.path.substr(tree.path("").size()));
        }
        return all;
    }

    FallbackPlan plan;
};

TEST_F(ConfigFallbackTest, PutsTheGoodInPlaceAndTheOldBack) {
    const std::string before = state();
    const auto execution = make_execution(tools(), order());
    const Prepared prepared = prepare(*execution);
    ASSERT_EQ(prepared.refusal, Refusal::none) << prepared.detail;
    EXPECT_EQ(state(), before);
    const Report report = run(*execution);
    ASSERT_EQ(report.result, ActionResult::done) << report.detail;
    EXPECT_EQ(report.detail, "3 files are replaced");
    EXPECT_EQ(tree.read("etc/main.conf"), "good\n");
    EXPECT_EQ(tree.names("etc/conf.d"), "a c");
    EXPECT_EQ(tree.read("etc/new.conf"), "new\n");
    struct stat status{};
    ASSERT_EQ(::stat(tree.path("etc/main.conf").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);  // the old one's
    ASSERT_EQ(::stat(tree.path("etc/new.conf").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0604U);  // the good one's
    EXPECT_EQ(judge(order(), prepared.way_back).result, ActionResult::done);
    const Report back = roll_back(prepared.way_back);
    EXPECT_EQ(back.result, ActionResult::done) << back.detail;
    EXPECT_EQ(back.detail, "3 files are as they were");
    EXPECT_EQ(state(), before);
    EXPECT_EQ(tree.names("etc"), "conf.d main.conf");
    EXPECT_EQ(roll_back(prepared.way_back).result, ActionResult::done);  // once more is no harm
}

TEST_F(ConfigFallbackTest, RefusesWhatIsGoodAlready) {
    plan.files = {{tree.path("etc/main.conf"), tree.path("good/main.conf")}};
    tree.write("etc/main.conf", "good\n", 0640);
    const Prepared prepared = prepare(*make_execution(tools(), order()));
    EXPECT_EQ(prepared.refusal, Refusal::not_applicable);
    EXPECT_EQ(prepared.detail, "what stands there is the known-good already");
}

TEST_F(ConfigFallbackTest, RefusesAGoodFileThatOthersCanWrite) {
    ASSERT_EQ(::chmod(tree.path("good/conf.d/a").c_str(), 0666), 0);
    EXPECT_EQ(prepare(*make_execution(tools(), order())).refusal, Refusal::untrusted);
    ASSERT_EQ(::chmod(tree.path("good/conf.d/a").c_str(), 0644), 0);
    ASSERT_EQ(::chmod(tree.path("good").c_str(), 0777), 0);
    EXPECT_EQ(prepare(*make_execution(tools(), order())).refusal, Refusal::untrusted);
}

TEST_F(ConfigFallbackTest, RefusesALinkForAGoodFile) {
    fs::create_symlink("main.conf", tree.path("good/link"));
    plan.files = {{tree.path("etc/main.conf"), tree.path("good/link")}};
    EXPECT_EQ(prepare(*make_execution(tools(), order())).refusal, Refusal::unsafe_path);
}

TEST_F(ConfigFallbackTest, RefusesAProtectedPath) {
    plan.files.push_back({"/etc/shadow", tree.path("good/new.conf")});
    EXPECT_EQ(prepare(*make_execution(tools(), order())).refusal, Refusal::unsafe_path);
}

TEST_F(ConfigFallbackTest, RefusesACheckThatCannotBeShownTheFile) {
    plan.check = {"/bin/true"};
    const Prepared prepared = prepare(*make_execution(tools(), order()));
    EXPECT_EQ(prepared.refusal, Refusal::not_applicable);
    EXPECT_EQ(tree.names("etc"), "conf.d main.conf");
}

TEST_F(ConfigFallbackTest, AnEditOfTheLastPutsTheFirstBack) {
    const auto execution = make_execution(tools(), order());
    ASSERT_EQ(prepare(*execution).refusal, Refusal::none);
    tree.write("etc/new.conf", "mine\n");
    const std::string before = state();
    const Report report = run(*execution);
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.refusal, Refusal::conflict);
    EXPECT_EQ(state(), before);
}

TEST_F(ConfigFallbackTest, ADiskThatFailsLeavesAllOrNothing) {
    const std::string before = state();
    std::size_t failed = 0;
    for (std::size_t k = 1;; ++k) {
        ASSERT_LT(k, 400U);
        std::size_t count = 0;
        SnapshotStore faulty{
            tree.path("store"), {}, [&](std::string_view) { return ++count != k; }, tree.policy()};
        const auto execution = make_execution(tools_with(faulty), order());
        const Prepared prepared = prepare(*execution);
        if (prepared.refusal != Refusal::none) {
            EXPECT_EQ(state(), before) << k;
            continue;
        }
        const Report report = run(*execution);
        if (report.result != ActionResult::done) {
            ++failed;
            EXPECT_EQ(report.refusal, Refusal::storage) << k;
            EXPECT_EQ(state(), before) << k;
        }
        EXPECT_EQ(roll_back(prepared.way_back).result, ActionResult::done) << k;
        EXPECT_EQ(state(), before) << k;
        EXPECT_EQ(tree.names("etc"), "conf.d main.conf") << k;
        if (count < k) {
            EXPECT_EQ(report.result, ActionResult::done);
            break;
        }
    }
    EXPECT_GT(failed, 20U);
}

// The power goes at the k-th operation of the effect: the stored way back finds its way from there.
TEST_F(ConfigFallbackTest, AfterACrashTheWayBackStillWorks) {
    const std::string before = state();
    for (std::size_t k = 1;; ++k) {
        ASSERT_LT(k, 400U);
        std::size_t count = 0;
        bool counting = false;
        SnapshotStore dying{tree.path("store"),
                            {},
                            [&](std::string_view) { return !counting || ++count < k; },
                            tree.policy()};
        const auto execution = make_execution(tools_with(dying), order());
        const Prepared prepared = prepare(*execution);
        ASSERT_EQ(prepared.refusal, Refusal::none);
        counting = true;
        const Report report = run(*execution);
        static_cast<void>(judge(order(), prepared.way_back));  // has no effect
        EXPECT_EQ(roll_back(prepared.way_back).result, ActionResult::done) << k;
        EXPECT_EQ(state(), before) << k;
        for (const FileBack& file : prepared.way_back.files) {
            EXPECT_TRUE(store.tidy(file.path));
        }
        EXPECT_EQ(tree.names("etc"), "conf.d main.conf") << k;
        if (count < k) {
            EXPECT_EQ(report.result, ActionResult::done);
            break;
        }
    }
}

}  // namespace
}  // namespace primum::remedy

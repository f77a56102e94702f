// SPDX-License-Identifier: MIT
#include "daemon/job_attribution.hpp"

#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant start{seconds{100}};

JobEvent queued(std::uint32_t id, std::string type = "restart", std::string unit = "a.service") {
    return JobEvent{.unit = std::move(unit), .id = id, .type = std::move(type)};
}

JobEvent removed(std::uint32_t id, std::string type = "restart", std::string unit = "a.service") {
    return JobEvent{.unit = std::move(unit),
                    .id = id,
                    .type = std::move(type),
                    .removed = true,
                    .result = "done"};
}

ActionEvent finished(Refusal refusal = Refusal::none) {
    return ActionEvent{.action = "x-1", .phase = ActionPhase::finished, .refusal = refusal};
}

TEST(JobAttributionTest, NothingIsOursWithoutAnAction) {
    JobAttribution jobs;
    EXPECT_FALSE(jobs.ours(queued(7), start));
    EXPECT_FALSE(jobs.ours(removed(7), start));
}

TEST(JobAttributionTest, TheFirstNewJobOfTheUnitIsOurs) {
    JobAttribution jobs;
    jobs.begin("a.service", "x-1");
    EXPECT_FALSE(jobs.ours(queued(6, "restart", "b.service"), start));
    EXPECT_TRUE(jobs.ours(queued(7), start));
    EXPECT_FALSE(jobs.ours(queued(8), start));
    EXPECT_TRUE(jobs.ours(removed(7), start + seconds{60}));
    EXPECT_FALSE(jobs.ours(removed(8), start + seconds{61}));
}

TEST(JobAttributionTest, AJobThatWasQueuedBeforeStaysForeign) {
    JobAttribution jobs;
    EXPECT_FALSE(jobs.ours(queued(5), start));
    jobs.begin("a.service", "x-1");
    EXPECT_FALSE(jobs.ours(removed(5), start));
    EXPECT_TRUE(jobs.ours(queued(6), start));
}

TEST(JobAttributionTest, AStopJobIsNeverOurs) {
    JobAttribution jobs;
    jobs.begin("a.service", "x-1");
    EXPECT_FALSE(jobs.ours(queued(5, "stop"), start));
    EXPECT_TRUE(jobs.ours(queued(6, "reload"), start));
}

TEST(JobAttributionTest, TheBusMayBeLaterThanTheActuator) {
    JobAttribution jobs;
    jobs.begin("a.service", "x-1");
    jobs.note({.action = "x-1", .phase = ActionPhase::started}, start);
    jobs.note(finished(), start);
    EXPECT_TRUE(jobs.ours(queued(7, ""), start + milliseconds{500}));
    EXPECT_TRUE(jobs.ours(removed(7), start + seconds{9}));
    EXPECT_FALSE(jobs.ours(queued(8), start + seconds{9}));
}

TEST(JobAttributionTest, LongAfterItsEndAnActionHasNoMoreJobs) {
    JobAttribution jobs;
    jobs.begin("a.service", "x-1");
    jobs.note(finished(), start);
    EXPECT_FALSE(jobs.ours(queued(7), start + milliseconds{2'001}));
}

TEST(JobAttributionTest, ARefusedActionHasNoJob) {
    JobAttribution jobs;
    jobs.begin("a.service", "x-1");
    jobs.note(finished(Refusal::too_late), start);
    EXPECT_FALSE(jobs.ours(queued(7), start));
}

TEST(JobAttributionTest, NewsOfAnotherActionChangesNothing) {
    JobAttribution jobs;
    jobs.begin("a.service", "x-2");
    jobs.note(finished(Refusal::too_late), start);
    EXPECT_TRUE(jobs.ours(queued(7), start));
}

TEST(JobAttributionTest, AJobThatIsGoneAtOnceIsOursWithoutItsBeginning) {
    JobAttribution jobs;
    jobs.begin("a.service", "x-1");
    EXPECT_TRUE(jobs.ours(removed(7, ""), start));
}

}  // namespace
}  // namespace primum::daemon

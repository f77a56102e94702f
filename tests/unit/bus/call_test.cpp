// SPDX-License-Identifier: MIT
#include "service_fixture.hpp"

#include <string>
#include <vector>

namespace primum::bus {
namespace {

using ::testing::HasSubstr;

class CallTest : public testing::ServiceFixture {};

TEST_F(CallTest, AnswersWhenTheLedgerDoes) {
    start();
    backend.keep_answers = true;
    const auto slow = caller->send("Incident", {std::uint64_t{7}});
    EXPECT_EQ(call("Status", {}).error, "") << "a slow ledger must hold nobody else up";
    EXPECT_FALSE(slow->arrived);
    EXPECT_EQ(service->outstanding(), 1U);
    backend.answer_all();
    EXPECT_TRUE(pump([&] { return slow->arrived; }));
    EXPECT_EQ(slow->error, "");
    EXPECT_EQ(service->outstanding(), 0U);
}

TEST_F(CallTest, RefusesMoreWaitingCallsThanItsBound) {
    ServiceOptions options;
    options.max_outstanding = 3;
    options.max_outstanding_per_sender = 2;
    start(options);
    backend.keep_answers = true;
    const auto first = caller->send("Incident", {std::uint64_t{7}});
    const auto second = caller->send("Incident", {std::uint64_t{7}});
    const testing::Answer third = call("Incident", {std::uint64_t{7}});
    EXPECT_EQ(third.error, "org.primum.Error.Busy");
    EXPECT_THAT(third.message, HasSubstr("try again"));
    EXPECT_EQ(call("Status", {}).error, "");
    backend.answer_all();
    EXPECT_TRUE(pump([&] { return first->arrived && second->arrived; }));
    backend.keep_answers = false;
    EXPECT_EQ(call("Incident", {std::uint64_t{7}}).error, "");
}

TEST_F(CallTest, AnswersWaitingCallsWhenItGoes) {
    start();
    backend.keep_answers = true;
    const auto waiting = caller->send("Incident", {std::uint64_t{7}});
    EXPECT_TRUE(pump([&] { return service->outstanding() == 1; }));
    service.reset();
    EXPECT_TRUE(pump([&] { return waiting->arrived; }));
    EXPECT_EQ(waiting->error, "org.primum.Error.Stopping");
    connection.reset();
    backend.answer_all();  // comes too late, and does nothing
}

}  // namespace
}  // namespace primum::bus

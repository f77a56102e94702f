// SPDX-License-Identifier: MIT
#include "bus/service.hpp"

#include "service_fixture.hpp"

#include <string>

namespace primum::bus {
namespace {

using ::testing::HasSubstr;

class ServiceTest : public testing::ServiceFixture {};

TEST_F(ServiceTest, TakesTheNameOnlyWhenNobodyHasIt) {
    start();
    const auto other = sdbus::createSystemBusConnection();
    testing::FakeBackend second;
    const auto again = Service::start(*other, second);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, BusError::Code::taken);
    EXPECT_THAT(again.error().message, HasSubstr("another primumd"));
    EXPECT_EQ(call("Status", {}).error, "") << "the first one must go on answering";
}

TEST_F(ServiceTest, GivesTheNameBackWhenItsConnectionGoes) {
    start();
    service.reset();
    connection.reset();
    connection = sdbus::createSystemBusConnection();
    start();
    EXPECT_EQ(call("Status", {}).error, "");
}

}  // namespace
}  // namespace primum::bus

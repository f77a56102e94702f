// SPDX-License-Identifier: MIT
#include "telemetry/log_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::telemetry {
namespace {

TEST(LogLineTest, AddsTheFieldsThatTheMessageDoesNotName) {
    Entry entry;
    entry.message = "gateway: held";
    entry.target = "gateway";
    entry.level = "retry";
    entry.reason = "held";
    entry.incident = 12;
    entry.action = "uuid-3";
    EXPECT_EQ(text_of(entry), "gateway: held level=retry incident=12 action=uuid-3");
}

TEST(LogLineTest, AMessageAloneStaysAsItIs) {
    Entry entry;
    entry.message = "ready";
    EXPECT_EQ(text_of(entry), "ready");
}

TEST(LogLineTest, WritesOneLineOnStderr) {
    LogLine line{"primumd"};
    Entry entry;
    entry.priority = Priority::warning;
    entry.message = "100 % {} of it";
    testing::internal::CaptureStderr();
    line.write(entry);
    const auto written = testing::internal::GetCapturedStderr();
    EXPECT_NE(written.find(" primumd warning 100 % {} of it\n"), std::string::npos) << written;
}

}  // namespace
}  // namespace primum::telemetry

// SPDX-License-Identifier: MIT
#include "source/webhook.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace primum::source {
namespace {

std::string body(const std::string& alerts, const std::string& more = "") {
    return R"({"version":"4","receiver":"primum","status":"firing","groupKey":"{}",)" + more +
           R"("alerts":[)" + alerts + "]}";
}

std::string refusal(const std::string& text) {
    WebhookLimits limits;
    limits.alerts = 2;
    limits.labels = 2;
    const auto read = read_webhook(text, limits);
    EXPECT_FALSE(read.has_value()) << text;
    return read.has_value() ? "" : read.error().message;
}

TEST(WebhookTest, ReadsAlertsAsSeries) {
    const auto read = read_webhook(
        body(R"({"status":"firing","labels":{"unit":"gateway.service","alertname":"Down"},)"
             R"("annotations":{"x":"y"},"startsAt":"2026-01-01T00:00:00Z","fingerprint":"ab12"},)"
             R"({"status":"resolved","labels":{"alertname":"a\"b\\c\nd"}})",
             R"("truncatedAlerts":3,"commonLabels":{},)"));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->receiver, "primum");
    EXPECT_EQ(read->truncated, 3U);
    ASSERT_EQ(read->alerts.size(), 2U);
    EXPECT_TRUE(read->alerts[0].firing);
    EXPECT_EQ(read->alerts[0].fingerprint, "ab12");
    EXPECT_EQ(read->alerts[0].series, R"(alert{alertname="Down",unit="gateway.service"})");
    EXPECT_FALSE(read->alerts[1].firing);
    EXPECT_EQ(read->alerts[1].series, R"(alert{alertname="a\"b\\c\nd"})");
    EXPECT_EQ(read->alerts[1].fingerprint, read->alerts[1].series);
}

TEST(WebhookTest, RefusesWhatItDoesNotUnderstandWithAReason) {
    const std::string alert = R"({"status":"firing","labels":{"alertname":"A"}})";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "not JSON: "},
        {"{", "not JSON: "},
        {"[]", "a JSON object is expected"},
        {R"({"version":"3","receiver":"r","alerts":[]})", "not \"3\""},
        {R"({"version":4,"receiver":"r","alerts":[]})", "without one"},
        {R"({"version":"4","alerts":[]})", "a receiver and a list of alerts"},
        {R"({"version":"4","receiver":"r","alerts":{}})", "a receiver and a list of alerts"},
        {body(alert, R"("truncatedAlerts":-1,)"), "truncatedAlerts is no count"},
        {body(alert + "," + alert + "," + alert), "more than 2 alerts"},
        {body("7"), "an alert without labels"},
        {body(R"({"status":"firing"})"), "an alert without labels"},
        {body(R"({"status":"on","labels":{}})"), "neither firing nor resolved"},
        {body(R"({"labels":{}})"), "neither firing nor resolved"},
        {body(R"({"status":"firing","labels":{"a":1}})"), "label a is no string"},
        {body(R"({"status":"firing","labels":{"a-b":"1"}})"), "a-b is no name of a label"},
        {body(R"({"status":"firing","labels":{"a":"1","a":"2"}})"), "label a stands there twice"},
        {body(R"({"status":"firing","labels":{"a":"1","b":"2","c":"3"}})"), "more than 2 labels"},
        {std::string(2UL << 20U, ' '), "more than 1048576 bytes"},
        {std::string(40, '[') + std::string(40, ']'), "not JSON: "},
    };
    for (const auto& [text, reason] : cases) {
        EXPECT_NE(refusal(text).find(reason), std::string::npos) << refusal(text);
    }
}

TEST(WebhookTest, SurvivesABodyCutAtEveryByte) {
    const auto whole = body(R"({"status":"firing","labels":{"alertname":"Down"}})");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(read_webhook(whole.substr(0, length)).has_value());
    }
}

}  // namespace
}  // namespace primum::source

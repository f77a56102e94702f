// SPDX-License-Identifier: MIT
#include "daemon/notice/wording.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <simdjson.h>

namespace primum::notice {
namespace {

class WordingTest : public testing::Test {
protected:
    WordingTest() { book_.restore({}, {}, start_of_test()); }
    std::string body() {
        const auto now = start_of_test();
        return alerts_json(
            book_.due(now.t, 100),
            book_,
            {"h1", "http://127.0.0.1:9763/", "https://wiki.example/primum"},
            [](const std::string& target) {
                Explanation explained;
                explained.target.name = target;
                explained.next = "a restart at 12:03";
                explained.undo = "primumctl rollback x-1";
                explained.last_decision.emplace();
                explained.last_decision->kind = DecisionKind::waited;
                explained.last_decision->reason = "cooldown";
                return std::optional{explained};
            },
            now.wall + minutes{5});
    }
    void see(Record record) { book_.observe(RecordEffect{std::move(record)}, start_of_test()); }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    AlertBook book_{AlertTimes{}, [](const std::string& target) { return target + ".service"; }};
};

TEST_F(WordingTest, IsWhatAlertmanagerTakes) {
    see(incident(4));
    const auto text = body();
    simdjson::dom::parser parser;
    simdjson::dom::array alerts;
    ASSERT_EQ(parser.parse(text).get(alerts), simdjson::SUCCESS) << text;
    ASSERT_EQ(alerts.size(), 2U);
    const auto first = alerts.at(0);
    EXPECT_EQ(std::string_view{first["labels"]["alertname"]}, "PrimumIncident");
    EXPECT_EQ(std::string_view{first["labels"]["severity"]}, "warning");
    EXPECT_EQ(std::string_view{first["labels"]["instance"]}, "h1");
    EXPECT_EQ(std::string_view{first["labels"]["target"]}, "gateway");
    EXPECT_EQ(std::string_view{first["labels"]["unit"]}, "gateway.service");
    EXPECT_EQ(std::string_view{first["labels"]["incident"]}, "4");
    EXPECT_EQ(std::string_view{first["startsAt"]}, "2026-01-01T00:00:00.000Z");
    EXPECT_EQ(std::string_view{first["endsAt"]}, "2026-01-01T00:05:00.000Z");
    EXPECT_EQ(std::string_view{first["generatorURL"]}, "http://127.0.0.1:9763/");
    EXPECT_EQ(std::string_view{first["annotations"]["runbook_url"]},
              "https://wiki.example/primum#primumincident");
    simdjson::dom::object labels;
    ASSERT_EQ(alerts.at(1)["labels"].get(labels), simdjson::SUCCESS);
    for (const auto& label : labels) {
        EXPECT_FALSE(std::string_view{label.value}.empty()) << "an empty label is no label";
    }
}

TEST_F(WordingTest, SaysWhatWasDoneAndWhatIsNext) {
    auto record = incident(4);
    record.level = Level::restart;
    record.phase = Phase::verifying;
    record.attempts.at(index_of(Level::retry)) = 2;
    record.dry_attempts.at(index_of(Level::restart)) = 1;
    see(record);
    const auto text = body();
    EXPECT_TRUE(has(text, "gateway is ill: level 4 (restart), SEV-3"));
    EXPECT_TRUE(has(text, "Done: retry 2, restart 1 (dry run)."));
    EXPECT_TRUE(has(text, "Last decision: waited (cooldown)."));
    EXPECT_TRUE(has(text, "Next: a restart at 12:03. To undo: primumctl rollback x-1."));
    EXPECT_TRUE(has(text, "\"level\":\"restart\",\"sev\":\"SEV-3\""));
}

TEST_F(WordingTest, ABreakerSaysHowItIsReset) {
    see(breaker(true, "gateway"));
    const auto text = body();
    EXPECT_TRUE(has(text, "the breaker of gateway is tripped"));
    EXPECT_TRUE(has(text, "2 of 2 actions made it worse"));
    EXPECT_TRUE(has(text, "primumctl reset-breaker gateway"));
}

TEST_F(WordingTest, AnEndSaysSinceWhen) {
    see(incident(4));
    book_.accepted(book_.due(start_of_test().t, 100), start_of_test());
    see(closed(incident(4)));
    const auto text = body();
    EXPECT_TRUE(has(text, "\"endsAt\":\"2026-01-01T00:00:00.000Z\""));
    EXPECT_TRUE(has(text, "It is over since 2026-01-01T00:00:00.000Z"));
}

TEST_F(WordingTest, TheDescriptionIsBounded) {
    Alert alert;
    alert.text = std::string(100'000, 'x');
    EXPECT_LE(text_of(alert, nullptr, std::nullopt).description.size(), 4 * max_text_bytes);
}

}  // namespace
}  // namespace primum::notice

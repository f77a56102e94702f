// SPDX-License-Identifier: MIT
#include "event/event_json.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace primum::event {
namespace {

TEST(EventJsonTest, WritesTheFieldsOfALineInTheirOrder) {
    const Event event{stamp(12'345), SampleEvent{"gateway_metrics", 7, 12}};
    EXPECT_EQ(write_event(event),
              R"({"v":1,"t_us":12345,"wall_us":1795312800012345,"type":"sample",)"
              R"("source":"gateway_metrics","series":7,"value":12})");
}

TEST(EventJsonTest, LeavesOutWhatHasItsDefault) {
    const Event event{stamp(0), UnitEvent{"a.service", "loaded", "active"}};
    EXPECT_EQ(write_event(event),
              R"({"v":1,"t_us":0,"wall_us":1795312800000000,"type":"unit","unit":"a.service",)"
              R"("load_state":"loaded","active_state":"active"})");
}

TEST(EventJsonTest, ReadsBackWhatItWroteForEveryType) {
    std::set<std::size_t> types;
    for (const Event& event : sample_events()) {
        types.insert(event.body.index());
        const std::string line = write_event(event);
        const auto read = read_event(line);
        ASSERT_TRUE(read.has_value()) << line << read.error().reason << read.error().field;
        EXPECT_EQ(read->at, event.at);
        EXPECT_EQ(read->body.index(), event.body.index());
        EXPECT_EQ(write_event(*read), line);
    }
    EXPECT_EQ(types.size(), std::variant_size_v<EventBody>);
}

TEST(EventJsonTest, ReadsBackEveryDefault) {
    for (const Event& full : sample_events()) {
        Event event{full.at, full.body};
        std::visit([](auto& body) { body = {}; }, event.body);
        if (auto* series = std::get_if<SeriesEvent>(&event.body)) {
            series->name = "x";
        }
        const std::string line = write_event(event);
        const auto read = read_event(line);
        ASSERT_TRUE(read.has_value()) << line << read.error().reason << read.error().field;
        EXPECT_EQ(write_event(*read), line);
    }
}

TEST(EventJsonTest, ReadsBackTheWholeRestoredState) {
    const RestoredState state = sample_state();
    const auto read = read_event(write_event({stamp(0), RestoreEvent{state}}));
    ASSERT_TRUE(read.has_value());
    const RestoredState& back = std::get<RestoreEvent>(read->body).state;
    EXPECT_EQ(back.boot_id, "boot-b");
    EXPECT_TRUE(back.clock_synchronised);
    EXPECT_EQ(back.ledger_uuid, "uuid");
    EXPECT_EQ(back.next_action, 5U);
    EXPECT_EQ(back.next_incident, 3U);
    EXPECT_EQ(back.next_hold, 10U);
    EXPECT_FALSE(back.ledger_healthy);
    EXPECT_TRUE(back.disabled);
    ASSERT_EQ(back.incidents.size(), 1U);
    EXPECT_EQ(back.incidents[0].incident, state.incidents[0].incident);
    EXPECT_EQ(back.incidents[0].closed.at, state.incidents[0].closed.at);
    EXPECT_EQ(back.incidents[0].closed.boot_id, "boot-b");
    ASSERT_EQ(back.actions.size(), 1U);
    EXPECT_EQ(back.actions[0].action.guards, state.actions[0].action.guards);
    EXPECT_EQ(back.actions[0].action.evidence, state.actions[0].action.evidence);
    EXPECT_EQ(back.actions[0].action.intended, stamp(-5));
    EXPECT_EQ(back.actions[0].outcome, Outcome::worse);
    EXPECT_EQ(back.actions[0].ended.boot_id, "boot-b");
    ASSERT_EQ(back.holds.size(), 1U);
    EXPECT_TRUE(back.holds[0].hold.disable);
    EXPECT_EQ(back.holds[0].until.at, stamp(20));
}

TEST(EventJsonTest, LeavesTheCompiledRulesNull) {
    const auto read = read_event(write_event({stamp(0), RulesEvent{"d", "text", nullptr}}));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(std::get<RulesEvent>(read->body).compiled, nullptr);
    EXPECT_EQ(std::get<RulesEvent>(read->body).text, "text");
}

}  // namespace
}  // namespace primum::event

// SPDX-License-Identifier: MIT
// What is not a state that this engine has written. That a state is whole is a property test's.
#include "fixture.hpp"

#include <primum/engine.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum {
namespace {

using namespace test;

// In the middle of something, with windows, a flight and a hold.
class EngineStateTest : public testing::Test {
protected:
    EngineStateTest() {
        RestoreEvent restore;
        restore.state.boot_id = "boot";
        restore.state.ledger_uuid = "uuid";
        tell(0s, restore);
        tell(0s, RulesEvent{rules->digest, "", rules});
        for (SeriesId id = 1; id <= 3; ++id) {
            const std::vector<Label> labels{{"le", id == 3 ? "+Inf" : std::to_string(id)}};
            tell(1s, SeriesEvent{"metrics", id, "x" + std::to_string(id), {"x_bucket", labels}});
        }
        for (int i = 0; i < 30; ++i) {
            const double value = i < 20 ? i % 3 : 1e9;
            tell(5s * (i + 1), SamplesEvent{"metrics", {{1, value}, {2, value}, {3, value}}});
        }
        OperatorEvent hold;
        hold.target = "web";
        hold.length = 60s;
        hold.reason = "because";
        tell(400s, hold);
        text = engine.save();
    }

    std::vector<Effect> tell(Duration when, EventBody body) {
        return engine.advance({stamp(when), std::move(body)});
    }

    // What another engine says to a state.
    static std::vector<Effect> load(Engine& other, const std::string& state) {
        RestoreEvent restore;
        restore.state.engine = state;
        return other.advance({stamp(400s), restore});
    }

    void expect_refused(const std::string& state, const std::string& why) {
        Engine other;
        const std::string before = other.save();
        const auto effects = load(other, state);
        ASSERT_EQ(effects.size(), 1U);
        const auto* rejected = std::get_if<Rejected>(&effects[0]);
        ASSERT_NE(rejected, nullptr);
        EXPECT_EQ(rejected->reason, "engine_state");
        EXPECT_EQ(rejected->detail, why);
        EXPECT_EQ(other.save(), before);
        EXPECT_TRUE(load(other, text).empty());
        EXPECT_EQ(other.save(), text);
    }

    static TargetRule target() {
        TargetRule target = restart_target();
        for (const ValueKind kind : {ValueKind::gauge, ValueKind::rate, ValueKind::quantile}) {
            IndicatorRule rule = gauge_indicator(std::string{name_of(kind)});
            rule.kind = kind;
            rule.matchers = {std::make_shared<NameMatcher>("x_bucket")};
            rule.over = 60s;
            rule.quantile = 0.5;
            rule.baseline = BaselineRule{10, 1h, Season::none};
            target.indicators.push_back(std::move(rule));
        }
        return target;
    }

    std::shared_ptr<RuleSet> rules = rule_set({target()});
    Engine engine;
    std::string text;
};

TEST_F(EngineStateTest, IsOneLineOfPrintableText) {
    for (const char c : text) {
        ASSERT_TRUE(c >= ' ' && c <= '~') << static_cast<int>(c);
    }
}

TEST_F(EngineStateTest, AnotherVersionIsRefused) {
    expect_refused("primum-engine/0" + text.substr(text.find(' ')),
                   "no state of this version of the engine");
    expect_refused("x", "no state of this version of the engine");
}

TEST_F(EngineStateTest, CutAnywhereItIsRefused) {
    const std::size_t body = text.find(' ') + 1;
    for (std::size_t length = 1; length < text.size(); ++length) {
        Engine other;
        const auto effects = load(other, text.substr(0, length));
        ASSERT_EQ(effects.size(), 1U) << length;
        ASSERT_EQ(other.save(), Engine{}.save()) << length;
    }
    expect_refused(text.substr(0, text.size() - 1), "damaged or cut off");
    expect_refused(text.substr(0, body), "damaged or cut off");
}

TEST_F(EngineStateTest, AChangedByteIsRefused) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string other = text;
        other[i] = static_cast<char>(other[i] ^ (1 << i % 7));
        Engine fresh;
        ASSERT_EQ(load(fresh, other).size(), 1U) << i;
    }
    expect_refused(text + ' ', "damaged or cut off");
}

// With a sum that fits: whoever wrote it, it is loaded whole or not at all.
TEST_F(EngineStateTest, WhatDoesNotFitTogetherIsRefused) {
    const std::size_t head = text.find(' ', text.find(' ') + 1) + 1;
    std::size_t loaded = 0;
    std::size_t refused = 0;
    for (std::size_t i = head; i < text.size(); i += 11) {
        for (const char c : {'0', '9', ' ', '='}) {
            std::string payload = text.substr(head);
            payload[i - head] = c;
            std::uint64_t sum = 0xCBF2'9CE4'8422'2325U;
            for (const char each : payload) {
                sum = (sum ^ static_cast<unsigned char>(each)) * 0x100'0000'01B3U;
            }
            std::array<char, 17> digits{};
            std::snprintf(
                digits.data(), digits.size(), "%llx", static_cast<unsigned long long>(sum));
            Engine other;
            const std::string before = other.save();
            const std::string state =
                text.substr(0, text.find(' ') + 1) + digits.data() + ' ' + payload;
            if (load(other, state).empty()) {
                Engine again;
                EXPECT_TRUE(load(again, other.save()).empty()) << i << c;
                EXPECT_EQ(again.save(), other.save()) << i << c;
                ++loaded;
            } else {
                EXPECT_EQ(other.save(), before);
                ++refused;
            }
        }
    }
    EXPECT_GT(loaded, 0U);
    EXPECT_GT(refused, 0U);
}

TEST_F(EngineStateTest, NothingIsTakenBeforeItsRules) {
    Engine other;
    ASSERT_TRUE(load(other, text).empty());
    const auto effects = other.advance({stamp(401s), TickEvent{}});
    ASSERT_EQ(effects.size(), 1U);
    EXPECT_EQ(std::get<Rejected>(effects[0]).reason, "no_rules");
    EXPECT_TRUE(other.advance({stamp(401s), RulesEvent{rules->digest, "", rules}}).empty());
    EXPECT_EQ(other.save(), text);
}

// Other rules take effect as at a reload: what means something else warms up.
TEST_F(EngineStateTest, OtherRulesTakeEffectAsAtAReload) {
    Engine other;
    ASSERT_TRUE(load(other, text).empty());
    auto changed = target();
    changed.digest = "another";
    changed.warm_up = 77s;
    const auto reloaded = rule_set({changed});
    reloaded->digest = "another";
    const auto expected = tell(400s, RulesEvent{"another", "", reloaded});
    const auto effects = other.advance({stamp(400s), RulesEvent{"another", "", reloaded}});
    EXPECT_EQ(effects.size(), expected.size());
    EXPECT_EQ(other.save(), engine.save());
}

}  // namespace
}  // namespace primum

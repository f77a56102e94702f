// SPDX-License-Identifier: MIT
// The simulator's worlds by seed. PRIMUM_SEED runs one seed and tells its timeline, PRIMUM_CASES so
// many.
#include "event/effect_json.hpp"
#include "event/event_json.hpp"
#include "replay/sim_exhibit.hpp"
#include "replay/sim_run.hpp"
#include "sim/random_rules.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

namespace primum::sim {
namespace {

using replay::SimExhibit;
using replay::SimOutcome;
using replay::SimPlot;
using replay::SimSetup;
using replay::Timeline;

constexpr std::uint64_t default_cases = 150;
constexpr std::uint32_t shrink_tries = 400;
// One case in so many is also run beside a second engine.
constexpr std::uint64_t twins_among = 10;
constexpr Duration length = std::chrono::hours{2};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string told(const SimOutcome& outcome, const Timeline& shortest, const RuleSet& rules) {
    std::string text;
    for (const std::string& breach : outcome.breaches) {
        text += "\n  " + breach;
    }
    text += "\nthe shortest timeline found that still fails:";
    for (const replay::Deed& deed : shortest.deeds) {
        text += "\n  " + deed_text(deed, rules);
    }
    return text;
}

// With PRIMUM_SEED the run of its shortest timeline is told, but for what changed nothing.
class Teller final : public replay::SimObserver {
public:
    void see(const replay::SimStep& step) override {
        if (step.effects.empty() || std::holds_alternative<RulesEvent>(step.event.body)) {
            return;
        }
        std::cout << event::write_event(step.event) << '\n';
        for (const Effect& effect : step.effects) {
            std::cout << "    " << event::write_effect(effect) << '\n';
        }
    }
};

TEST(SimTest, MixedWorldsKeepTheInvariants) {
    const std::uint64_t one = from_environment("PRIMUM_SEED", 0);
    const std::uint64_t begin = one != 0 ? one : 1;
    const std::uint64_t cases = one != 0 ? 1 : from_environment("PRIMUM_CASES", default_cases);
    std::uint64_t steps = 0;
    for (std::uint64_t seed = begin; seed < begin + cases; ++seed) {
        const auto rules = random_rules(seed);
        const SimExhibit exhibit = replay::make_exhibit(*rules);
        std::vector<SimExhibit> others;
        SimSetup setup;
        setup.exhibit = &exhibit;
        setup.seed = seed;
        setup.reloads.push_back(exhibit.rules);
        for (std::uint32_t variant = 1; variant < 3; ++variant) {
            setup.reloads.push_back(replay::make_exhibit(*random_rules(seed, variant)).rules);
        }
        const auto timeline = replay::mixed_timeline({exhibit.rules.get(), 0, seed, length});
        ASSERT_TRUE(timeline);
        setup.timeline = &*timeline;
        const replay::SimChecks checks{true, one != 0 || seed % twins_among == 0};
        const SimOutcome outcome = replay::simulate(setup, checks);
        steps += outcome.steps;
        if (!outcome.breaches.empty()) {
            const Timeline shortest = replay::shrink_timeline(setup, checks, shrink_tries);
            setup.timeline = &shortest;
            Teller teller;
            FAIL() << "replay with: PRIMUM_SEED=" << seed
                   << " test_sim --gtest_filter=SimTest.MixedWorldsKeepTheInvariants"
                   << told(outcome, shortest, *exhibit.rules) << "\nwhich has:"
                   << told(replay::simulate(setup, checks, one != 0 ? &teller : nullptr),
                           shortest,
                           *exhibit.rules);
        }
    }
    std::cout << "mixed: " << cases << " cases, " << steps << " steps\n";
}

// Every scenario of the library, on every target of rules that a careful person would write.
class ScenarioTest : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, MeetsItsExpectation) {
    const replay::SimScenario* scenario = replay::find_scenario(GetParam());
    ASSERT_NE(scenario, nullptr);
    const auto rules = careful_rules();
    const SimExhibit exhibit = replay::make_exhibit(*rules);
    for (std::uint32_t target = 0; target < rules->targets.size(); ++target) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            const SimPlot plot{exhibit.rules.get(), target, seed, 3 * length};
            const auto timeline = scenario->timeline(plot);
            ASSERT_TRUE(timeline) << "it says nothing about " << rules->targets[target].name;
            SimSetup setup;
            setup.exhibit = &exhibit;
            setup.seed = seed;
            setup.timeline = &*timeline;
            const SimOutcome outcome = replay::simulate(setup, {});
            EXPECT_TRUE(outcome.breaches.empty()) << told(outcome, *timeline, *exhibit.rules);
            for (const std::string& unmet : scenario->unmet(plot, outcome.summary)) {
                ADD_FAILURE() << rules->targets[target].name << ", seed " << seed << ": " << unmet;
            }
        }
    }
}

// A watchdog whose only remedy is the known-good config, which is not good.
TEST(PostMortemTest, TheHarmfulFallbackIsUsedTwiceTakenBackTwiceAndPagedOnce) {
    const SimExhibit exhibit = replay::make_exhibit(*fallback_rules());
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const SimPlot plot{exhibit.rules.get(), 0, seed, 3 * length};
        const auto timeline = replay::find_scenario("post_mortem")->timeline(plot);
        ASSERT_TRUE(timeline);
        SimSetup setup;
        setup.exhibit = &exhibit;
        setup.seed = seed;
        setup.timeline = &*timeline;
        const SimOutcome outcome = replay::simulate(setup, {true, true});
        EXPECT_TRUE(outcome.breaches.empty()) << told(outcome, *timeline, *exhibit.rules);
        EXPECT_EQ(replay::find_scenario("post_mortem")->unmet(plot, outcome.summary),
                  std::vector<std::string>{});
        const replay::SimCount& count = outcome.summary.counts.front();
        EXPECT_GT(count.opened, 1U) << "the noise was not even seen";
        EXPECT_EQ(count.acted[index_of(Level::fallback)], 2U);
        EXPECT_EQ(count.worse[index_of(Level::fallback)], 2U);
        EXPECT_EQ(count.actions(), 2U);
        EXPECT_GE(count.taken_back[index_of(Level::fallback)], 2U);
        EXPECT_EQ(count.pages[static_cast<std::size_t>(PageKind::breaker)], 1U);
        EXPECT_TRUE(count.breaker);
        EXPECT_EQ(count.rollbacks_by_hand, 1U);
    }
}

std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const replay::SimScenario& scenario : replay::scenarios()) {
        names.emplace_back(scenario.name);
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(Library, ScenarioTest, testing::ValuesIn(names()), [](const auto& tested) {
    return tested.param;
});

}  // namespace
}  // namespace primum::sim

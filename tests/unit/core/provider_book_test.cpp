// SPDX-License-Identifier: MIT
#include "core/provider_book.hpp"

#include "provider_fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;
using Kind = Choice::Kind;
using enum CandidateState;

// A provider whose candidates stand as given; the first is the present one.
ProviderState standing(const std::vector<CandidateState>& states) {
    static const auto rules = provider_rules();
    ProviderState provider{1, rules, rules->providers.front(), EngineLimits{}};
    for (std::size_t i = 0; i < states.size(); ++i) {
        provider.candidates[i].state = states[i];
    }
    provider.current = provider.candidates.front().name;
    return provider;
}

TEST(ProviderBookTest, ChoosesTheFirstHealthyOneThatIsNotThePresentOne) {
    EXPECT_EQ(choose_candidate(standing({dead, rate_limited, healthy})).candidate, "third");
    EXPECT_EQ(choose_candidate(standing({dead, healthy, healthy})).candidate, "second");
    EXPECT_EQ(choose_candidate(standing({healthy, healthy, healthy})).candidate, "second");
    ProviderState provider = standing({healthy, healthy, dead});
    provider.current = "third";
    EXPECT_EQ(choose_candidate(provider).candidate, "first");
}

TEST(ProviderBookTest, TakesADegradedOneOnlyForADeadOne) {
    EXPECT_EQ(choose_candidate(standing({dead, degraded, healthy})).candidate, "third");
    EXPECT_EQ(choose_candidate(standing({dead, degraded, dead})).candidate, "second");
    EXPECT_EQ(choose_candidate(standing({dead, degraded, unknown})).candidate, "second");
    for (const CandidateState present : {healthy, degraded, rate_limited}) {
        EXPECT_EQ(choose_candidate(standing({present, degraded, dead})).kind, Kind::none);
    }
}

// Every combination: what is chosen is healthy, or degraded by the rule above, and never the
// present one.
TEST(ProviderBookTest, NeverChoosesWhatIsRateLimitedDeadOrUnknown) {
    for (const CandidateState a : enum_values()) {
        for (const CandidateState b : enum_values()) {
            for (const CandidateState c : enum_values()) {
                const ProviderState provider = standing({a, b, c});
                const Choice choice = choose_candidate(provider);
                const bool any_healthy = b == healthy || c == healthy;
                if (choice.kind != Kind::chosen) {
                    EXPECT_TRUE(choice.candidate.empty());
                    EXPECT_FALSE(any_healthy);
                    EXPECT_EQ(choice.kind == Kind::none,
                              b != unknown && c != unknown &&
                                  (a != unknown || (b != degraded && c != degraded)));
                    continue;
                }
                const CandidateState chosen = provider.find(choice.candidate)->state;
                EXPECT_NE(choice.candidate, "first");
                EXPECT_TRUE(chosen == healthy || (chosen == degraded && a == dead && !any_healthy));
                EXPECT_TRUE(may_point_to(provider, choice.candidate));
            }
        }
    }
}

TEST(ProviderBookTest, WaitsUntilThePointerIsKnown) {
    ProviderState provider = standing({dead, healthy, healthy});
    provider.current.reset();
    EXPECT_EQ(choose_candidate(provider).kind, Kind::wait);
    EXPECT_FALSE(may_point_to(provider, "second"));
    provider.current = "";
    EXPECT_EQ(choose_candidate(provider).candidate, "second");
}

TEST(ProviderBookTest, DoesNotWaitForWhatNobodyJudges) {
    ProviderState provider = standing({dead, unknown, dead});
    EXPECT_EQ(choose_candidate(provider).kind, Kind::wait);
    provider.candidates[1].place.reset();
    EXPECT_EQ(choose_candidate(provider).kind, Kind::none);
    provider.candidates[1].place = 1;
    provider.candidates[1].mark = Mark{unknown, stamp(1h)};
    EXPECT_EQ(choose_candidate(provider).kind, Kind::none);
}

TEST(ProviderBookTest, TheDetailTellsHowAllOfThemStand) {
    EXPECT_EQ(choose_candidate(standing({dead, rate_limited, healthy})).detail,
              "first dead, in use; second rate_limited; third healthy");
}

TEST(ProviderBookTest, AnOldAnswerIsNotTakenWhileAnActionMovesThePointer) {
    EngineFixture world{provider_rules()};
    world.tell(0s, ProviderEvent{"upstream", "first", ""});
    EXPECT_EQ(world.engine.providers().front().current, "first");
    make_ill_and_fail_over(world);
    ASSERT_NE(world.effect<RunAction>(), nullptr);
    EXPECT_EQ(world.effect<RunAction>()->candidate, "second");
    world.tell(20s, ProviderEvent{"upstream", "third", ""});
    EXPECT_EQ(world.engine.providers().front().current, "first");
    finish(world, 21s);
    EXPECT_EQ(world.engine.providers().front().current, "second");
    EXPECT_NE(world.effect<AskPointer>(), nullptr);
}

TEST(ProviderBookTest, ThePointerOfAUsedProviderIsAskedForEveryMinute) {
    EngineFixture world{provider_rules()};
    EXPECT_NE(world.effect<AskPointer>(), nullptr);
    world.tell(59s, TickEvent{});
    EXPECT_EQ(world.effect<AskPointer>(), nullptr);
    world.tell(60s, TickEvent{});
    EXPECT_NE(world.effect<AskPointer>(), nullptr);
}

TEST(ProviderBookTest, AnUnknownProviderIsRejected) {
    EngineFixture world{provider_rules()};
    world.tell(1s, ProviderEvent{"nobody", "first", ""});
    ASSERT_NE(world.effect<Rejected>(), nullptr);
    EXPECT_EQ(world.effect<Rejected>()->reason, "unknown_provider");
}

TEST(ProviderBookTest, AnActionSaysWhereItPointsAndFromWhere) {
    EngineFixture world{provider_rules()};
    world.tell(0s, ProviderEvent{"upstream", "first", ""});
    make_ill(world);
    const auto* asked = world.effect<AskPreflight>();
    ASSERT_NE(asked, nullptr);
    EXPECT_EQ(asked->candidate, "second");
    answer(world, 10s, *asked, "first");
    const auto* action = world.record<ActionRecord>();
    ASSERT_NE(action, nullptr);
    EXPECT_EQ(action->provider, "upstream");
    EXPECT_EQ(action->from, "first");
    EXPECT_EQ(action->candidate, "second");
    EXPECT_EQ(action->way_back, WayBack::files);
}

// What preflight finds corrects what was believed, and the choice is made anew.
TEST(ProviderBookTest, PreflightCorrectsThePointer) {
    EngineFixture world{provider_rules()};
    world.tell(0s, ProviderEvent{"upstream", "first", ""});
    make_ill(world);
    const AskPreflight asked = *world.effect<AskPreflight>();
    answer(world, 10s, asked, "second");
    ASSERT_NE(world.effect<AskPreflight>(), nullptr);
    EXPECT_EQ(world.effect<AskPreflight>()->candidate, "third");
    EXPECT_EQ(world.record<ActionRecord>(), nullptr);
}

}  // namespace
}  // namespace primum::core

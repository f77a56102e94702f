// SPDX-License-Identifier: MIT
// An engine that was saved and loaded goes on as if nothing had happened.
#include "property/random_world.hpp"
#include "property/rng.hpp"
#include "property/seeds.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::property {
namespace {

using support::TempDir;
using support::Turn;

RestoreEvent restore_of(std::string text) {
    RestoreEvent restore;
    restore.state.engine = std::move(text);
    return restore;
}

// Another engine in the same state; what it says to that is appended.
Engine loaded(const std::string& text,
              const std::shared_ptr<const RuleSet>& rules,
              Stamp at,
              std::string& said) {
    Engine engine;
    said += written(engine.advance({at, restore_of(text)}));
    EXPECT_EQ(engine.save(), text);
    said += written(engine.advance({at, RulesEvent{rules->digest, "", rules}}));
    return engine;
}

Shape rich() {
    Shape shape;
    shape.rich = true;
    return shape;
}

// What the engines that were put down were in the middle of.
class Seen {
public:
    void look(const Engine& engine) {
        const HostView host = engine.host();
        note("cut", true);
        note("hold", !host.holds.empty());
        note("breaker", !host.breakers.empty());
        note("in_flight", host.in_flight > 0);
        note("busy", !host.busy.empty());
        for (const TargetSummary& target : engine.targets()) {
            note(std::string{name_of(target.phase)}, true);
            note("flapping", target.flapping);
            const auto explained = engine.explain(target.name);
            for (const IndicatorView& indicator : explained->evidence) {
                note("baseline", indicator.baseline.starts_with("normal"));
            }
        }
        for (const SourceView& source : engine.sources()) {
            note("source_failed", source.incident != 0);
        }
    }
    void expect_all() const {
        for (const auto& [what, times] : times_) {
            EXPECT_GT(times, 0) << what;
            std::cout << what << ' ' << times << '\n';
        }
        for (const std::string_view phase : enum_names<Phase>) {
            EXPECT_TRUE(times_.contains(std::string{phase})) << phase;
        }
    }

private:
    void note(const std::string& what, bool is_so) { times_[what] += is_so ? 1 : 0; }

    std::map<std::string, int> times_;
};

// Cut at one place or at many, at any of them the engine is put down and another taken up.
TEST(EngineStateTest, WhoIsLoadedGoesOnWithTheSameEffects) {
    const TempDir dir;
    Seen seen;
    for_seeds(150, [&](std::uint64_t seed) {
        const auto turns = play(make_story(seed, rich(), dir));
        Rng rng{seed};
        const auto often = rng.one_in(80) ? 1 : rng.pick({50, 200, 1000, 5000});
        Engine whole;
        Engine parts;
        std::shared_ptr<const RuleSet> rules;
        Stamp at{};
        for (const Turn& turn : turns) {
            const bool flies = whole.host().in_flight > 0 && rng.one_in(3);
            if (rules != nullptr && (flies || rng.one_in(often))) {
                seen.look(parts);
                const std::string text = parts.save();
                std::string said;
                parts = loaded(text, rules, at, said);
                ASSERT_EQ(said, "");
                ASSERT_EQ(parts.save(), text);
            }
            const auto effects = parts.advance(turn.event);
            ASSERT_EQ(written(effects), written(turn.effects));
            ASSERT_EQ(written(whole.advance(turn.event)), written(turn.effects));
            at.t = std::max(at.t, turn.event.at.t);
            at.wall = turn.event.at.wall;
            if (const auto* event = std::get_if<RulesEvent>(&turn.event.body)) {
                rules = event->compiled;
            }
        }
        ASSERT_EQ(parts.save(), whole.save());
    });
    if (from_environment("PRIMUM_SEED", 0) == 0 && from_environment("PRIMUM_CASES", 150) >= 150) {
        seen.expect_all();
    }
}

}  // namespace
}  // namespace primum::property

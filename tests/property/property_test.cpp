// SPDX-License-Identifier: MIT
// Random worlds by seed against the invariants of DESIGN.md section 11. PRIMUM_SEED runs one seed
// and tells it, PRIMUM_CASES so many.
#include "event/event_json.hpp"
#include "property/invariants.hpp"
#include "property/random_world.hpp"
#include "property/seeds.hpp"
#include "support/narrator.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

namespace primum::property {
namespace {

using support::TempDir;
using support::Turn;
using support::World;

// With PRIMUM_SEED a run is told in words: its rules, its events, its effects.
class Teller {
public:
    explicit Teller(const Story& story) : tells_(from_environment("PRIMUM_SEED", 0) != 0) {
        if (tells_) {
            std::cout << story.settings << story.rules;
        }
    }

    void tell(const Turn& turn) {
        if (!tells_) {
            return;
        }
        const bool is_rules = std::holds_alternative<RulesEvent>(turn.event.body);
        std::cout << support::Narrator::stimulus(
                         turn.elapsed, is_rules ? "rules" : event::write_event(turn.event))
                  << '\n';
        for (const std::string& line : narrator_.tell(turn)) {
            std::cout << line << '\n';
        }
    }

private:
    bool tells_;
    support::Narrator narrator_;
};

TEST(DeterminismTest, SameEventsGiveSameBytes) {
    const TempDir dir;
    for_seeds(150, [&](std::uint64_t seed) {
        const auto turns = play(make_story(seed, {}, dir));
        Engine again;
        for (const Turn& turn : turns) {
            ASSERT_EQ(written(again.advance(turn.event)), written(turn.effects));
        }
    });
}

TEST(DeterminismTest, EventsWrittenAndReadGiveSameBytes) {
    const TempDir dir;
    for_seeds(100, [&](std::uint64_t seed) {
        const auto turns = play(make_story(seed, {}, dir));
        Engine again;
        for (const Turn& turn : turns) {
            const std::string line = event::write_event(turn.event);
            auto read = event::read_event(line, event::recording_limits);
            ASSERT_TRUE(read) << read.error().reason << ' ' << read.error().field << ": " << line;
            ASSERT_EQ(event::write_event(*read), line);
            if (auto* rules = std::get_if<RulesEvent>(&read->body)) {
                rules->compiled = std::get<RulesEvent>(turn.event.body).compiled;
            }
            ASSERT_EQ(written(again.advance(*read)), written(turn.effects)) << line;
        }
    });
}

TEST(DeterminismTest, MoreTicksChangeNothing) {
    const TempDir dir;
    for_seeds(100, [&](std::uint64_t seed) {
        const auto turns = play(make_story(seed, {}, dir));
        Rng rng{seed};
        Engine again;
        Stamp before{};
        for (const Turn& turn : turns) {
            const Duration gap = turn.event.at.t - before.t;
            if (before.t != Instant{} && gap > Duration{1} && rng.one_in(3)) {
                const Duration some{rng.between(1, gap.count() - 1)};
                const auto extra =
                    again.advance({{before.t + some, before.wall + some}, TickEvent{}});
                ASSERT_EQ(written(extra), "");
            }
            ASSERT_EQ(written(again.advance(turn.event)), written(turn.effects));
            before.t = std::max(before.t, turn.event.at.t);
            before.wall = turn.event.at.wall;
        }
    });
}

void expect_none(const Invariants& invariants) {
    std::string text;
    for (const std::string& breach : invariants.breaches()) {
        text += "\n  " + breach;
    }
    EXPECT_TRUE(invariants.breaches().empty()) << text;
}

TEST(InvariantsTest, HoldInEveryWorld) {
    const TempDir dir;
    for_seeds(400, [&](std::uint64_t seed) {
        const Story story = make_story(seed, {}, dir);
        World world{story.compiled};
        Invariants invariants{world};
        Teller teller{story};
        world.on_turn([&](const Turn& turn) {
            teller.tell(turn);
            invariants.see(turn);
        });
        story.put_on(world);
        world.run_until(story.end);
        invariants.at_the_end();
        expect_none(invariants);
    });
}

TEST(InvariantsTest, HoldOverRestarts) {
    const TempDir dir;
    for_seeds(400, [&](std::uint64_t seed) {
        const Story story = make_story(seed, {}, dir);
        World world{story.compiled};
        Invariants invariants{world};
        Teller teller{story};
        world.on_turn([&](const Turn& turn) {
            teller.tell(turn);
            invariants.see(turn);
        });
        story.put_on(world);
        Rng rng{seed + 1};
        for (auto restarts = rng.between(1, 3); restarts > 0; --restarts) {
            const Duration at{rng.between(1'000'000, std::int64_t{story.calm.count()})};
            const support::RestartOptions options{std::chrono::seconds{rng.between(0, 20)}};
            world.at(at, [&world, &invariants, options] {
                if (world.is_up()) {
                    invariants.restarted();
                    world.restart(options);
                }
            });
        }
        world.run_until(story.end);
        invariants.at_the_end();
        expect_none(invariants);
    });
}

// An action that was run, or asked for.
struct Ran {
    std::string target;
    Level level = Level::steady;
    Duration at{0};
};

template <class Request>
std::vector<Ran> requests(const Story& story, const std::vector<Duration>& restarts) {
    World world{story.compiled};
    std::vector<Ran> ran;
    Teller teller{story};
    world.on_turn([&](const Turn& turn) {
        teller.tell(turn);
        for (const Effect& effect : turn.effects) {
            if (const auto* run = std::get_if<Request>(&effect)) {
                ran.push_back({run->target, run->level, turn.elapsed});
            }
        }
    });
    story.put_on(world);
    bool forgets = false;
    for (const Duration at : restarts) {
        world.at(at, [&world, &forgets] {
            forgets = forgets || world.would_lose_records();
            world.restart({});
        });
    }
    world.run_until(story.end);
    return forgets ? std::vector<Ran>{} : ran;
}

// One target, so that nothing but its own past decides. The first action after the restart is
// compared: by then the uninterrupted run must have wanted as many at that level or above, that is,
// have asked the actuator for them. (Above: who has forgotten what it saw may begin again at the
// bottom.) Whether it got them is the world's affair, and from there on the worlds part, for what
// comes later finds another one.
//
// A world whose restart loses records that were never durable is left out: a hold given then is
// gone, as its giver was told.
TEST(RestartTest, CausesNoActionThatTheUninterruptedRunWouldNotTake) {
    const TempDir dir;
    Shape shape;
    shape.most_targets = 1;
    shape.crowd = 1;
    shape.hostile = false;
    shape.reloads = false;
    shape.holds_lie_about_time = false;
    shape.forces = false;     // whether a person may depends on what there is to cure just then
    shape.providers = false;  // a failback counts its wait anew after a restart
    for_seeds(600, [&](std::uint64_t seed) {
        const Story story = make_story(seed, shape, dir);
        Rng rng{seed + 1};
        const Duration at{rng.between(1'000'000, std::int64_t{story.calm.count()})};
        const auto uninterrupted = requests<AskPreflight>(story, {});
        const auto restarted = requests<RunAction>(story, {at});
        const auto count = [](const std::vector<Ran>& all, const Ran& like) {
            return std::count_if(all.begin(), all.end(), [&](const Ran& each) {
                return each.target == like.target && each.level >= like.level && each.at <= like.at;
            });
        };
        const auto first = std::find_if(
            restarted.begin(), restarted.end(), [&](const Ran& each) { return each.at >= at; });
        if (first != restarted.end()) {
            EXPECT_LE(count(restarted, *first), count(uninterrupted, *first))
                << first->target << " at " << name_of(first->level) << ", "
                << std::chrono::duration<double>(first->at).count() << " s, restarted at "
                << std::chrono::duration<double>(at).count() << " s";
        }
    });
}

}  // namespace
}  // namespace primum::property

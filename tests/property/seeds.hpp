// SPDX-License-Identifier: MIT
#pragma once

#include "event/effect_json.hpp"
#include "property/random_world.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace primum::property {

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Runs `check` on seed after seed; the first that fails ends it, with the command to replay it.
template <class Check>
void for_seeds(std::uint64_t cases, Check check) {
    constexpr std::uint64_t first_seed = 1;
    const std::uint64_t one = from_environment("PRIMUM_SEED", 0);
    const std::uint64_t begin = one != 0 ? one : first_seed;
    const std::uint64_t end =
        one != 0 ? one + 1 : first_seed + from_environment("PRIMUM_CASES", cases);
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::uint64_t done = 0;
    for (std::uint64_t seed = begin; seed < end; ++seed, ++done) {
        const auto replay = [&] {
            return "replay with: PRIMUM_SEED=" + std::to_string(seed) +
                   " test_property --gtest_filter=" + test->test_suite_name() + "." + test->name();
        };
        SCOPED_TRACE(replay());
        try {
            check(seed);
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what();
        }
        if (testing::Test::HasFailure()) {
            break;
        }
    }
    std::cout << test->name() << ": " << done << " cases\n";
}

inline std::string written(const std::vector<Effect>& effects) {
    std::string text;
    for (const Effect& effect : effects) {
        text += event::write_effect(effect) + '\n';
    }
    return text;
}

// All that a story brings about.
inline std::vector<support::Turn> play(const Story& story) {
    support::World world{story.compiled};
    std::vector<support::Turn> turns;
    world.on_turn([&](const support::Turn& turn) { turns.push_back(turn); });
    story.put_on(world);
    world.run_until(story.end);
    return turns;
}

}  // namespace primum::property

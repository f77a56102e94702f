// SPDX-License-Identifier: MIT
// The decision core in a program of one's own: compiles rules, lets a unit fail, prints what primum
// would have done, one effect a line, as JSON.
//
//   g++ -std=c++20 embed.cpp $(pkg-config --cflags --libs primum) -o embed
//   ./embed rules.toml web.service
#include "event/effect_json.hpp"
#include "rules/error.hpp"
#include "rules/loader.hpp"

#include <primum/engine.hpp>

#include <cstdint>
#include <cstdio>
#include <utility>

namespace {

// The program brings the time along: the engine never asks for it.
primum::Stamp at(std::int64_t seconds) {
    constexpr std::int64_t day_us = 1'795'312'800'000'000;
    const std::int64_t us = seconds * 1'000'000;
    return primum::Stamp{primum::instant_from_us(us), primum::wall_from_us(day_us + us)};
}

void give(primum::Engine& engine, primum::Stamp when, primum::EventBody body) {
    for (const primum::Effect& effect : engine.advance(primum::Event{when, std::move(body)})) {
        std::puts(primum::event::write_effect(effect).c_str());
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: embed RULES UNIT\n", stderr);
        return 64;
    }
    const auto load = primum::rules::load_rules({arguments[1]}, primum::rules::Settings{});
    for (const auto& error : load.errors) {
        std::fprintf(stderr, "%s\n", primum::rules::format_error(error).c_str());
    }
    if (load.rules == nullptr) {
        return 1;
    }
    primum::Engine engine;
    primum::RestoreEvent first;
    first.state.boot_id = "a boot";
    first.state.ledger_uuid = "a ledger";
    give(engine, at(0), first);
    give(engine, at(0), primum::RulesEvent{load.rules->digest, load.text, load.rules});

    primum::UnitEvent unit;
    unit.unit = arguments[2];
    unit.load_state = "loaded";
    unit.active_state = "active";
    unit.sub_state = "running";
    unit.result = "success";
    give(engine, at(1), unit);
    unit.active_state = unit.sub_state = "failed";
    unit.result = "signal";
    give(engine, at(600), unit);
    // Whenever the engine wants to be asked again, for the next ten minutes.
    while (const auto next = engine.next_deadline()) {
        const std::int64_t seconds = primum::to_us(*next) / 1'000'000 + 1;
        if (seconds > 1'200) {
            break;
        }
        give(engine, at(seconds), primum::TickEvent{});
    }
}

// SPDX-License-Identifier: MIT
#pragma once

#include "ledger/store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace primum::ledger {

// A directory of its own for each test, gone afterwards.
class LedgerFixture : public testing::Test {
protected:
    LedgerFixture() {
        std::string name = (std::filesystem::temp_directory_path() / "ledger-XXXXXX").string();
        if (mkdtemp(name.data()) != nullptr) {
            directory_ = name;
        }
    }
    ~LedgerFixture() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string path() const { return directory_ / "ledger.sqlite"; }
    [[nodiscard]] StoreOptions options(std::string boot = "boot-a") const {
        StoreOptions options;
        options.path = path();
        options.boot_id = std::move(boot);
        return options;
    }

    std::filesystem::path directory_;
};

inline constexpr std::int64_t second_us = 1'000'000;
inline constexpr std::int64_t hour_us = 3'600 * second_us;
inline constexpr std::int64_t epoch_us = 1'795'312'800 * second_us;

// Both clocks, `us` after the beginning of the tests' time.
inline Stamp stamp(std::int64_t us) {
    return {instant_from_us(us), wall_from_us(epoch_us + us)};
}

inline IncidentRecord incident(std::uint64_t id, std::int64_t at) {
    IncidentRecord record;
    record.id = id;
    record.target = "gateway";
    record.opened = stamp(at);
    record.updated = stamp(at);
    record.reason = "unit failed";
    record.attempts = {0, 0, 1, 0, 2, 0};
    return record;
}

inline IncidentRecord closed_incident(std::uint64_t id, std::int64_t at, std::int64_t until) {
    IncidentRecord record = incident(id, at);
    record.updated = stamp(until);
    record.closed = stamp(until);
    record.open = false;
    return record;
}

inline ActionRecord action(std::uint64_t sequence, std::uint64_t of, std::int64_t at) {
    ActionRecord record;
    record.id = "uuid-" + std::to_string(sequence);
    record.sequence = sequence;
    record.incident = of;
    record.target = "gateway";
    record.unit = "gateway.service";
    record.kind = "reload";
    record.plan_digest = "ab12";
    record.intended = stamp(at);
    record.guards = {{Guard::cooldown, Verdict::pass, "tab\there, line\nthere, \\"}};
    record.evidence = {{"unit", Severity::critical, "failed", "unit failed (signal)"}};
    return record;
}

inline TransitionRecord transition(std::uint64_t sequence, ActionState state, std::int64_t at) {
    TransitionRecord record;
    record.action = "uuid-" + std::to_string(sequence);
    record.at = stamp(at);
    record.state = state;
    if (state == ActionState::finished) {
        record.result = ActionResult::done;
    }
    if (state == ActionState::verified) {
        record.outcome = Outcome::improved;
    }
    return record;
}

// An action with its whole life, and the closed incident it belongs to.
inline std::vector<Record> whole_story(std::uint64_t id, std::int64_t at) {
    return {closed_incident(id, at, at + 4),
            action(id, id, at),
            transition(id, ActionState::started, at + 1),
            transition(id, ActionState::finished, at + 2),
            transition(id, ActionState::verified, at + 3)};
}

inline HoldRecord hold(std::uint64_t id, std::int64_t from, std::int64_t until) {
    return {id, "gateway", false, 1000, "upgrade", stamp(from), stamp(until), false};
}

}  // namespace primum::ledger

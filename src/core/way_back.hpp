// SPDX-License-Identifier: MIT
#pragma once

#include "core/target_state.hpp"
#include "core/world.hpp"

#include <string>

// Rollbacks that are no part of a flight: a person asks for the way back of an action that was
// judged long ago, and answers that come after nobody waits for them any more.
namespace primum::core {

// At most so many at a time; more are refused.
inline constexpr std::size_t max_asked_back = 64;
// A start asks after so many ways back at most, the newest.
inline constexpr std::size_t max_asked_after = 32;
// AskedBack::code of one that is on record as failed already: a second failure is no news.
inline constexpr const char* failed_before = "failed_before";
// How long the actuator has for a way back whose own timeout is not known any more.
inline constexpr Duration undo_patience = std::chrono::seconds{95};

// What is known of a flight's action, as the rollback of it needs it.
AskedBack asked_back_of(const Flight& flight, const std::string& reason, Instant now);

// Asks the actuator. The answer is recorded, and a failure paged: once while the incident is open.
// While it is awaited it counts as an action in flight.
void ask_back(World& world, AskedBack asked);
// Nobody waits for this rollback any more; should its answer come, it is recorded as late.
void remember_late(World& world, AskedBack asked);
// False when this is no answer to one of these.
bool take_undo_answer(World& world, const ActionEvent& news);
// Those whose time is up have failed.
void expire_asked_back(World& world);

// How the actuator says that a rollback failed, and how a person is told: with what somebody
// changed since, as a diff.
std::string undo_failure(const ActionEvent& news);
std::string undo_failure_text(const std::string& action,
                              const std::string& detail,
                              const std::string& conflict);

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/names.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace primum::telemetry {

// What a journal entry is about. Each kind has one MESSAGE_ID for ever, and an entry in
// systemd/primum.catalog that explains it.
enum class MessageKind : std::uint8_t {
    daemon,  // plain messages of the program itself
    started,
    stopped,
    rules_loaded,
    rules_refused,
    decision,
    level_changed,
    severity_changed,
    action_intended,
    action_finished,
    action_verified,
    action_rolled_back,
    rollback_failed,
    page,
    operator_command,
    event_rejected,
    off_switch,
    ledger_health,
    unit_started,
    notices,
};

}  // namespace primum::telemetry

template <>
inline constexpr std::array<std::string_view, 20>
    primum::enum_names<primum::telemetry::MessageKind>{"daemon",           "started",
                                                       "stopped",          "rules_loaded",
                                                       "rules_refused",    "decision",
                                                       "level_changed",    "severity_changed",
                                                       "action_intended",  "action_finished",
                                                       "action_verified",  "action_rolled_back",
                                                       "rollback_failed",  "page",
                                                       "operator_command", "event_rejected",
                                                       "off_switch",       "ledger_health",
                                                       "unit_started",     "notices"};

namespace primum::telemetry {

// MESSAGE_ID of each kind, in the order of the enumeration: 128 random bits in hex.
inline constexpr std::array<std::string_view, 20> message_ids{
    "d6cf87770cd44d9babd1978a3b2b8e6e",  // daemon
    "a212d150d736402eb54770f991e208c7",  // started
    "785bad794f464293a11c5c1d270cfc9b",  // stopped
    "d64e33c131c5411b987e2f9a2c0c022b",  // rules_loaded
    "f58bf6bee40f4531a6d7c991c503a0d0",  // rules_refused
    "782bd09d85544f82a54223c1b4f3a092",  // decision
    "b402084b1b1e4db8980553ffcd61b534",  // level_changed
    "be9f6b8492ec4b37852d31ab9c3afbb3",  // severity_changed
    "4cb40f79a6a94504bbb024a5da7fd3e1",  // action_intended
    "ad4e5b09741540258a09471fb150a12e",  // action_finished
    "c3037588c2df4b2b9db6db061b226166",  // action_verified
    "ccfd5791253946f199e3f2a9418c9710",  // action_rolled_back
    "5d3d3844730947fba7757db8fffc8e08",  // rollback_failed
    "b12d547a024b4cd2aaef778989694c64",  // page
    "cd58ab52662148eca125879a1633ca32",  // operator_command
    "8a29f7c776234186ab17249db8e2ab13",  // event_rejected
    "6d3277021bb3418ba992c215c0256919",  // off_switch
    "9761f137f964461aacae3a20d282753a",  // ledger_health
    "b405873acdb2ca31594754741d417e98",  // unit_started
    "170b0fdeedfb4c95a39ea6e9677e3e5b",  // notices
};

constexpr std::string_view message_id(MessageKind kind) {
    return message_ids[static_cast<std::size_t>(kind)];
}

}  // namespace primum::telemetry

// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"

#include <primum/effect.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace primum::bus {

// What a refused call answers: a D-Bus error name under org.primum.Error, and a sentence for
// people that says what to do next.
struct CallError {
    std::string name;
    std::string message;
};

namespace error_name {
inline constexpr const char* not_authorized = "org.primum.Error.NotAuthorized";
inline constexpr const char* no_reason = "org.primum.Error.NoReason";
inline constexpr const char* no_length = "org.primum.Error.NoLength";
inline constexpr const char* too_long = "org.primum.Error.TooLong";
inline constexpr const char* invalid_argument = "org.primum.Error.InvalidArgument";
inline constexpr const char* unknown_target = "org.primum.Error.UnknownTarget";
inline constexpr const char* unknown_incident = "org.primum.Error.UnknownIncident";
inline constexpr const char* unknown_source = "org.primum.Error.UnknownSource";
inline constexpr const char* busy = "org.primum.Error.Busy";
inline constexpr const char* ledger_unavailable = "org.primum.Error.LedgerUnavailable";
inline constexpr const char* reload_failed = "org.primum.Error.ReloadFailed";
inline constexpr const char* stopping = "org.primum.Error.Stopping";
inline constexpr const char* internal = "org.primum.Error.Internal";
}  // namespace error_name

// A refusal's stable code as an error name: "unknown_target" becomes
// "org.primum.Error.UnknownTarget"; what is no such code becomes "org.primum.Error.Refused".
[[nodiscard]] std::string error_name_of(std::string_view code);

// The error of a reply that was not accepted.
[[nodiscard]] CallError refusal(const OperatorReply& reply);

// The error of a reload that kept the old rules; lists the first mistakes and counts the rest.
[[nodiscard]] CallError reload_refusal(const ReloadStatus& status);

[[nodiscard]] CallError unknown_target(std::string_view target);
[[nodiscard]] CallError unknown_source(std::string_view source);
[[nodiscard]] CallError unknown_incident(std::uint64_t id);
[[nodiscard]] CallError no_length();
[[nodiscard]] CallError ledger_unavailable(const QueryError& error);

// nullopt when `reason` may stand in the record: not blank, valid UTF-8 without control
// characters, at most `max_bytes`.
[[nodiscard]] std::optional<CallError> check_reason(std::string_view reason, std::size_t max_bytes);

// nullopt when `name` can be a target's name; empty is for the caller to judge.
[[nodiscard]] std::optional<CallError> check_name(std::string_view name);
// The same for the id of an action, which there must be.
[[nodiscard]] std::optional<CallError> check_action(std::string_view action);

// Whether `text` is valid UTF-8 in which no character is a control character.
[[nodiscard]] bool is_plain_text(std::string_view text);

}  // namespace primum::bus

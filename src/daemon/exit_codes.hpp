// SPDX-License-Identifier: MIT
#pragma once

// What primumd ends with, after sysexits(3). Documented in `primumd --help`.
namespace primum::daemon {

inline constexpr int exit_ok = 0;
inline constexpr int exit_usage = 64;     // the command line was not understood
inline constexpr int exit_invalid = 65;   // settings (or, with --check, rules) have errors
inline constexpr int exit_os_error = 71;  // the system refused something that is needed to start
inline constexpr int exit_storage = 74;   // the state directory or the ledger cannot be used
inline constexpr int exit_taken = 75;     // another primumd holds the lock, the ledger or the name

}  // namespace primum::daemon

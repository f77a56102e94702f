// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

// A storage layer for SQLite that fails, hangs or dies on command, over the default one.
// Operations are opens, writes, syncs, truncations and deletions, counted over all files from the
// last plan. All functions may be called from any thread.
namespace primum::fault {

inline constexpr const char* vfs_name = "fault";

enum class Death : std::uint8_t {
    none,
    killed,      // the process ends at once; what was written stays, as after SIGKILL
    power_loss,  // what was not synced is undone first
    torn,        // every other write that was not synced is undone first
};

// The process dies with this status.
inline constexpr int death_status = 77;

struct Plan {
    std::int64_t at = 0;  // the operation, from 1; 0: none
    Death death = Death::none;
    int error = 0;         // SQLite result code to fail with, where it does not die
    bool lasting = false;  // every operation from there on fails, too
};

// Registers the layer (once) and begins to count anew.
void set_plan(const Plan& plan);
void clear();
[[nodiscard]] std::int64_t operations();
// Whether the planned operation was reached.
[[nodiscard]] bool reached();

// From here on the next operation does not return until release().
void hang();
void release();

}  // namespace primum::fault

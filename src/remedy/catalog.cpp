// SPDX-License-Identifier: MIT
#include "remedy/catalog.hpp"

#include <primum/check.hpp>

#include <array>
#include <cstddef>

namespace primum::remedy {
namespace {

constexpr std::array<RemedyEntry, enum_names<RemedyKind>.size()> entries{{
    {
        .kind = RemedyKind::reload,
        .name = "reload",
        .summary = "asks systemd to reload the unit and waits for the end of the job",
        .parameters = "timeout",
        .lowest = Level::retry,
        .highest = Level::retry,
        .available = true,
        .needs_way_back = false,
        .way_back = "none needed",
        .trace = EffectTrace::job,
    },
    {
        .kind = RemedyKind::signal,
        .name = "signal",
        .summary = "sends a signal to the unit's processes",
        .parameters = "signal, whom",
        .lowest = Level::retry,
        .highest = Level::retry,
        .available = true,
        .needs_way_back = false,
        .way_back = "none needed",
        .trace = EffectTrace::none,
    },
    {
        .kind = RemedyKind::reset_failed,
        .name = "reset_failed",
        .summary = "clears the unit's failed state and its start limit",
        .parameters = "",
        .lowest = Level::retry,
        .highest = Level::retry,
        .available = true,
        .needs_way_back = false,
        .way_back = "none needed",
        .trace = EffectTrace::none,
    },
    {
        .kind = RemedyKind::http,
        .name = "http",
        .summary = "makes one bounded HTTP call",
        .parameters = "method, url, body, content_type, timeout, undo or irreversible",
        .lowest = Level::retry,
        .highest = Level::retry,
        .available = true,
        .needs_way_back = true,
        .way_back = "the undo call",
        .trace = EffectTrace::none,
    },
    {
        .kind = RemedyKind::dbus_call,
        .name = "dbus_call",
        .summary = "makes one bounded D-Bus call",
        .parameters =
            "destination, path, interface, member, arguments, signature, timeout, undo or "
            "irreversible",
        .lowest = Level::retry,
        .highest = Level::retry,
        .available = true,
        .needs_way_back = true,
        .way_back = "the undo call",
        .trace = EffectTrace::none,
    },
    {
        .kind = RemedyKind::exec,
        .name = "exec",
        .summary = "runs a command as a sandboxed transient unit",
        .parameters = "run, user, writes, memory, tasks, timeout, undo or irreversible",
        .lowest = Level::retry,
        .highest = Level::restart,
        .available = true,
        .needs_way_back = true,
        .way_back = "the undo command",
        .trace = EffectTrace::none,
    },
    {
        .kind = RemedyKind::failover,
        .name = "failover",
        .summary = "points at the best other provider and reloads",
        .parameters = "provider, then",
        .lowest = Level::failover,
        .highest = Level::failover,
        .available = true,
        .needs_way_back = false,
        .way_back = "swaps the pointer back",
        .trace = EffectTrace::none,
    },
    {
        .kind = RemedyKind::restart,
        .name = "restart",
        .summary = "asks systemd to restart the unit and waits for the end of the job",
        .parameters = "timeout, save, state, restore, hook_timeout",
        .lowest = Level::restart,
        .highest = Level::restart,
        .available = true,
        .needs_way_back = false,
        .way_back = "none: a second restart is no cure; the copy of its state by hand",
        .trace = EffectTrace::invocation,
    },
    {
        .kind = RemedyKind::config_fallback,
        .name = "config_fallback",
        .summary = "puts the known-good configuration in place",
        .parameters = "files, check, then",
        .lowest = Level::fallback,
        .highest = Level::fallback,
        .available = true,
        .needs_way_back = false,
        .way_back = "puts the exact old bytes back",
        .trace = EffectTrace::none,
    },
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].kind) != i ||
            entries[i].name != enum_names<RemedyKind>[i]) {
            return false;
        }
    }
    return true;
}
static_assert(in_order(), "one entry a kind, in the vocabulary's order and words");

}  // namespace

std::span<const RemedyEntry> catalog() {
    return entries;
}

const RemedyEntry& entry_of(RemedyKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    PRIMUM_CHECK(index < entries.size());
    return entries[index];
}

}  // namespace primum::remedy

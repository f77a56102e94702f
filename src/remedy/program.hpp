// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "remedy/job_remedy.hpp"
#include "remedy/way_back.hpp"
#include "systemd/transient.hpp"

#include <primum/remedy.hpp>

#include <optional>
#include <string>
#include <string_view>

// Programs that a remedy runs, each as a transient unit of its own.
namespace primum::remedy {

// What the units of an action are called: primum-action-ID.service, and with a suffix for a hook,
// a check or an undo. They begin as primum's own do, so no remedy can be aimed at them.
[[nodiscard]] std::string program_unit(const std::string& action, std::string_view suffix = {});

// Why a program is not run: the action's id is not made of letters, digits, '-' and '_'; or the
// program, or a directory above it, is not root's alone (rules::check_trusted).
[[nodiscard]] std::optional<Objection> program_objection(const std::string& action,
                                                         const Argv& run);

// A sandboxed run of it. Root keeps its powers over files and users only.
[[nodiscard]] systemd::TransientSpec program_spec(const std::string& action,
                                                  std::string_view suffix,
                                                  const ExecBack& program,
                                                  Duration timeout);

// A hook runs with these.
inline constexpr std::uint64_t hook_memory = 256ULL << 20U;  // bytes
inline constexpr std::uint32_t hook_tasks = 64;

// How a program ended: done when it ended well, failed when it did not or was stopped, ambiguous
// when nobody knows.
[[nodiscard]] Report report_of_program(std::string_view what, const systemd::TransientEnd& end);

}  // namespace primum::remedy

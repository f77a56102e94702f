// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

#include <optional>
#include <string>
#include <vector>

// The verbs that change nothing and ask primumd.
namespace primum::ctl {

[[nodiscard]] Exit look(const Command& command, Surroundings& world);

// `explain --at`: what stood in the ledger then.
[[nodiscard]] Exit explain_past(const Command& command, Surroundings& world);

// `actions show`.
[[nodiscard]] Exit show_action(const Command& command, Surroundings& world);

// `watch`: until primumctl is interrupted, the bus is gone, or so many changes were told.
[[nodiscard]] Exit watch(const Command& command, Surroundings& world);

// `names`: one a line, for shell completion. What primumd does not say in a moment is left out.
[[nodiscard]] Exit names(const Command& command, Surroundings& world);

// Asks, and keeps quiet where nothing answers.
[[nodiscard]] std::optional<Document> glance(const Request& request, Surroundings& world);

// The number in an action's id (or the id itself, where it is a number); nullopt: it has none.
[[nodiscard]] std::optional<std::uint64_t> sequence_of(const std::string& action);
// The document "Actions" with the row of this action alone, by its number or its whole id; the exit
// code where there is none, which was told.
[[nodiscard]] Result<Document, Exit> find_action(const std::string& action,
                                                 bool json,
                                                 Surroundings& world);
// The row in it.
[[nodiscard]] Json row_of(const Document& actions);

}  // namespace primum::ctl

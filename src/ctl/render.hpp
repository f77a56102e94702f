// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/json.hpp"
#include "ctl/text.hpp"

#include <string>

// The documents of org.primum.Primum1 as text for people. Each function takes a whole document and
// gives whole lines; what a document does not have is left out.
namespace primum::ctl {

// `actions` is the document of the last actions, or nullptr where the ledger gave none.
[[nodiscard]] std::string render_status(const Document& status,
                                        const Document* actions,
                                        const Painter& painter);
[[nodiscard]] std::string render_targets(const Document& targets,
                                         bool ill_only,
                                         const Painter& painter);
[[nodiscard]] std::string render_sources(const Document& sources, const Painter& painter);
[[nodiscard]] std::string render_source(const Document& source, const Painter& painter);
[[nodiscard]] std::string render_providers(const Document& providers, const Painter& painter);
// Empty where there is none of that name.
[[nodiscard]] std::string render_provider(const Document& providers,
                                          const std::string& name,
                                          const Painter& painter);
[[nodiscard]] std::string render_show(const Document& explain, const Painter& painter);
[[nodiscard]] std::string render_explain(const Document& explain, const Painter& painter);
[[nodiscard]] std::string render_incidents(const Document& incidents, const Painter& painter);
[[nodiscard]] std::string render_incident(const Document& story, const Painter& painter);
[[nodiscard]] std::string render_actions(const Document& actions, const Painter& painter);

// What one action came to, in few words: "done, improved", "not started (disabled)", "running".
[[nodiscard]] std::string action_result(const Json& restored_action);
// The word, or nothing for "none".
[[nodiscard]] std::string word_or_nothing(const Json& value);
// The colour of what decides how a row reads: its outcome, or else its result.
[[nodiscard]] Colour colour_of_result(const Json& row);
// "restart gateway.service" with "(dry-run)" where it was one.
[[nodiscard]] std::string action_name(const Json& action);

}  // namespace primum::ctl

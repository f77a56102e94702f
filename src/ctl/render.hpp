// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/json.hpp"
#include "ctl/text.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The documents of org.primum.Primum1 as text for people. Each function takes a whole document and
// gives whole lines; what a document does not have is left out.
namespace primum::ctl {

// What `status` asks beside Status itself. What did not answer is not there.
struct StatusExtras {
    std::optional<Document> actions;    // the last ones
    std::optional<Document> incidents;  // the newest
    std::optional<Document> sources;
    std::map<std::string, Document> explanations;  // of the worst targets
    std::uint32_t rows = 0;                        // at most so many lines; 0: no bound
};
[[nodiscard]] std::string render_status(const Document& status,
                                        const StatusExtras& extras,
                                        const Painter& painter);
[[nodiscard]] std::string render_targets(const Document& targets,
                                         bool ill_only,
                                         const Painter& painter);
[[nodiscard]] std::string render_sources(const Document& sources, const Painter& painter);
[[nodiscard]] std::string render_source(const Document& source, const Painter& painter);
[[nodiscard]] std::string render_precision(const Document& precision, const Painter& painter);
[[nodiscard]] std::string render_providers(const Document& providers, const Painter& painter);
// Empty where there is none of that name.
[[nodiscard]] std::string render_provider(const Document& providers,
                                          const std::string& name,
                                          const Painter& painter);
[[nodiscard]] std::string render_show(const Document& explain, const Painter& painter);
[[nodiscard]] std::string render_explain(const Document& explain, const Painter& painter);
// How a target stood at some time in the past.
struct Past {
    std::string target;
    WallTime at;
    Json incident;       // that was open then; nothing: none was
    Json last_decision;  // until then
    Json next_decision;  // after it
};
[[nodiscard]] std::string render_past(const Past& past,
                                      const std::vector<Json>& steps,
                                      const Painter& painter);
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

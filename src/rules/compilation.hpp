// SPDX-License-Identifier: MIT
#pragma once

#include "rules/loader.hpp"
#include "rules/section.hpp"

#include <primum/rules.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The parts of turning checked TOML into a RuleSet. Each reads one table, puts every mistake into
// the section's error list and gives what could be made of it; the loader drops the whole rule set
// when there is any error.
namespace primum::rules {

// What is known of the whole run while single targets are compiled.
struct Compilation {
    std::map<std::string, std::uint32_t, std::less<>> sources;  // index in RuleSet::sources
    // By that index; nothing where it could not be read.
    std::vector<std::optional<Duration>> intervals;
    bool incomplete = false;  // a file could not be read: what is missing may stand there
    std::map<std::string, std::string, std::less<>> providers;  // name -> digest of its pointer
};

// One `depends_on` entry, checked when all targets are known.
struct Dependency {
    std::string name;
    Place at;
    std::string key;
};

struct CompiledTarget {
    TargetRule rule;
    std::vector<Dependency> depends_on;
};

// The levels a kind may stand on (DESIGN: remedies).
[[nodiscard]] bool may_stand_on(RemedyKind kind, Level level);

// `has_interval` is false when the interval could not be read. Until seal(), `digest` is that of
// the parameters of its kind; empty: none but the url.
[[nodiscard]] SourceRule compile_source(const std::string& name,
                                        Section& section,
                                        bool& has_interval);
[[nodiscard]] IndicatorRule compile_indicator(const std::string& name,
                                              Section& section,
                                              const Compilation& all);
// One `[provider.NAME]`; its `digest` is, until seal(), that of what is done to the pointer
// (without the candidates' indicators), which a failover's plan contains.
[[nodiscard]] ProviderRule compile_provider(const std::string& name,
                                            Section& section,
                                            const Compilation& all);
// One entry of a rung's `remedy` list. Nothing when it is wrong. Until seal() has made the plan's
// digest, `plan_digest` is that of the kind's own parameters (empty when it has none).
[[nodiscard]] std::optional<RemedyRule> compile_remedy(const Node& entry,
                                                       Section& rung,
                                                       Level level,
                                                       const Compilation& all);
[[nodiscard]] RungRule compile_rung(Level level, Section& section, const Compilation& all);
// A target's `cost`. Nothing when it is wrong.
[[nodiscard]] std::optional<CostRule> compile_cost(Section& section, const Compilation& all);
[[nodiscard]] CompiledTarget compile_target(const std::string& name,
                                            Section& section,
                                            const Compilation& all);

// The interval at which an indicator is evaluated; nothing for unit_state and unknown sources.
[[nodiscard]] std::optional<Duration> interval_of(const IndicatorRule& indicator,
                                                  const Compilation& all);

// What is wrong with a systemd unit's name as a target, or empty.
[[nodiscard]] std::string_view mistake_in_unit(std::string_view unit);
// The same for one that is only looked at: it may be protected.
[[nodiscard]] std::string_view mistake_in_unit_name(std::string_view unit);

// "k of n" with 1 <= k <= n <= 100. False, and an error, when it is not.
bool read_persistence(Section& section, std::string_view key, Persistence& out);

// Refuses dependencies on nobody, on oneself and in a circle.
void check_dependencies(const std::vector<CompiledTarget>& targets,
                        const Compilation& all,
                        ErrorList& errors);

// Fills in every digest: plan_digest of each remedy, then source, level, target and rule set; and,
// between them, what each target may enforce (`required`: only what was promoted).
void seal(RuleSet& rules, bool required);

}  // namespace primum::rules

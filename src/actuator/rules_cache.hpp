// SPDX-License-Identifier: MIT
#pragma once

#include "rules/settings.hpp"
#include "rules/trust.hpp"

#include <primum/result.hpp>
#include <primum/rules.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace primum::actuator {

// Why there are no rules to act by, for people.
struct RulesError {
    std::string message;
};

struct RulesPlaces {
    std::filesystem::path settings = "/etc/primum/primum.toml";
    std::vector<std::filesystem::path> rules;  // empty: those that the settings name
    rules::TrustPolicy trust;
    std::string machine;  // of DecisionSettings
};

// The rules as the actuator reads them itself. Read again when a file, or a directory they lie in,
// changed.
class RulesCache {
public:
    explicit RulesCache(RulesPlaces places) : places_(std::move(places)) {}

    // The rules of now, or why there are none: a mistake in them, or a file that others than root
    // could have written.
    Result<std::shared_ptr<const RuleSet>, RulesError> get();
    // The settings as they are on disk, read anew; not cached.
    [[nodiscard]] Result<rules::Settings, RulesError> settings() const;
    // Gives the memory back; the next get() reads anew.
    void release();
    // Whose files are believed.
    [[nodiscard]] const rules::TrustPolicy& trust() const { return places_.trust; }

private:
    Result<std::shared_ptr<const RuleSet>, RulesError> load();
    [[nodiscard]] std::string signature() const;

    RulesPlaces places_;
    std::vector<std::filesystem::path> roots_;  // as of the last load
    std::vector<std::filesystem::path> library_;
    std::string signature_;
    std::shared_ptr<const RuleSet> rules_;
    std::string trouble_;
};

}  // namespace primum::actuator

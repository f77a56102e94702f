// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

namespace primum::ctl {

// Everything that CLI11 fills in, and which verb was named. Made for one command line.
class Grammar {
public:
    Grammar();

    Result<Command, NotACommand> parse(std::vector<std::string> arguments);

private:
    CLI::App* verb(CLI::App& parent, const char* name, const char* what, Verb verb);
    // A verb that is nothing without one of its own verbs.
    CLI::App* family(const char* name, const char* what);
    // Options of more than one verb.
    void add_target(CLI::App* sub, bool required);
    void add_provider(CLI::App* sub);
    void add_candidate(CLI::App* sub);
    void add_action(CLI::App* sub);
    void add_incident(CLI::App* sub);
    void add_reason(CLI::App* sub);
    void add_length(CLI::App* sub, bool or_until);
    void add_scope(CLI::App* sub);
    void add_page(CLI::App* sub);

    void add_looking();
    void add_providers();
    void add_records();
    void add_ledger();
    void add_holding();
    void add_changing();
    void add_offline();
    void add_rules();
    static void add_library(CLI::App& sub, std::vector<std::string>& to);
    void add_replay(CLI::App* sub);
    void add_audit();
    void add_simulate();
    void add_drill();
    void add_precision();
    void add_score();
    void add_record();
    void add_promotion();
    void add_push();
    void add_scrape();

    // What is wrong though each option by itself is right; nothing: all is well.
    [[nodiscard]] const char* contradiction() const;
    [[nodiscard]] Verb named_verb() const;
    NotACommand not_a_command(const CLI::ParseError& error,
                              const std::vector<std::string>& words,
                              bool json);
    // What `words` may have meant, or empty.
    [[nodiscard]] std::string meant(const std::vector<std::string>& words) const;

    CLI::App app_;
    Command command_;
    std::string format_;
    std::string length_;
    std::string colours_;
    bool all_ = false;
    bool no_pager_ = false;
    bool no_wait_ = false;
    std::vector<std::pair<CLI::App*, Verb>> verbs_;
};

}  // namespace primum::ctl

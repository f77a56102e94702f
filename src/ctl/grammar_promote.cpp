// SPDX-License-Identifier: MIT
#include "ctl/grammar.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

namespace primum::ctl {
namespace {

const std::vector<std::string> acting{"retry", "failover", "restart", "fallback"};

}  // namespace

void Grammar::add_promotion() {
    PromoteOptions& options = command_.promote;
    CLI::App* const promote = verb(
        app_, "promote", "let a target act at one level more, if the gate is open", Verb::promote);
    promote->add_option("TARGET", options.target, "name of a target")->required();
    promote->add_option("LEVEL", options.level, "without, the next one that has remedies")
        ->check(CLI::IsMember(acting));
    promote->add_flag("--check,--dry-run", options.check, "show the gate, and change nothing");
    promote->add_option("--waive",
                        options.waive,
                        "go without this condition for a while: dry_run_time, illness or "
                        "precision; may be given again");
    promote->add_option("--owner", options.owner, "who answers for the waiver");
    promote->add_option("--until", options.until, "when the waiver ends; at most 31 days");
    promote->add_option("--reason", options.reason, "why; recorded");
    CLI::App* const demote =
        verb(app_, "demote", "take back what a target may do; works without primumd", Verb::demote);
    demote->add_option("TARGET", options.target, "name of a target")->required();
    demote->add_option("LEVEL", options.level, "this and all above; without, all of them")
        ->check(CLI::IsMember(acting));
    demote->add_option("--reason", options.reason, "why; recorded");
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/grammar.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

constexpr std::uint32_t max_hours = 24 * 365;
constexpr std::uint32_t max_seeds = 100'000;

}  // namespace

void Grammar::add_offline() {
    add_rules();
    add_replay(verb(app_, "replay", "make the decisions of a recording again", Verb::replay));
    add_audit();
    add_simulate();
    add_drill();
    add_score();
    add_record();
    add_promotion();
    add_scrape();
    verb(app_, "version", "the version of primumctl", Verb::version);
}

void Grammar::add_library(CLI::App& sub, std::vector<std::string>& to) {
    sub.add_option("--library", to, "a directory of templates, instead of the settings'")
        ->type_name("DIR")
        ->allow_extra_args(false);
}

void Grammar::add_replay(CLI::App* sub) {
    sub->add_option("BUNDLE", command_.bundle, "of an incident: a directory, or a .tar.zst");
    sub->add_option(
        "--recording", command_.recordings, "segments of recordings, or directories of them");
    sub->add_option("--rules", command_.rules, "these rules instead of the recorded ones");
    CLI::Option* const against = sub->add_option(
        "--against", command_.against, "which actions these rules add, drop or change");
    sub->add_option("--known", command_.known, "a list of differences that are known")
        ->needs(against);
    sub->add_option("--settings",
                    command_.settings,
                    "the settings for both rule sets, instead of the recorded ones");
    add_library(*sub, command_.library);
}

void Grammar::add_simulate() {
    SimulateOptions& options = command_.simulate;
    CLI::App* const simulate = verb(app_,
                                    "simulate",
                                    "run rules through the scenario library, without primumd",
                                    Verb::simulate);
    simulate->add_option("--rules", options.rules, "a rule file, or a directory of them");
    simulate->add_option("--settings",
                         options.settings,
                         "under these settings; without, the rules' own modes decide");
    add_library(*simulate, options.library);
    simulate->add_option("--scenario", options.scenario, "only this one; \"list\" shows them");
    simulate->add_option("--target", options.target, "only this target");
    simulate->add_option("--seed", options.seed, "of everything random")->capture_default_str();
    simulate->add_option("--hours", options.hours, "how long faults go on")
        ->check(CLI::Range(1U, max_hours))
        ->capture_default_str();
    simulate->add_flag("--enforced", options.enforced, "as if every target enforced every level");
    CLI::Option* const availability =
        simulate->add_flag("--availability",
                           options.availability,
                           "how much of its time all is well, with and without");
    simulate->add_option("--seeds", options.seeds, "the mean of so many seeds, from --seed on")
        ->check(CLI::Range(1U, max_seeds))
        ->needs(availability)
        ->capture_default_str();
}

void Grammar::add_drill() {
    DrillOptions& options = command_.drill;
    CLI::App* const drill =
        verb(app_, "drill", "try a target's remedies on copies, without primumd", Verb::drill);
    drill->add_option("TARGET", options.target, "name of a target")->required();
    drill->add_option("--rules",
                      options.rules,
                      "a rule file, or a directory of them; without, those of the settings");
    drill->add_option(
        "--settings", options.settings, "these settings instead of /etc/primum/primum.toml");
    add_library(*drill, options.library);
}

void Grammar::add_push() {
    PushOptions& options = command_.push;
    CLI::App* const push = verb(app_, "push", "give primumd samples of a push source", Verb::push);
    push->add_option("--source", options.source, "name of the source");
    push->add_option("SERIES", options.words, "series and values, in turn; none: from stdin")
        ->type_name("SERIES VALUE ...");
    push->add_flag("--whole", options.whole, "the source has no other series any more");
    push->add_option("--socket", options.socket, "instead of /run/primum/push.sock");
}

void Grammar::add_scrape() {
    CLI::App* const scrape = verb(
        app_, "scrape", "what primum would take from an endpoint, without primumd", Verb::scrape);
    scrape->add_option("PLACE", command_.scrape.place, "a file, or a URL that begins with http")
        ->required();
    scrape->add_option("--format", format_, "prometheus or openmetrics; else the page says it")
        ->check(CLI::IsMember(std::vector<std::string>{enum_names<PageFormat>.begin(),
                                                       enum_names<PageFormat>.end()}));
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/grammar.hpp"
#include "rules/duration.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <string>
#include <vector>

namespace primum::ctl {
namespace {

// CLI11's own check for spans of time: "30m" is fine, "30" is not.
std::string check_duration(std::string& text) {
    const auto span = rules::parse_duration(text);
    if (!span.has_value()) {
        return span.error().message;
    }
    return span->count() > 0 ? std::string{} : std::string{"must be longer than nothing"};
}

}  // namespace

void Grammar::add_target(CLI::App* sub, bool required) {
    sub->add_option("TARGET", command_.target, "name of a target")->required(required);
}

void Grammar::add_provider(CLI::App* sub) {
    sub->add_option("PROVIDER", command_.provider, "name of a provider")->required();
}

void Grammar::add_candidate(CLI::App* sub) {
    sub->add_option("CANDIDATE", command_.candidate, "one of its candidates")->required();
}

void Grammar::add_action(CLI::App* sub) {
    sub->add_option("ACTION", command_.action, "number or id of the action")->required();
}

void Grammar::add_incident(CLI::App* sub) {
    sub->add_option("INCIDENT", command_.incident, "number of the incident")->required();
}

void Grammar::add_reason(CLI::App* sub) {
    sub->add_option("--reason", command_.reason, "why, for the record")->required();
}

void Grammar::add_length(CLI::App* sub, bool or_until) {
    CLI::Option* const length = sub->add_option("--for", length_, "for how long, as 30m or 1h30m")
                                    ->check(CLI::Validator(check_duration, "DURATION"));
    if (or_until) {
        sub->add_option("--until", command_.until, "or until when: 06:00, 2026-11-22 06:00")
            ->excludes(length);
    }
}

void Grammar::add_scope(CLI::App* sub) {
    add_target(sub, false);
    sub->add_flag("--all", all_, "all targets");
}

void Grammar::add_holding() {
    CLI::App* const hold =
        verb(app_, "hold", "keep primum's hands off a target for a while", Verb::hold);
    add_scope(hold);
    add_length(hold, true);
    add_reason(hold);
    CLI::App* const release = verb(app_, "release", "end holds early", Verb::release);
    add_scope(release);
    add_reason(release);
    CLI::App* const disable =
        verb(app_, "disable", "switch all remedies off, or those of one target", Verb::disable);
    add_target(disable, false);
    add_length(disable, true);
    add_reason(disable);
    CLI::App* const enable = verb(app_, "enable", "end disables early", Verb::enable);
    add_target(enable, false);
    add_reason(enable);
}

void Grammar::add_changing() {
    CLI::App* const force =
        verb(app_, "force", "do what a rung of a target's ladder does, now", Verb::force);
    add_target(force, true);
    force->add_option("LEVEL", command_.level, "retry, failover, restart or fallback")
        ->required()
        ->check(CLI::IsMember(
            std::vector<std::string>{enum_names<Level>.begin() + 2, enum_names<Level>.end()}));
    add_reason(force);
    CLI::App* const ack =
        verb(app_, "ack", "acknowledge an incident, which re-arms its ladder", Verb::acknowledge);
    add_incident(ack);
    add_reason(ack);
    CLI::App* const rollback =
        verb(app_, "rollback", "take the way back of an action", Verb::rollback);
    add_action(rollback);
    rollback->add_flag("--no-wait", no_wait_, "do not wait for what comes of it");
    add_reason(rollback);
    CLI::App* const label =
        verb(app_, "label", "say whether an action was called for", Verb::label);
    add_action(label);
    label->add_option("LABEL", command_.label, "justified or unjustified")
        ->required()
        ->check(CLI::IsMember(std::vector<std::string>{enum_names<ActionLabel>.begin() + 1,
                                                       enum_names<ActionLabel>.end()}));
    add_reason(label);
    CLI::App* const reset = verb(app_,
                                 "reset-breaker",
                                 "reset the host's breaker, or that of one target",
                                 Verb::reset_breaker);
    add_target(reset, false);
    add_reason(reset);
    verb(app_, "reload", "read the rules again", Verb::reload)
        ->add_option("--reason", command_.reason, "why, for the record");
}

}  // namespace primum::ctl

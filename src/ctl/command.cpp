// SPDX-License-Identifier: MIT
#include "ctl/command.hpp"

#include "ctl/text.hpp"
#include "rules/duration.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace primum::ctl {
namespace {

constexpr const char* description =
    "Looks at primum and tells it what to leave alone. See primumctl(1).";
constexpr const char* footer =
    "Exit codes: 0 done; 1 a simulation found a breach, or a drill what fails; 3 a regression;\n"
    "64 wrong usage; 65 rules, recordings or pages with mistakes; 66 no such file;\n"
    "69 primumd, or what is scraped, not reachable; 70 internal error; 75 refused for now, try "
    "again later; 77 not "
    "permitted.";
constexpr std::uint32_t max_limit = 500;
constexpr std::uint32_t max_hours = 24 * 365;

// CLI11's own check for spans of time: "30m" is fine, "30" is not.
std::string check_duration(std::string& text) {
    const auto span = rules::parse_duration(text);
    if (!span.has_value()) {
        return span.error().message;
    }
    return span->count() > 0 ? std::string{} : std::string{"must be longer than nothing"};
}

// Everything that CLI11 fills in, and which verb was named.
class Grammar {
public:
    Grammar() : app_(description, "primumctl") {
        app_.footer(footer);
        app_.require_subcommand(1);
        app_.fallthrough();
        app_.add_flag("--json", command_.json, "print JSON and nothing else on stdout");
        add_looking();
        add_records();
        add_changing();
        add_offline();
        add_push();
    }

    Result<Command, NotACommand> parse(std::vector<std::string> arguments) {
        const bool json =
            std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
        const auto word = std::find_if(arguments.begin(), arguments.end(), [](const auto& text) {
            return !text.starts_with('-');
        });
        first_word_ = word == arguments.end() ? std::string{} : *word;
        std::reverse(arguments.begin(), arguments.end());  // CLI11 wants the last one first
        try {
            app_.parse(std::move(arguments));
        } catch (const CLI::ParseError& error) {
            return fail(not_a_command(error, json));
        }
        if (!length_.empty()) {
            command_.length = rules::parse_duration(length_).value_or(Duration{0});
        }
        if (!format_.empty()) {
            command_.scrape.format = from_name<PageFormat>(format_).value_or(PageFormat::automatic);
        }
        command_.verb = named_verb();
        const bool scoped = command_.verb == Verb::hold || command_.verb == Verb::release;
        if (scoped && command_.target.empty() && !all_) {
            return fail(NotACommand{Exit::usage, "name a TARGET, or say --all\n", json});
        }
        const PushOptions& push = command_.push;
        if (push.words.size() % 2 != 0) {
            return fail(NotACommand{Exit::usage, "each SERIES needs a VALUE\n", json});
        }
        if ((push.whole || !push.words.empty()) && push.source.empty()) {
            return fail(NotACommand{Exit::usage, "name the --source\n", json});
        }
        if (!command_.target.empty() && all_) {
            return fail(NotACommand{Exit::usage, "either a TARGET or --all, not both\n", json});
        }
        return command_;
    }

private:
    NotACommand not_a_command(const CLI::ParseError& error, bool json) {
        std::ostringstream out;
        std::ostringstream err;
        app_.exit(error, out, err);
        const bool helped = error.get_exit_code() == 0;
        if (!helped && !first_word_.empty() && !is_command(first_word_)) {
            return {Exit::usage,
                    fmt::format("there is no command \"{}\"; primumctl --help lists them\n",
                                printable(first_word_)),
                    json};
        }
        return {helped ? Exit::ok : Exit::usage, helped ? out.str() : err.str(), json};
    }

    [[nodiscard]] bool is_command(const std::string& name) const {
        const auto same = [&](const CLI::App* sub) { return sub->get_name() == name; };
        return !app_.get_subcommands(same).empty();
    }

    CLI::App* verb(CLI::App& parent, const char* name, const char* what, Verb verb) {
        CLI::App* const sub = parent.add_subcommand(name, what);
        sub->fallthrough();
        sub->footer(footer);
        verbs_.emplace_back(sub, verb);
        return sub;
    }

    void add_target(CLI::App* sub, bool required) {
        sub->add_option("TARGET", command_.target, "name of a target")->required(required);
    }

    void add_provider(CLI::App* sub) {
        sub->add_option("PROVIDER", command_.provider, "name of a provider")->required();
    }

    void add_candidate(CLI::App* sub) {
        sub->add_option("CANDIDATE", command_.candidate, "one of its candidates")->required();
    }

    void add_reason(CLI::App* sub) {
        sub->add_option("--reason", command_.reason, "why, for the record")->required();
    }

    void add_length(CLI::App* sub) {
        sub->add_option("--for", length_, "for how long, as 30m or 1h30m")
            ->required()
            ->check(CLI::Validator(check_duration, "DURATION"));
    }

    void add_scope(CLI::App* sub) {
        add_target(sub, false);
        sub->add_flag("--all", all_, "all targets");
    }

    // A nested subcommand stands behind its parent.
    [[nodiscard]] Verb named_verb() const {
        const auto found = std::find_if(
            verbs_.rbegin(), verbs_.rend(), [](const auto& v) { return v.first->parsed(); });
        return found == verbs_.rend() ? Verb::status : found->second;
    }

    void add_page(CLI::App* sub) {
        sub->add_option("--limit", command_.limit, "at most so many, newest first")
            ->check(CLI::Range(1U, max_limit))
            ->capture_default_str();
        sub->add_option("--before", command_.before, "only what is older than this id");
    }

    void add_looking() {
        verb(app_, "status", "the host in one screen", Verb::status);
        verb(app_, "list", "all targets, ill ones first", Verb::list)
            ->add_flag("--ill", command_.ill_only, "only those that are not at level 0");
        add_target(verb(app_, "show", "one target in short", Verb::show), true);
        add_target(verb(app_, "explain", "why primum acts on a target, or why not", Verb::explain),
                   true);
        CLI::App* const sources =
            verb(app_, "sources", "where the evidence comes from", Verb::sources);
        sources->require_subcommand(0, 1);
        verb(*sources, "show", "one source in full, and what to do when it fails", Verb::source)
            ->add_option("SOURCE", command_.source, "name of a source")
            ->required();
        add_providers();
    }

    void add_providers() {
        CLI::App* const providers =
            verb(app_, "providers", "what can be pointed at, and how it stands", Verb::providers);
        providers->require_subcommand(0, 1);
        add_provider(verb(*providers, "show", "one provider in full", Verb::provider));
        CLI::App* const mark = verb(*providers,
                                    "mark",
                                    "say how a candidate stands, whatever its indicators say",
                                    Verb::mark_provider);
        add_provider(mark);
        add_candidate(mark);
        mark->add_option("STATE", command_.state, "healthy, degraded, rate_limited, dead, unknown")
            ->required()
            ->check(CLI::IsMember(std::vector<std::string>{enum_names<CandidateState>.begin(),
                                                           enum_names<CandidateState>.end()}));
        add_length(mark);
        add_reason(mark);
        CLI::App* const note =
            verb(*providers, "set-note", "write a note on a candidate", Verb::note_provider);
        add_provider(note);
        add_candidate(note);
        note->add_option("TEXT", command_.reason, "the note")->required();
    }

    void add_records() {
        CLI::App* const incidents =
            verb(app_, "incidents", "the incidents on record", Verb::incidents);
        add_page(incidents);
        incidents->require_subcommand(0, 1);
        verb(*incidents, "show", "the story of one incident", Verb::incident)
            ->add_option("INCIDENT", command_.incident, "number of the incident")
            ->required();
        add_page(verb(app_, "actions", "what primum did, or would have done", Verb::actions));
    }

    void add_changing() {
        CLI::App* const hold =
            verb(app_, "hold", "keep primum's hands off a target for a while", Verb::hold);
        add_scope(hold);
        add_length(hold);
        add_reason(hold);
        CLI::App* const release = verb(app_, "release", "end holds early", Verb::release);
        add_scope(release);
        add_reason(release);
        CLI::App* const disable =
            verb(app_, "disable", "switch all remedies off, or those of one target", Verb::disable);
        add_target(disable, false);
        add_length(disable);
        add_reason(disable);
        CLI::App* const enable = verb(app_, "enable", "end disables early", Verb::enable);
        add_target(enable, false);
        add_reason(enable);
        CLI::App* const ack = verb(
            app_, "ack", "acknowledge an incident, which re-arms its ladder", Verb::acknowledge);
        ack->add_option("INCIDENT", command_.incident, "number of the incident")->required();
        add_reason(ack);
        CLI::App* const rollback =
            verb(app_, "rollback", "take the way back of an action", Verb::rollback);
        rollback->add_option("ACTION", command_.action, "id of the action")->required();
        add_reason(rollback);
        CLI::App* const reset = verb(app_,
                                     "reset-breaker",
                                     "reset the host's breaker, or that of one target",
                                     Verb::reset_breaker);
        add_target(reset, false);
        add_reason(reset);
        verb(app_, "reload", "read the rules again", Verb::reload)
            ->add_option("--reason", command_.reason, "why, for the record");
    }

    void add_offline() {
        CLI::App* const rules = app_.add_subcommand("rules", "work on rule files, without primumd");
        rules->fallthrough();
        rules->require_subcommand(1);
        CLI::App* const check =
            verb(*rules, "check", "find all mistakes in rule files", Verb::rules_check);
        check->add_option("PATH", command_.paths, "rule files, or directories of them")->required();
        check->add_option("--settings",
                          command_.settings,
                          "check this settings file too, and the rules under its limits");
        add_replay(verb(app_, "replay", "make the decisions of a recording again", Verb::replay));
        add_simulate();
        add_drill();
        add_scrape();
        verb(app_, "version", "the version of primumctl", Verb::version);
    }

    void add_replay(CLI::App* sub) {
        sub->add_option(
               "--recording", command_.recordings, "segments of recordings, or directories of them")
            ->required();
        sub->add_option("--rules", command_.rules, "these rules instead of the recorded ones");
        CLI::Option* const against = sub->add_option(
            "--against", command_.against, "which actions these rules add, drop or change");
        sub->add_option("--known", command_.known, "a list of differences that are known")
            ->needs(against);
        sub->add_option("--settings",
                        command_.settings,
                        "the settings for both rule sets, instead of the recorded ones");
    }

    void add_simulate() {
        SimulateOptions& options = command_.simulate;
        CLI::App* const simulate = verb(app_,
                                        "simulate",
                                        "run rules through the scenario library, without primumd",
                                        Verb::simulate);
        simulate->add_option("--rules", options.rules, "a rule file, or a directory of them");
        simulate->add_option("--settings",
                             options.settings,
                             "under these settings; without, the rules' own modes decide");
        simulate->add_option("--scenario", options.scenario, "only this one; \"list\" shows them");
        simulate->add_option("--target", options.target, "only this target");
        simulate->add_option("--seed", options.seed, "of everything random")->capture_default_str();
        simulate->add_option("--hours", options.hours, "how long faults go on")
            ->check(CLI::Range(1U, max_hours))
            ->capture_default_str();
        simulate->add_flag(
            "--enforced", options.enforced, "as if every target enforced every level");
    }

    void add_drill() {
        DrillOptions& options = command_.drill;
        CLI::App* const drill =
            verb(app_, "drill", "try a target's remedies on copies, without primumd", Verb::drill);
        drill->add_option("TARGET", options.target, "name of a target")->required();
        drill->add_option("--rules",
                          options.rules,
                          "a rule file, or a directory of them; without, those of the settings");
        drill->add_option(
            "--settings", options.settings, "these settings instead of /etc/primum/primum.toml");
    }

    void add_push() {
        PushOptions& options = command_.push;
        CLI::App* const push =
            verb(app_, "push", "give primumd samples of a push source", Verb::push);
        push->add_option("--source", options.source, "name of the source");
        push->add_option("SERIES", options.words, "series and values, in turn; none: from stdin")
            ->type_name("SERIES VALUE ...");
        push->add_flag("--whole", options.whole, "the source has no other series any more");
        push->add_option("--socket", options.socket, "instead of /run/primum/push.sock");
    }

    void add_scrape() {
        CLI::App* const scrape = verb(app_,
                                      "scrape",
                                      "what primum would take from an endpoint, without primumd",
                                      Verb::scrape);
        scrape->add_option("PLACE", command_.scrape.place, "a file, or a URL that begins with http")
            ->required();
        scrape->add_option("--format", format_, "prometheus or openmetrics; else the page says it")
            ->check(CLI::IsMember(std::vector<std::string>{enum_names<PageFormat>.begin(),
                                                           enum_names<PageFormat>.end()}));
    }

    CLI::App app_;
    Command command_;
    std::string format_;
    std::string length_;
    std::string first_word_;
    bool all_ = false;
    std::vector<std::pair<CLI::App*, Verb>> verbs_;
};

}  // namespace

Result<Command, NotACommand> parse_command(std::vector<std::string> arguments) {
    return Grammar{}.parse(std::move(arguments));
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/grammar.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

constexpr std::uint32_t max_limit = 500;

}  // namespace

void Grammar::add_page(CLI::App* sub) {
    sub->add_option("--limit", command_.limit, "at most so many, newest first")
        ->check(CLI::Range(1U, max_limit))
        ->capture_default_str();
    sub->add_option("--before", command_.before, "only what is older than this id");
}

void Grammar::add_looking() {
    verb(app_, "status", "the host in one screen", Verb::status);
    verb(app_, "list", "all targets, ill ones first", Verb::list)
        ->add_flag("--ill", command_.ill_only, "only those that are not at level 0");
    add_target(verb(app_, "show", "one target in short", Verb::show), true);
    CLI::App* const explain =
        verb(app_, "explain", "why primum acts on a target, or why not", Verb::explain);
    add_target(explain, true);
    explain->add_option(
        "--at", command_.look.at, "as it was then: 03:45, 2026-11-22 03:45, 10m ago, @SECONDS");
    verb(app_, "watch", "what changes, as it changes; until it is interrupted", Verb::watch)
        ->add_option("--count", command_.look.count, "end after so many changes");
    CLI::App* const sources = verb(app_, "sources", "where the evidence comes from", Verb::sources);
    sources->require_subcommand(0, 1);
    verb(*sources, "show", "one source in full, and what to do when it fails", Verb::source)
        ->add_option("SOURCE", command_.source, "name of a source")
        ->required();
    add_precision();
    add_providers();
    CLI::App* const names = verb(app_, "names", "for shell completion", Verb::names);
    names->add_option("KIND", command_.look.kind, "of what")
        ->required()
        ->check(CLI::IsMember(
            std::vector<std::string>{"targets", "incidents", "actions", "sources", "providers"}));
    names->group("");  // not in the help
}

void Grammar::add_providers() {
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
    add_length(mark, false);
    add_reason(mark);
    CLI::App* const note =
        verb(*providers, "set-note", "write a note on a candidate", Verb::note_provider);
    add_provider(note);
    add_candidate(note);
    note->add_option("TEXT", command_.reason, "the note")->required();
}

void Grammar::add_records() {
    CLI::App* const incidents = verb(app_, "incidents", "the incidents on record", Verb::incidents);
    add_page(incidents);
    incidents->require_subcommand(0, 1);
    add_incident(verb(*incidents, "show", "the story of one incident", Verb::incident));
    CLI::App* const bundle = verb(*incidents,
                                  "export",
                                  "everything about one incident, to be read and replayed anywhere",
                                  Verb::export_incident);
    add_incident(bundle);
    bundle->add_option("--output",
                       command_.output,
                       "FILE.tar.zst, or a directory that is to be made; else here, by its name");
    CLI::App* const actions =
        verb(app_, "actions", "what primum did, or would have done", Verb::actions);
    add_page(actions);
    actions->require_subcommand(0, 1);
    add_action(verb(*actions, "show", "one action, step by step", Verb::action));
}

void Grammar::add_ledger() {
    CLI::App* const ledger = family("ledger", "work on what is recorded, with or without primumd");
    const auto work = [&](const char* name, const char* what, Verb verb_of_it) {
        CLI::App* const sub = verb(*ledger, name, what, verb_of_it);
        sub->add_option(
            "--database",
            command_.database,
            "a backup, instead of primumd's ledger (or of the file when it is stopped)");
        return sub;
    };
    work("verify", "is it whole, and does the chain of actions fit?", Verb::ledger_verify);
    work("backup", "a whole copy of it, as it is now", Verb::ledger_backup)
        ->add_option("--output", command_.output, "the file that is to be made")
        ->required();
    work("export", "every table as JSON lines", Verb::ledger_export)
        ->add_option("--output", command_.output, "the file that is to be made; else stdout");
}

}  // namespace primum::ctl

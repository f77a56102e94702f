// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/source.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace primum::ctl {

// After sysexits.h, but for 0. The man page has the same list.
enum class Exit : int {
    ok = 0,
    breach = 1,  // what must not happen, or was not done: of simulate, drill, promote and rollback
    regression = 3,    // a comparison or a replay found other actions or decisions than before
    usage = 64,        // the command line is wrong, or names what does not exist
    bad_data = 65,     // rules with mistakes, a recording or a page that is none
    no_input = 66,     // a file that is not there
    unreachable = 69,  // primumd, or what is scraped, does not run or does not answer
    internal = 70,     // something that should not happen
    temporary = 75,    // refused for now; another try may succeed
    denied = 77,       // not permitted
};

enum class Verb : std::uint8_t {
    status,
    list,
    show,
    explain,
    hold,
    release,
    disable,
    enable,
    acknowledge,
    rollback,
    reset_breaker,
    force,
    label,
    watch,
    incidents,
    incident,
    export_incident,
    actions,
    action,
    ledger_verify,
    ledger_backup,
    ledger_export,
    names,
    sources,
    source,
    precision,
    providers,
    provider,
    mark_provider,
    note_provider,
    reload,
    rules_check,
    rules_show,
    rules_diff,
    rules_import_monit,
    rules_new,
    replay,
    audit,
    simulate,
    drill,
    score,
    record_import,
    promote,
    demote,
    push,
    scrape,
    version,
};

// Of the simulate verb.
struct SimulateOptions {
    std::string rules;                 // a directory or file
    std::string settings;              // a settings file, or empty: the rules' own modes decide
    std::vector<std::string> library;  // directories of templates; none: those of the settings
    std::string scenario;              // empty: all; "list": only say which there are
    std::string target;                // empty: all
    std::uint64_t seed = 1;
    std::uint32_t hours = 6;
    bool enforced = false;
    bool availability = false;  // with primum and without, instead of what is done
    std::uint32_t seeds = 1;    // of availability: so many, from `seed` on
};

// Of the audit verb. Of the first three at most one; none: primumd's own ledger.
struct AuditOptions {
    std::vector<std::string> recordings;  // segments, or directories of them
    std::string ledger;                   // a ledger's file
    std::string bundles;                  // a directory of bundles of incidents
    std::string since;                    // a time in words, or empty
    std::string until;
    std::string target;                // empty: all
    std::string against;               // the rules to compare with, or empty
    std::string settings;              // for those, instead of the recorded ones
    std::vector<std::string> library;  // directories of templates; none: those of the settings
    std::string page;                  // where the HTML goes, or empty
};

// Of the drill verb.
struct DrillOptions {
    std::string target;
    std::string rules;                 // a directory or file; empty: those that the settings name
    std::string settings;              // a settings file, or empty: primumd's own
    std::vector<std::string> library;  // directories of templates; none: those of the settings
};

// Of the score verb.
struct ScoreOptions {
    std::string rules;     // a directory or file
    std::string settings;  // a settings file, or empty: the rules' own modes decide
    std::vector<std::string> recordings;
    std::vector<std::string> library;  // directories of templates; none: those of the settings
    std::string windows;               // a JSON file of labelled time windows
    std::string name;                  // of the recording in it; empty: the file's only one
    std::string target;                // empty: all
};

// Of the verb that makes a recording of a table.
struct ImportOptions {
    std::string table;             // a CSV file
    std::string series;            // its name; of several columns each is told apart by a label
    std::string source = "table";  // that the samples are of
    std::string unit;              // that is said to be active, or empty
    std::string output;            // a file that is to be made
};

// Of the verbs promote and demote.
struct PromoteOptions {
    std::string target;
    std::string level;               // empty: the next one, or all of them
    bool check = false;              // of promote: only look
    std::vector<std::string> waive;  // of promote: names of conditions
    std::string owner;               // of a waiver
    std::string until;               // of a waiver: a time in words
    std::string reason;              // of a waiver; else empty or why
};

// Of the push verb.
struct PushOptions {
    std::string source;              // empty: the input is lines of the event format
    std::vector<std::string> words;  // SERIES VALUE...; none: from the input
    bool whole = false;              // these are all series that the source has
    std::string socket;              // empty: primumd's own
};

// Of the scrape verb.
struct ScrapeOptions {
    std::string place;  // a file, or a URL of http or https
    PageFormat format = PageFormat::automatic;
};

// Of the verbs below rules.
struct RulesOptions {
    bool strict = false;   // warnings count as mistakes
    bool offline = false;  // the host's units are not asked for
    std::string unit;      // of rules_new
};

// When to paint.
enum class Colours : std::uint8_t { automatic, always, never };

// Of the looking verbs, and of what they look like.
struct LookOptions {
    Colours colours = Colours::automatic;
    bool pager = true;        // where there is a terminal
    bool full = false;        // nothing is cut to the terminal's width
    std::string at;           // of explain: a time in words (time_text.hpp), or empty for now
    std::uint64_t count = 0;  // of watch: end after so many, or 0
    std::string kind;         // of names: targets, incidents, actions, sources, providers
};

// A command line, understood.
struct Command {
    Verb verb = Verb::status;
    bool json = false;
    LookOptions look;
    std::string target;                   // empty: all of them
    bool ill_only = false;                // of list
    Duration length{0};                   // of hold, disable and mark_provider
    std::string until;                    // of hold and disable: a time in words, or empty
    bool wait = true;                     // of rollback: for what comes of it
    std::string level;                    // of force
    std::string label;                    // of label
    std::string output;                   // of export_incident and the ledger's: a path, or empty
    std::string database;                 // of the ledger's: a file instead of primumd's, or empty
    std::string bundle;                   // of replay: an incident's bundle, or empty
    std::string source;                   // of source
    std::string provider;                 // of provider, mark_provider and note_provider
    std::string candidate;                // of mark_provider and note_provider
    std::string state;                    // of mark_provider
    std::string reason;                   // of what changes something; the note of note_provider
    std::uint64_t incident = 0;           // of acknowledge, incident and export
    std::string action;                   // of rollback, label and action
    std::uint32_t limit = 20;             // of incidents and actions
    std::uint64_t before = 0;             // of incidents and actions: 0 is the newest
    std::vector<std::string> paths;       // of the verbs below rules
    std::string settings;                 // of rules_check and replay: a file, or empty
    std::string rules;                    // of replay: a directory, or empty for the recorded ones
    std::string against;                  // of replay: the rules to compare with, or empty
    std::string known;                    // of replay: a file of known differences, or empty
    std::vector<std::string> recordings;  // of replay
    std::vector<std::string> library;     // of rules_check and replay: directories of templates
    SimulateOptions simulate;
    AuditOptions audit;
    DrillOptions drill;
    ScoreOptions score;
    ImportOptions importing;
    PromoteOptions promote;
    PushOptions push;
    ScrapeOptions scrape;
    RulesOptions rules_work;
};

// A command line that is not to be carried out: help, or a mistake.
struct NotACommand {
    Exit exit = Exit::usage;
    std::string text;  // for stdout when `exit` is ok, else for stderr
    bool json = false;
};

// Understands `arguments`, without the program's name.
[[nodiscard]] Result<Command, NotACommand> parse_command(std::vector<std::string> arguments);

}  // namespace primum::ctl

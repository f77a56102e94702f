// SPDX-License-Identifier: MIT
// How right rules are: on this host so far, and against labelled data.
#include "ctl/grammar.hpp"

namespace primum::ctl {

void Grammar::add_precision() {
    add_target(verb(app_,
                    "precision",
                    "how often each rung was right: of a target, or of all",
                    Verb::precision),
               false);
}

void Grammar::add_score() {
    ScoreOptions& options = command_.score;
    CLI::App* const score =
        verb(app_, "score", "judge rules by labelled time windows, without primumd", Verb::score);
    score->add_option("--rules", options.rules, "a rule file, or a directory of them")->required();
    score
        ->add_option(
            "--recording", options.recordings, "segments of recordings, or directories of them")
        ->required();
    score->add_option("--windows", options.windows, "a JSON file of labelled windows")->required();
    score->add_option(
        "--name", options.name, "whose windows in that file; else the name of the recording");
    score->add_option("--target", options.target, "only this target");
    score->add_option("--settings",
                      options.settings,
                      "under these settings; without, the rules' own modes decide");
    add_library(*score, options.library);
}

void Grammar::add_record() {
    ImportOptions& options = command_.importing;
    CLI::App* const record = family("record", "make recordings, without primumd");
    CLI::App* const table =
        verb(*record, "import", "a recording of a table of values over time", Verb::record_import);
    table->add_option("CSV", options.table, "first column: the time, UTC; the others: values")
        ->required();
    table->add_option("--series", options.series, "name of the series")->required();
    table->add_option("--source", options.source, "the source of the rules that it is of")
        ->capture_default_str();
    table->add_option("--unit", options.unit, "a unit that runs all the time");
    table->add_option("--output",
                      options.output,
                      "the file that is to be made, packed where it ends in .zst; else stdout");
}

}  // namespace primum::ctl

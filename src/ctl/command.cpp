// SPDX-License-Identifier: MIT
#include "ctl/command.hpp"

#include "ctl/grammar.hpp"
#include "ctl/text.hpp"
#include "rules/duration.hpp"
#include "rules/nearest.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>

namespace primum::ctl {
namespace {

constexpr const char* description =
    "Looks at primum and tells it what to leave alone. See primumctl(1).";
constexpr const char* footer =
    "Exit codes: 0 done; 1 a simulation found a breach, a drill what fails, or a rollback or a "
    "promotion was not done;\n3 a regression, or a replay or rules that differ; 64 wrong usage;\n"
    "65 rules, recordings, ledgers or pages with mistakes; 66 no such file;\n"
    "69 primumd, or what is scraped, not reachable; 70 internal error; 75 refused for now, try "
    "again later; 77 not "
    "permitted.";

bool is_option(std::string_view word) {
    return word.starts_with('-');
}

}  // namespace

Grammar::Grammar() : app_(description, "primumctl") {
    app_.footer(footer);
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_flag("--json", command_.json, "print JSON and nothing else on stdout");
    app_.add_option("--color", colours_, "auto, always or never")
        ->check(CLI::IsMember(std::vector<std::string>{"auto", "always", "never"}));
    app_.add_flag("--no-pager", no_pager_, "do not pipe output into a pager");
    app_.add_flag("-l,--full", command_.look.full, "cut nothing to the terminal's width");
    add_looking();
    add_records();
    add_ledger();
    add_holding();
    add_changing();
    add_offline();
    add_push();
}

CLI::App* Grammar::verb(CLI::App& parent, const char* name, const char* what, Verb verb) {
    CLI::App* const sub = parent.add_subcommand(name, what);
    sub->fallthrough();
    sub->footer(footer);
    verbs_.emplace_back(sub, verb);
    return sub;
}

CLI::App* Grammar::family(const char* name, const char* what) {
    CLI::App* const sub = app_.add_subcommand(name, what);
    sub->fallthrough();
    sub->require_subcommand(1);
    return sub;
}

Result<Command, NotACommand> Grammar::parse(std::vector<std::string> arguments) {
    const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    const std::vector<std::string> words = arguments;
    std::reverse(arguments.begin(), arguments.end());  // CLI11 wants the last one first
    try {
        app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        return fail(not_a_command(error, words, json));
    }
    if (!length_.empty()) {
        command_.length = rules::parse_duration(length_).value_or(Duration{0});
    }
    if (!format_.empty()) {
        command_.scrape.format = from_name<PageFormat>(format_).value_or(PageFormat::automatic);
    }
    command_.look.pager = !no_pager_;
    command_.wait = !no_wait_;
    command_.look.colours = colours_ == "always"  ? Colours::always
                            : colours_ == "never" ? Colours::never
                                                  : Colours::automatic;
    command_.verb = named_verb();
    if (const char* const wrong = contradiction(); wrong != nullptr) {
        return fail(NotACommand{Exit::usage, wrong, json});
    }
    return command_;
}

const char* Grammar::contradiction() const {
    const Verb verb = command_.verb;
    const bool scoped = verb == Verb::hold || verb == Verb::release;
    if (scoped && command_.target.empty() && !all_) {
        return "name a TARGET, or say --all\n";
    }
    if (!command_.target.empty() && all_) {
        return "either a TARGET or --all, not both\n";
    }
    const bool ends = scoped || verb == Verb::disable || verb == Verb::mark_provider;
    if (ends && verb != Verb::release && length_.empty() && command_.until.empty()) {
        return "--for is required: for how long? (or --until)\n";
    }
    const PushOptions& push = command_.push;
    if (push.words.size() % 2 != 0) {
        return "each SERIES needs a VALUE\n";
    }
    if ((push.whole || !push.words.empty()) && push.source.empty()) {
        return "name the --source\n";
    }
    if (verb == Verb::replay && command_.bundle.empty() == command_.recordings.empty()) {
        return "--recording is required, or a BUNDLE; one of the two\n";
    }
    return nullptr;
}

// A nested subcommand stands behind its parent.
Verb Grammar::named_verb() const {
    const auto found = std::find_if(
        verbs_.rbegin(), verbs_.rend(), [](const auto& v) { return v.first->parsed(); });
    return found == verbs_.rend() ? Verb::status : found->second;
}

std::string Grammar::meant(const std::vector<std::string>& words) const {
    const CLI::App* place = &app_;
    std::vector<std::string> names;
    std::vector<std::string> options{"--json", "--color", "--no-pager", "--full", "--help"};
    std::string word;
    const auto look = [&](const CLI::App* app) {
        names.clear();
        for (const CLI::App* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
            names.push_back(sub->get_name());
        }
        for (const CLI::Option* option : app->get_options()) {
            for (const std::string& name : option->get_lnames()) {
                options.push_back("--" + name);
            }
        }
    };
    look(place);
    for (const std::string& each : words) {
        const std::string bare = each.substr(0, each.find('='));
        const auto& known = is_option(each) ? options : names;
        if (known.empty() || std::find(known.begin(), known.end(), bare) != known.end()) {
            if (!is_option(each) && !names.empty()) {
                place = place->get_subcommand(each);
                look(place);
            }
            continue;
        }
        word = rules::nearest(bare, {known.begin(), known.end()});
        break;
    }
    return word;
}

NotACommand Grammar::not_a_command(const CLI::ParseError& error,
                                   const std::vector<std::string>& words,
                                   bool json) {
    std::ostringstream out;
    std::ostringstream err;
    app_.exit(error, out, err);
    if (error.get_exit_code() == 0) {
        return {Exit::ok, out.str(), json};
    }
    std::string text = err.str();
    const auto first = std::find_if_not(words.begin(), words.end(), is_option);
    const auto same = [&](const CLI::App* sub) { return sub->get_name() == *first; };
    if (first != words.end() && app_.get_subcommands(same).empty()) {
        text = fmt::format("there is no command \"{}\"; primumctl --help lists them\n",
                           printable(*first));
    }
    if (const std::string word = meant(words); !word.empty()) {
        text += fmt::format("did you mean \"{}\"?\n", word);
    }
    return {Exit::usage, text, json};
}

Result<Command, NotACommand> parse_command(std::vector<std::string> arguments) {
    return Grammar{}.parse(std::move(arguments));
}

}  // namespace primum::ctl

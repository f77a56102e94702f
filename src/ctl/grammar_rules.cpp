// SPDX-License-Identifier: MIT
#include "ctl/grammar.hpp"

namespace primum::ctl {

void Grammar::add_rules() {
    CLI::App* const rules = family("rules", "work on rule files, without primumd");
    CLI::App* const check = verb(*rules,
                                 "check",
                                 "find all mistakes in rule files, and what is rarely meant",
                                 Verb::rules_check);
    check->add_option("PATH", command_.paths, "rule files, or directories of them")->required();
    check->add_option("--settings",
                      command_.settings,
                      "check this settings file too, and the rules under its limits");
    add_library(*check, command_.library);
    check->add_flag("--strict", command_.rules_work.strict, "warnings count as mistakes");
    check->add_flag("--offline",
                    command_.rules_work.offline,
                    "do not ask systemd about the units of this host");
    CLI::App* const show = verb(
        *rules, "show", "the compiled rules, with all defaults, as rules again", Verb::rules_show);
    show->add_option("WORD", command_.paths, "a target, then rule files or directories")
        ->type_name("[TARGET] [PATH ...]");
    show->add_option(
        "--settings",
        command_.settings,
        "these settings instead of /etc/primum/primum.toml; without a PATH their rules");
    add_library(*show, command_.library);
    CLI::App* const diff =
        verb(*rules, "diff", "what differs in effect between two sets of rules", Verb::rules_diff);
    diff->add_option("PATH", command_.paths, "two rule files, or directories of them")
        ->required()
        ->expected(2)
        ->type_name("A B");
    diff->add_option("--settings", command_.settings, "both under these settings");
    add_library(*diff, command_.library);
    CLI::App* const import = rules->add_subcommand("import", "rules made of another tool's files");
    import->fallthrough();
    import->require_subcommand(1);
    CLI::App* const monit =
        verb(*import, "monit", "of monit's control file, all in dry-run", Verb::rules_import_monit);
    monit->add_option("FILE", command_.paths, "like /etc/monit/monitrc")->required()->expected(1);
    CLI::App* const made =
        verb(*rules, "new", "a rule file for a unit of this host, in dry-run", Verb::rules_new);
    made->add_option("UNIT", command_.rules_work.unit, "like nginx.service")->required();
    made->add_option("--output", command_.output, "a file that is not there yet; else stdout");
}

}  // namespace primum::ctl

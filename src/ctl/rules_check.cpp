// SPDX-License-Identifier: MIT
#include "ctl/rules_check.hpp"

#include "ctl/counted.hpp"
#include "ctl/lint_units.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

namespace primum::ctl {
namespace {

constexpr std::size_t short_digest = 12;

void write_lint(event::JsonWriter& writer, const rules::Lint& lint) {
    writer.begin_object();
    writer.key("code");
    writer.value(name_of(lint.code));
    writer.key("file");
    writer.value(lint.at.file);
    writer.key("line");
    writer.value(lint.at.line);
    writer.key("column");
    writer.value(lint.at.column);
    writer.key("key");
    writer.value(lint.key);
    writer.key("message");
    writer.value(lint.message);
    writer.key("remedy");
    writer.value(lint.remedy);
    writer.end_object();
}

// As enum_names go; the words of the JSON.
constexpr std::array<std::string_view, 3> asked_words{"asked", "offline", "no_systemd"};

}  // namespace

rules::Settings with_library(rules::Settings settings, const std::vector<std::string>& library) {
    if (!library.empty()) {
        settings.library.assign(library.begin(), library.end());
    }
    return settings;
}

RulesReport check_rules(const std::vector<std::string>& paths,
                        const std::string& settings,
                        const std::vector<std::string>& library,
                        LiveUnits* units) {
    RulesReport report;
    rules::Settings in_force;
    if (!settings.empty()) {
        std::error_code ignored;
        rules::SettingsLoad load = rules::load_settings(settings);
        if (!std::filesystem::exists(settings, ignored)) {
            load.errors.push_back({settings, 0, 0, "", "there is no such settings file", ""});
        }
        report.errors = load.errors;
        in_force = load.errors.empty() ? load.settings : rules::Settings{};
    }
    rules::Places places;
    const rules::RulesLoad load =
        rules::load_rules({paths.begin(), paths.end()}, with_library(in_force, library), &places);
    report.errors.insert(report.errors.end(), load.errors.begin(), load.errors.end());
    report.files = load.files.size();
    if (load.rules != nullptr) {
        report.digest = load.rules->digest;
        report.targets = load.rules->targets.size();
        report.sources = load.rules->sources.size();
        rules::LintList lints{places};
        rules::lint_rules(*load.rules, lints);
        if (units != nullptr) {
            report.asked = units->there() ? UnitsAsked::yes : UnitsAsked::no_systemd;
        }
        if (report.asked == UnitsAsked::yes) {
            lint_units(*load.rules, *units, lints);
        }
        report.lints = lints.take();
    }
    return report;
}

std::string report_json(const RulesReport& report) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("ok");
    writer.value(report.errors.empty());
    writer.key("digest");
    writer.value(report.digest);
    writer.key("files");
    writer.value(std::uint64_t{report.files});
    writer.key("targets");
    writer.value(std::uint64_t{report.targets});
    writer.key("sources");
    writer.value(std::uint64_t{report.sources});
    writer.key("errors");
    writer.begin_array();
    for (const rules::RuleError& error : report.errors) {
        writer.begin_object();
        writer.key("file");
        writer.value(error.file);
        writer.key("line");
        writer.value(error.line);
        writer.key("column");
        writer.value(error.column);
        writer.key("key");
        writer.value(error.key);
        writer.key("message");
        writer.value(error.message);
        writer.key("hint");
        writer.value(error.hint);
        writer.end_object();
    }
    writer.end_array();
    writer.key("units");
    writer.value(asked_words.at(static_cast<std::size_t>(report.asked)));
    writer.key("warnings");
    writer.begin_array();
    for (const rules::Lint& lint : report.lints) {
        write_lint(writer, lint);
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

std::string report_text(const RulesReport& report) {
    return fmt::format("ok: {} and {} in {}, rules {}{}\n",
                       counted(report.targets, "target"),
                       counted(report.sources, "source"),
                       counted(report.files, "file"),
                       report.digest.substr(0, short_digest),
                       report.asked == UnitsAsked::no_systemd
                           ? "\nno systemd here: the rules were not held against live units"
                           : "");
}

std::string mistakes_text(const RulesReport& report) {
    std::string out;
    for (const rules::RuleError& error : report.errors) {
        out += printable(rules::format_error(error)) + "\n";
    }
    return out + counted(report.errors.size(), "mistake") + "\n";
}

std::string warnings_text(const RulesReport& report) {
    std::string out;
    for (const rules::Lint& lint : report.lints) {
        out += printable(rules::format_lint(lint)) + "\n";
    }
    return report.lints.empty() ? out : out + counted(report.lints.size(), "warning") + "\n";
}

Exit rules_check(const Command& command, Surroundings& world) {
    const RulesReport report = check_rules(command.paths,
                                           command.settings,
                                           command.library,
                                           command.rules_work.offline ? nullptr : world.units);
    if (command.json) {
        world.out << report_json(report);
    } else if (report.errors.empty()) {
        world.out << report_text(report);
    }
    if (!report.errors.empty()) {
        world.err << mistakes_text(report);
        return Exit::bad_data;
    }
    world.err << warnings_text(report);
    return command.rules_work.strict && !report.lints.empty() ? Exit::bad_data : Exit::ok;
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/rules_import.hpp"

#include "ctl/rules_check.hpp"
#include "ctl/rules_show.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "rules/loader.hpp"
#include "rules/rule_tree.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include <glob.h>

namespace primum::ctl {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> text_of_file(const std::string& path) {
    std::error_code failure;
    if (!fs::is_regular_file(path, failure)) {
        return std::nullopt;
    }
    std::ifstream in{path, std::ios::binary};
    std::string text(max_monit_bytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || (!in.eof() && in.fail())) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

std::vector<std::string> expand(const std::string& pattern) {
    std::vector<std::string> files;
    glob_t found{};
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) {
            std::error_code ignored;
            if (!fs::is_directory(found.gl_pathv[i], ignored)) {
                files.emplace_back(found.gl_pathv[i]);
            }
        }
    }
    globfree(&found);
    return files;
}

std::string left_text(const MonitRules& rules) {
    std::string out;
    for (const MonitLeft& left : rules.left) {
        out += printable(
                   fmt::format("{}:{}: {}: {}", left.at.file, left.at.line, left.text, left.why)) +
               "\n";
    }
    return out +
           fmt::format("{} without an equivalent, or with a part of one\n", rules.left.size());
}

std::string json_of(const MonitRules& rules, const std::string& toml) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("toml");
    writer.value(toml);
    writer.key("rules");
    std::string document;
    write_json(document, rules.document);
    writer.raw(document);
    writer.key("left");
    writer.begin_array();
    for (const MonitLeft& left : rules.left) {
        writer.begin_object();
        writer.key("file");
        writer.value(left.at.file);
        writer.key("line");
        writer.value(left.at.line);
        writer.key("text");
        writer.value(left.text);
        writer.key("why");
        writer.value(left.why);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

}  // namespace

std::string monit_rules_text(const MonitRules& rules, const std::string& from) {
    return fmt::format(
        "# From monit's {}.\n"
        "# Nothing is enforced: look at what it would do first (primumctl audit), and "
        "stop monit before primum may act.\n\n{}",
        printable(from),
        rules::toml_text(rules.document));
}

MonitFiles host_files() {
    return {expand, text_of_file};
}

Exit rules_import_monit(const Command& command, Surroundings& world) {
    const std::string& file = command.paths.at(0);
    std::error_code ignored;
    if (!fs::exists(file, ignored)) {
        return tell_problem(
            fmt::format("there is no {}; monit's own is /etc/monit/monitrc", printable(file)),
            Exit::no_input,
            command.json,
            world);
    }
    std::vector<MonitLeft> left;
    const auto tokens = monit_tokens_of(file, host_files(), left);
    MonitFile monit = read_monit(tokens);
    monit.left.insert(monit.left.end(), left.begin(), left.end());
    const MonitRules rules = translate_monit(monit);
    const std::string toml = monit_rules_text(rules, file);
    const auto load = rules::compile_rules({rules::RuleFile{"imported", toml}}, {});
    if (!load.errors.empty()) {
        RulesReport report;
        report.errors = load.errors;
        world.err << mistakes_text(report);
        return tell_problem("the rules it comes to are not right; import it file by file",
                            Exit::internal,
                            command.json,
                            world);
    }
    world.out << (command.json ? json_of(rules, toml) : toml);
    world.err << left_text(rules);
    return Exit::ok;
}

}  // namespace primum::ctl

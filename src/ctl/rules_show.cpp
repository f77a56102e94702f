// SPDX-License-Identifier: MIT
#include "ctl/rules_show.hpp"

#include "ctl/rules_check.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "rules/rule_tree.hpp"
#include "rules/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace primum::ctl {
namespace {

using rules::Node;

bool is_path(const std::string& word) {
    std::error_code ignored;
    return word.find('/') != std::string::npos || word.ends_with(".toml") ||
           std::filesystem::exists(word, ignored);
}

std::string last_of(std::string_view path) {
    return std::string{path.substr(path.rfind('.') + 1)};
}

// Written in one form and shown in another: no default, whatever Places says.
bool is_other_form(const std::string& path) {
    const std::string key = last_of(path);
    const auto dot = path.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : last_of(path.substr(0, dot));
    return key == "value" || (parent == "value" && key != "min_count");
}

std::string target_remark(const TargetRule& target) {
    std::string text =
        target.use.empty() ? "" : fmt::format("made from the template \"{}\"", target.use);
    if (!target.held_back.empty()) {
        text += (text.empty() ? "held back: " : "; held back: ") + target.held_back;
    }
    return printable(text);
}

rules::Remark remark_of(const LoadedRules& loaded) {
    return [&loaded](const std::string& path) -> std::string {
        if (!loaded.places.has(path)) {
            return is_other_form(path) ? "" : "default";
        }
        for (const TargetRule& target : loaded.rules->targets) {
            if (path == "target." + target.name) {
                return target_remark(target);
            }
        }
        return {};
    };
}

void gather_defaults(const Node& table,
                     const std::string& path,
                     const rules::Remark& remark,
                     std::vector<std::string>& found) {
    for (const rules::Member& member : table.members) {
        const std::string each = path.empty() ? member.key : path + "." + member.key;
        const bool heading = member.value.kind == Node::Kind::table && !member.value.is_inline;
        if (!heading && remark(each) == "default") {
            found.push_back(each);
            continue;
        }
        gather_defaults(member.value, each, remark, found);
        for (std::size_t i = 0; i < member.value.items.size(); ++i) {
            gather_defaults(member.value.items[i], fmt::format("{}[{}]", each, i), remark, found);
        }
    }
}

std::string tree_json(const Node& tree, const LoadedRules& loaded) {
    std::vector<std::string> defaults;
    for (const rules::Member& kind : tree.members) {
        for (const rules::Member& named : kind.value.members) {
            gather_defaults(named.value, kind.key + "." + named.key, remark_of(loaded), defaults);
        }
    }
    std::string json = "{\"v\":1,\"digest\":\"" + loaded.rules->digest + "\",\"rules\":";
    write_json(json, tree);
    json += ",\"defaults\":";
    write_json(json, rules::list_node(defaults));
    return json + "}\n";
}

std::string known_targets(const RuleSet& rules) {
    std::string names;
    for (const TargetRule& target : rules.targets) {
        names += (names.empty() ? "" : ", ") + target.name;
    }
    return names.empty() ? "there are none" : "there are " + names;
}

}  // namespace

void write_json(std::string& json, const Node& value) {
    const auto text = [&json](const std::string& words) {
        event::JsonWriter writer{json};
        writer.value(words);
    };
    const char* comma = "";
    switch (value.kind) {
        case Node::Kind::string:
            text(value.text);
            return;
        case Node::Kind::array:
            json += '[';
            for (const Node& item : value.items) {
                json += std::exchange(comma, ",");
                write_json(json, item);
            }
            json += ']';
            return;
        case Node::Kind::table:
            json += '{';
            for (const rules::Member& member : value.members) {
                json += std::exchange(comma, ",");
                text(member.key);
                json += ':';
                write_json(json, member.value);
            }
            json += '}';
            return;
        default:
            json += rules::value_text(value);
    }
}

Result<LoadedRules, Exit> load_rules_of(const Command& command,
                                        const std::vector<std::string>& paths,
                                        Surroundings& world) {
    RulesReport report;
    rules::SettingsLoad settings;
    if (!command.settings.empty() || paths.empty()) {
        const std::string file = command.settings.empty() ? world.settings_file : command.settings;
        settings = rules::load_settings(file);
        report.errors = settings.errors;
    }
    std::vector<std::filesystem::path> files{paths.begin(), paths.end()};
    if (files.empty() && report.errors.empty()) {
        files = settings.settings.rules;
    }
    LoadedRules loaded;
    auto load =
        rules::load_rules(files, with_library(settings.settings, command.library), &loaded.places);
    report.errors.insert(report.errors.end(), load.errors.begin(), load.errors.end());
    loaded.rules = std::move(load.rules);
    if (!report.errors.empty()) {
        if (command.json) {
            world.out << report_json(report);
        }
        world.err << mistakes_text(report);
        return fail(Exit::bad_data);
    }
    return loaded;
}

Exit rules_show(const Command& command, Surroundings& world) {
    std::vector<std::string> paths = command.paths;
    std::string target;
    if (!paths.empty() && !is_path(paths.front())) {
        target = paths.front();
        paths.erase(paths.begin());
    }
    const auto loaded = load_rules_of(command, paths, world);
    if (!loaded.has_value()) {
        return loaded.error();
    }
    const auto& targets = loaded->rules->targets;
    const auto found = std::find_if(targets.begin(), targets.end(), [&](const TargetRule& each) {
        return each.name == target;
    });
    if (!target.empty() && found == targets.end()) {
        return tell_problem(
            fmt::format(
                "there is no target {}; {}", printable(target), known_targets(*loaded->rules)),
            Exit::usage,
            command.json,
            world);
    }
    const Node tree = target.empty() ? rules::rule_tree(*loaded->rules)
                                     : rules::target_tree(*loaded->rules, *found);
    world.out << (command.json ? tree_json(tree, *loaded)
                               : rules::toml_text(tree, remark_of(*loaded)));
    return Exit::ok;
}

}  // namespace primum::ctl

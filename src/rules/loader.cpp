// SPDX-License-Identifier: MIT
#include "rules/loader.hpp"

#include "rules/compilation.hpp"
#include "rules/expansion.hpp"
#include "rules/places.hpp"
#include "rules/promotion.hpp"
#include "rules/reading.hpp"
#include "rules/settings_text.hpp"
#include "rules/toml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <system_error>
#include <utility>

namespace primum::rules {
namespace {

constexpr std::string_view file_marker = "#primum-rules ";
constexpr std::string_view settings_marker = "#primum-settings ";
constexpr std::string_view unknown_machine = "-";
constexpr std::size_t no_tree = SIZE_MAX;  // of a file that could not be parsed

// One table of named things ("target") over all files: each name once.
struct NamedTables {
    std::map<std::string, const Member*, std::less<>> members;
};

// From the files' text to the rule set.
class Compiler {
public:
    Compiler(const Settings& settings, Places* places) : settings_(settings), places_(places) {}

    // Takes files in; a file overrides only those that are taken in with it.
    void parse(const std::vector<RuleFile>& files) {
        std::map<std::string, std::size_t, std::less<>> bases;  // index of the tree
        for (const RuleFile& file : files) {
            bases.emplace(file.path, no_tree);
        }
        for (const RuleFile& file : files) {
            auto tree = read_toml(file.text, errors_.add_file(file.path), errors_);
            if (!tree) {
                all_.incomplete = true;
                continue;
            }
            const auto base = bases.find(overridden_by(file.path).string());
            if (base == bases.end()) {
                bases[file.path] = trees_.size();
                trees_.push_back(*std::move(tree));
            } else if (base->second != no_tree) {
                merge_over(trees_[base->second], *std::move(tree));
            }
        }
    }

    // The templates that are used by the files so far and are not in them.
    [[nodiscard]] std::vector<std::string> missing() const { return missing_templates(trees_); }

    void run(const TemplateSearch& search, RulesLoad& load) {
        all_.incomplete = all_.incomplete || !load.errors.empty();
        Expansion expansion{trees_, search, errors_};
        expansion.run();
        all_.incomplete = all_.incomplete || expansion.is_incomplete();
        for (const Node& tree : trees_) {
            Section top{tree, Place{tree.at.file, 1, 1}, {}, errors_};
            top.find("template");
            collect(top, "source", sources_);
            collect(top, "provider", providers_);
            collect(top, "target", targets_);
            top.refuse_unknown_keys();
        }
        auto rules = std::make_shared<RuleSet>();
        rules->settings = settings_.decision;
        compile_sources(*rules);
        compile_providers(*rules);
        compile_targets(*rules, expansion.uses());
        for (const auto& [name, member] : targets_.members) {
            if (!is_left_over(member->value)) {
                load.target_files.emplace(name, errors_.file(member->at.file));
            }
        }
        trees_.clear();
        const bool good = errors_.empty() && load.errors.empty();
        auto found = errors_.take();
        std::move(found.begin(), found.end(), std::back_inserter(load.errors));
        if (good) {
            seal(*rules, settings_.promotion.required);
            load.rules = std::move(rules);
        }
    }

private:
    void collect(Section& top, std::string_view what, NamedTables& named) {
        const auto table = top.table(what);
        if (!table) {
            return;
        }
        for (const Member& member : table->members()) {
            Section one = *table;
            if (!is_name(member.key)) {
                one.fail_key(member,
                             fmt::format("a {}'s name is 1 to 64 letters, digits, '_', '-', '.', "
                                         "'@'",
                                         what));
                continue;
            }
            const auto [place, fresh] = named.members.emplace(member.key, &member);
            if (!fresh) {
                const Place& first = place->second->at;
                one.fail_key(member,
                             fmt::format("{} {} stands in {}:{} already",
                                         what,
                                         member.key,
                                         errors_.file(first.file),
                                         first.line));
            }
        }
    }

    // The section of one named table; nothing, and an error, when it is no table.
    std::optional<Section> section_of(std::string_view what, const Member& member) {
        const std::string path = fmt::format("{}.{}", what, member.key);
        if (member.value.kind != Node::Kind::table) {
            errors_.add(member.value.at, path, "a table is expected");
            return std::nullopt;
        }
        if (places_ != nullptr) {
            places_->note(member, path, errors_);
        }
        return Section{member.value, member.at, path, errors_};
    }

    void compile_sources(RuleSet& rules) {
        for (const auto& [name, member] : sources_.members) {
            all_.sources.emplace(name, static_cast<std::uint32_t>(rules.sources.size()));
            bool has_interval = false;
            SourceRule source;
            if (auto section = section_of("source", *member)) {
                source = compile_source(name, *section, has_interval);
            }
            all_.intervals.push_back(has_interval ? std::optional{source.interval} : std::nullopt);
            rules.sources.push_back(std::move(source));
        }
    }

    void compile_providers(RuleSet& rules) {
        for (const auto& [name, member] : providers_.members) {
            std::string& digest = all_.providers[name];
            if (auto section = section_of("provider", *member)) {
                rules.providers.push_back(compile_provider(name, *section, all_));
                digest = rules.providers.back().digest;
            }
        }
    }

    void compile_targets(RuleSet& rules,
                         const std::map<std::string, std::string, std::less<>>& uses) {
        std::vector<CompiledTarget> compiled;
        compiled.reserve(targets_.members.size());
        for (const auto& [name, member] : targets_.members) {
            if (is_left_over(member->value)) {
                continue;  // what was promoted is gone from the rules
            }
            if (auto section = section_of("target", *member)) {
                compiled.push_back(compile_target(name, *section, all_));
                const auto use = uses.find(name);
                compiled.back().rule.use = use != uses.end() ? use->second : std::string{};
            }
        }
        check_dependencies(compiled, all_, errors_);
        rules.targets.reserve(compiled.size());
        for (CompiledTarget& target : compiled) {
            rules.targets.push_back(std::move(target.rule));
        }
    }

    const Settings& settings_;
    Places* places_;  // may be nullptr
    ErrorList errors_;
    Compilation all_;
    std::vector<Node> trees_;
    NamedTables sources_;
    NamedTables providers_;
    NamedTables targets_;
};

std::string joined(const std::vector<RuleFile>& files, const Settings& settings) {
    const std::string decision = decision_settings_text(settings);
    const std::string& machine = settings.decision.machine;
    std::string out = fmt::format("{}{} {}\n{}\n",
                                  settings_marker,
                                  decision.size(),
                                  machine.empty() ? unknown_machine : machine,
                                  decision);
    for (const RuleFile& file : files) {
        out += fmt::format("{}{} {}\n{}\n", file_marker, file.text.size(), file.path, file.text);
    }
    return out;
}

// Takes `marker SIZE NAME`, the text of that size and a newline off the front; nothing, and nothing
// taken, where there is no such entry.
std::optional<RuleFile> take_entry(std::string_view marker, std::string_view& text) {
    if (!text.starts_with(marker)) {
        return std::nullopt;
    }
    const std::string_view line = text.substr(marker.size(), text.find('\n') - marker.size());
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
    const std::size_t body = marker.size() + line.size() + 1;
    if (error != std::errc{} || end == line.data() + line.size() || *end != ' ' ||
        body > text.size() || size > text.size() - body) {
        return std::nullopt;
    }
    RuleFile entry{std::string{end + 1, line.data() + line.size()},
                   std::string{text.substr(body, size)}};
    text.remove_prefix(std::min(text.size(), body + size + 1));
    return entry;
}

}  // namespace

RulesLoad load_rules(const std::vector<std::filesystem::path>& files_or_dirs,
                     const Settings& settings,
                     Places* places) {
    RulesLoad load;
    Reading reading{load};
    for (const auto& path : files_or_dirs) {
        reading.add(path);
    }
    Compiler compiler{settings, places};
    compiler.parse(reading.files);
    TemplateSearch search;
    for (const auto& directory : settings.library) {
        search.directories.push_back(directory.string());
    }
    const auto missing = compiler.missing();
    if (!missing.empty()) {
        const std::size_t own = reading.files.size();
        reading.add_templates(missing, settings.library);
        compiler.parse(
            {reading.files.begin() + static_cast<std::ptrdiff_t>(own), reading.files.end()});
        search.available = names_in(settings.library);
    }
    load.text = joined(reading.files, settings);
    compiler.run(search, load);
    return load;
}

RulesLoad compile_rules(const std::vector<RuleFile>& files,
                        const Settings& settings,
                        Places* places) {
    RulesLoad load;
    for (const RuleFile& file : files) {
        load.files.emplace_back(file.path);
    }
    load.text = joined(files, settings);
    Compiler compiler{settings, places};
    compiler.parse(files);
    compiler.run({}, load);
    return load;
}

std::vector<RuleFile> split_rules_text(std::string_view text) {
    take_entry(settings_marker, text);
    std::vector<RuleFile> files;
    while (auto file = take_entry(file_marker, text)) {
        files.push_back(*std::move(file));
    }
    if (!text.empty()) {  // no marker of ours: the rest is one file
        files.push_back(RuleFile{"rules", std::string{text}});
    }
    return files;
}

SettingsLoad recorded_settings(std::string_view text) {
    const auto entry = take_entry(settings_marker, text);
    if (!entry) {
        return {};
    }
    SettingsLoad load = parse_settings(entry->text, "recorded settings");
    load.settings.decision.machine = entry->path == unknown_machine ? "" : entry->path;
    return load;
}

RulesLoad compile_recorded_rules(std::string_view text) {
    const SettingsLoad settings = recorded_settings(text);
    if (!settings.errors.empty()) {
        RulesLoad load;
        load.errors = settings.errors;
        return load;
    }
    return compile_rules(split_rules_text(text), settings.settings);
}

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "actuator/rules_cache.hpp"

#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace primum::actuator {
namespace {

namespace fs = std::filesystem;

// What a change of a file or directory cannot leave as it was.
void add_signature(std::string& out, const fs::path& path) {
    struct stat status{};
    out += path.native();
    if (::stat(path.c_str(), &status) != 0) {
        out += '!' + std::to_string(errno) + '\n';
        return;
    }
    for (const auto number : {static_cast<std::int64_t>(status.st_dev),
                              static_cast<std::int64_t>(status.st_ino),
                              static_cast<std::int64_t>(status.st_size),
                              static_cast<std::int64_t>(status.st_mode),
                              static_cast<std::int64_t>(status.st_uid),
                              static_cast<std::int64_t>(status.st_mtim.tv_sec),
                              static_cast<std::int64_t>(status.st_mtim.tv_nsec),
                              static_cast<std::int64_t>(status.st_ctim.tv_sec),
                              static_cast<std::int64_t>(status.st_ctim.tv_nsec)}) {
        out += ' ' + std::to_string(number);
    }
    out += '\n';
}

void add_tree(std::string& out, const fs::path& root, int depth) {
    add_signature(out, root);
    std::error_code error;
    if (depth == 0 || !fs::is_directory(root, error)) {
        return;
    }
    std::vector<fs::path> entries;
    for (fs::directory_iterator entry(root, error), end; !error && entry != end;
         entry.increment(error)) {
        entries.push_back(entry->path());
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) {
        add_tree(out, entry, depth - 1);
    }
}

}  // namespace

std::string RulesCache::signature() const {
    std::string out;
    add_signature(out, places_.settings);
    for (const auto& directory : library_) {
        add_tree(out, directory, 2);
    }
    for (const auto& root : roots_) {
        add_tree(out, root, 2);  // NAME.toml, and NAME.d/*.toml beside it
        const fs::path overrides = fs::path(root).replace_extension(".d");
        if (overrides != root) {
            add_tree(out, overrides, 1);
        }
    }
    return out;
}

void RulesCache::release() {
    signature_.clear();
    rules_.reset();
    roots_.clear();
    library_.clear();
}

Result<std::shared_ptr<const RuleSet>, RulesError> RulesCache::get() {
    if (!signature_.empty() && signature() == signature_) {
        if (rules_ == nullptr) {
            return fail(RulesError{trouble_});
        }
        return rules_;
    }
    auto loaded = load();
    rules_ = loaded.has_value() ? *loaded : nullptr;
    trouble_ = loaded.has_value() ? "" : loaded.error().message;
    return loaded;
}

Result<rules::Settings, RulesError> RulesCache::settings() const {
    std::error_code error;
    if (fs::exists(places_.settings, error) || error) {
        const auto trusted = rules::check_trusted(places_.settings, places_.trust);
        if (!trusted.has_value()) {
            return fail(RulesError{rules::format_error(trusted.error())});
        }
    }
    auto load = rules::load_settings(places_.settings);
    if (!load.errors.empty()) {
        return fail(RulesError{rules::format_error(load.errors.front())});
    }
    load.settings.decision.machine = places_.machine;
    return std::move(load.settings);
}

Result<std::shared_ptr<const RuleSet>, RulesError> RulesCache::load() {
    signature_.clear();
    auto read = settings();
    if (!read.has_value()) {
        return fail(std::move(read.error()));
    }
    roots_ = places_.rules.empty() ? read->rules : places_.rules;
    library_ = read->library;
    // Taken before the reading: a change during it shows at the next get().
    auto before = signature();
    auto load = rules::load_rules(roots_, *read);
    if (load.rules == nullptr) {
        return fail(RulesError{load.errors.empty() ? "the rules cannot be read"
                                                   : rules::format_error(load.errors.front())});
    }
    for (const auto& file : load.files) {
        const auto trusted = rules::check_trusted(file, places_.trust);
        if (!trusted.has_value()) {
            return fail(RulesError{rules::format_error(trusted.error())});
        }
    }
    signature_ = std::move(before);
    return std::move(load.rules);
}

}  // namespace primum::actuator

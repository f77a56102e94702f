// SPDX-License-Identifier: MIT
#include "rules/reading.hpp"

#include "rules/file.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace primum::rules {
namespace {

// Entries of a directory that end in .toml, sorted by name.
std::vector<std::filesystem::path> toml_files(const std::filesystem::path& directory,
                                              std::error_code& failure) {
    std::vector<std::filesystem::path> found;
    auto entry = std::filesystem::directory_iterator{directory, failure};
    while (!failure && entry != std::filesystem::directory_iterator{}) {
        const std::string name = entry->path().filename().string();
        std::error_code ignored;  // what it is will be seen when it is read
        if (entry->path().extension() == ".toml" && !name.starts_with('.') &&
            !entry->is_directory(ignored)) {
            found.push_back(entry->path());
        }
        entry.increment(failure);
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

std::filesystem::path overridden_by(const std::filesystem::path& path) {
    std::filesystem::path directory = path.parent_path();
    return directory.extension() == ".d" ? directory.replace_extension(".toml")
                                         : std::filesystem::path{};
}

std::vector<std::string> names_in(const std::vector<std::filesystem::path>& directories) {
    std::vector<std::string> names;
    for (const auto& directory : directories) {
        std::error_code ignored;  // a directory that is not there has none
        for (const auto& file : toml_files(directory, ignored)) {
            names.push_back(file.stem().string());
        }
    }
    return names;
}

void Reading::add(const std::filesystem::path& path) {
    std::error_code failure;
    if (!std::filesystem::is_directory(path, failure)) {
        add_with_overrides(path);
        return;
    }
    const auto found = toml_files(path, failure);
    if (failure) {
        load_.errors.push_back(unreadable(path, failure.value()));
    }
    for (const auto& file : found) {
        add_with_overrides(file);
    }
}

void Reading::add_templates(const std::vector<std::string>& names,
                            const std::vector<std::filesystem::path>& directories) {
    for (const std::string& name : names) {
        for (const auto& directory : directories) {
            const auto path = directory / (name + ".toml");
            std::error_code failure;
            const auto status = std::filesystem::symlink_status(path, failure);
            if (std::filesystem::exists(status) ||
                (failure && failure != std::errc::no_such_file_or_directory &&
                 failure != std::errc::not_a_directory)) {
                add_with_overrides(path);
                break;
            }
        }
    }
}

void Reading::add_with_overrides(const std::filesystem::path& path) {
    add_file(path);
    std::filesystem::path directory = path;
    directory.replace_extension(".d");
    std::error_code failure;
    if (path.extension() == ".toml" && std::filesystem::is_directory(directory, failure)) {
        for (const auto& file : toml_files(directory, failure)) {
            add_file(file);
        }
        if (failure) {
            load_.errors.push_back(unreadable(directory, failure.value()));
        }
    }
}

void Reading::add_file(const std::filesystem::path& path) {
    if (std::find(load_.files.begin(), load_.files.end(), path) != load_.files.end()) {
        return;  // named twice
    }
    load_.files.push_back(path);
    auto text = read_file(path);
    if (text) {
        files.push_back(RuleFile{path.string(), *std::move(text)});
    } else {
        load_.errors.push_back(unreadable(path, text.error()));
    }
}

}  // namespace primum::rules

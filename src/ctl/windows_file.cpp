// SPDX-License-Identifier: MIT
#include "ctl/windows_file.hpp"

#include "ctl/utc_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include <simdjson.h>

namespace primum::ctl {
namespace {

using Windows = std::vector<replay::LabelledWindow>;
using simdjson::dom::element;

constexpr std::size_t max_windows = 100'000;

// "nyc_taxi" of "realKnownCause/nyc_taxi.csv" and of "/tmp/nyc_taxi.jsonl.zst".
std::string stem_of(const std::string& path) {
    const std::string name = std::filesystem::path{path}.filename().string();
    return name.substr(0, name.find('.'));
}

bool is_of(std::string_view key,
           const std::string& name,
           const std::vector<std::string>& recordings) {
    if (!name.empty()) {
        return key == name;
    }
    const std::string stem = stem_of(std::string{key});
    return std::any_of(recordings.begin(), recordings.end(), [&](const std::string& each) {
        return stem_of(each) == stem;
    });
}

std::optional<WallTime> time_of(element value) {
    std::string_view text;
    return value.get_string().get(text) == simdjson::SUCCESS ? parse_utc(text) : std::nullopt;
}

Result<Windows, std::string> windows_of(std::string_view key, element value) {
    simdjson::dom::array list;
    if (value.get_array().get(list) != simdjson::SUCCESS || list.size() > max_windows) {
        return fail(fmt::format("\"{}\" is no list of at most {} windows", key, max_windows));
    }
    Windows windows;
    for (const element each : list) {
        const std::string place = fmt::format("\"{}\", window {}", key, windows.size() + 1);
        simdjson::dom::array ends;
        if (each.get_array().get(ends) != simdjson::SUCCESS || ends.size() != 2) {
            return fail(place + ": it is not [\"BEGIN\", \"END\"]");
        }
        const auto begin = time_of(ends.at(0).value_unsafe());
        const auto end = time_of(ends.at(1).value_unsafe());
        if (!begin || !end) {
            return fail(place + ": a time is written \"2026-11-22 03:45:12\" (UTC)");
        }
        if (*end <= *begin) {
            return fail(place + ": it ends before it begins");
        }
        windows.push_back({*begin, *end});
    }
    std::sort(windows.begin(), windows.end(), [](const auto& a, const auto& b) {
        return a.begin < b.begin;
    });
    for (std::size_t i = 1; i < windows.size(); ++i) {
        if (windows[i].begin <= windows[i - 1].end) {
            return fail(fmt::format("\"{}\": the windows that begin at {} and {} UTC overlap",
                                    key,
                                    utc_text(windows[i - 1].begin),
                                    utc_text(windows[i].begin)));
        }
    }
    return windows;
}

}  // namespace

Result<Windows, std::string> read_windows(std::string_view json,
                                          const std::string& name,
                                          const std::vector<std::string>& recordings) {
    simdjson::dom::parser parser;
    element root;
    simdjson::dom::object files;
    const simdjson::padded_string padded{json};
    if (parser.parse(padded).get(root) != simdjson::SUCCESS ||
        root.get_object().get(files) != simdjson::SUCCESS) {
        return fail(std::string{"it is no JSON object {\"FILE\": [[\"BEGIN\", \"END\"], ...]}"});
    }
    if (name.empty() && files.size() == 1) {
        const auto only = *files.begin();
        return windows_of(only.key, only.value);
    }
    std::optional<simdjson::dom::key_value_pair> found;
    for (const auto& each : files) {
        if (!is_of(each.key, name, recordings)) {
            continue;
        }
        if (found) {
            return fail(fmt::format("\"{}\" and \"{}\" may both be meant: say which with --name",
                                    found->key,
                                    each.key));
        }
        found.emplace(each);
    }
    if (!found) {
        return fail(name.empty()
                        ? std::string{"none of its names is that of a recording: say which is "
                                      "meant with --name"}
                        : fmt::format("it has nothing of the name \"{}\"", name));
    }
    return windows_of(found->key, found->value);
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "scenario/scenario.hpp"

#include "support/narrator.hpp"
#include "support/rules_text.hpp"
#include "support/temp_dir.hpp"
#include "support/timeline.hpp"
#include "support/world.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <stdexcept>

namespace primum::scenario {
namespace {

std::string text_of(const toml::table& table, std::string_view key) {
    const auto text = table[key].value<std::string>();
    if (!text) {
        throw std::runtime_error("the scenario needs the text " + std::string{key});
    }
    return *text;
}

toml::table parse(const std::filesystem::path& file) {
    try {
        return toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        throw std::runtime_error(file.string() + ": " + std::string{error.description()});
    }
}

}  // namespace

std::vector<std::string> play(const std::filesystem::path& file) {
    const toml::table scenario = parse(file);
    const std::string settings = text_of(scenario, "settings");
    const support::TempDir dir;
    const auto rules = support::load_rule_set(dir, settings, text_of(scenario, "rules"));
    support::Timeline::RuleSets reloads;
    if (const toml::table* table = scenario["reload"].as_table()) {
        for (const auto& [name, text] : *table) {
            const auto new_rules = text.value<std::string>().value_or("");
            reloads[std::string{name.str()}] = support::load_rule_set(dir, settings, new_rules);
        }
    }
    support::World world{rules};
    support::Narrator narrator;
    std::vector<std::string> lines;
    world.on_turn([&](const support::Turn& turn) {
        const auto told = narrator.tell(turn);
        lines.insert(lines.end(), told.begin(), told.end());
    });
    support::Timeline timeline{world, std::move(reloads)};
    timeline.on_line([&](const std::string& line) {
        lines.push_back(support::Narrator::stimulus(world.elapsed(), line));
    });
    timeline.read(text_of(scenario, "timeline"));
    world.run_until(timeline.end());
    return lines;
}

std::string difference(const std::vector<std::string>& expected,
                       const std::vector<std::string>& got) {
    constexpr std::size_t context = 3;
    constexpr std::size_t most = 25;
    const auto [first, _] = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
    const auto same = static_cast<std::size_t>(first - expected.begin());
    if (same == expected.size() && same == got.size()) {
        return {};
    }
    std::size_t tail = 0;
    while (tail < std::min(expected.size(), got.size()) - same &&
           expected[expected.size() - 1 - tail] == got[got.size() - 1 - tail]) {
        ++tail;
    }
    std::string text;
    const auto add =
        [&](char sign, const std::vector<std::string>& from, std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end && i < begin + most; ++i) {
                text += std::string{sign} + ' ' + from[i] + '\n';
            }
            if (end > begin + most) {
                text += std::string{sign} + " ... and " + std::to_string(end - begin - most) +
                        " lines more\n";
            }
        };
    add(' ', expected, same - std::min(same, context), same);
    add('-', expected, same, expected.size() - tail);
    add('+', got, same, got.size() - tail);
    add(' ', got, got.size() - tail, std::min(got.size() - tail + context, got.size()));
    return text;
}

}  // namespace primum::scenario

// SPDX-License-Identifier: MIT
// The rule library through the whole scenario library: no rule may leave its target well for less
// of its time than nobody would. PRIMUM_SEEDS=N runs so many seeds, PRIMUM_SEED=N begins with that.
#include "replay/sim_availability.hpp"
#include "rules/loader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace primum::replay {
namespace {

constexpr std::uint32_t few = 2;

std::uint32_t number_of(const char* name, std::uint32_t standard) {
    const char* const text = std::getenv(name);
    return text == nullptr ? standard : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

struct Use {
    const char* target;
    const char* name;
    const char* with;
};

void PrintTo(const Use& use, std::ostream* out) {
    *out << use.target;
}

// Each as it is used with all that it can be given, and those that differ much without.
constexpr Use uses[] = {
    {"service_plain", "service", ""},
    {"service", "service", "url = 'http://127.0.0.1:8080/', address = '127.0.0.1:8080'"},
    {"prometheus_http",
     "prometheus-http",
     "metrics = 'http://127.0.0.1:9001/metrics', health = 'http://127.0.0.1:9001/', "
     "latency = 'http_request_duration_seconds_bucket'"},
    {"nginx", "nginx", "metrics = 'http://127.0.0.1:9113/metrics', good_config = '/etc/good'"},
    {"haproxy",
     "haproxy",
     "url = 'http://127.0.0.1:8404/up', address = '127.0.0.1:80', "
     "metrics = 'http://127.0.0.1:8404/metrics', good_config = '/etc/good'"},
    {"postgresql", "postgresql", "good_config = '/etc/good'"},
    {"redis", "redis", "metrics = 'http://127.0.0.1:9121/metrics'"},
    {"disk", "disk", ""},
    {"memory", "memory", "unit = 'app.service', bytes = 4000000000"},
};

std::string text_of(const Use& use) {
    return fmt::format(
        "[target.{}]\nuse = \"{}\"\nwith = {{ {} }}\n", use.target, use.name, use.with);
}

RuleSet rules_of(const std::string& text) {
    const std::filesystem::path library = PRIMUM_SOURCE_ROOT "/rules";
    std::vector<rules::RuleFile> files{{"library_test.toml", text}};
    for (const auto& file : std::filesystem::directory_iterator{library}) {
        const std::string name = file.path().stem().string();
        if (file.path().extension() == ".toml" &&
            text.find("use = \"" + name + "\"") != std::string::npos) {
            std::ifstream in{file.path()};
            files.push_back({file.path().string(), {std::istreambuf_iterator<char>{in}, {}}});
        }
    }
    const auto load = rules::compile_rules(files, {});
    for (const auto& error : load.errors) {
        ADD_FAILURE() << rules::format_error(error);
    }
    return load.rules != nullptr ? *load.rules : RuleSet{};
}

std::string table_of(const std::vector<AvailabilityRow>& rows) {
    std::string text = fmt::format("{:20} {:>7} {:>10} {:>10} {:>10}  {}\n",
                                   "SCENARIO",
                                   "WORLDS",
                                   "WITH",
                                   "WITHOUT",
                                   "GAIN",
                                   "WORST WORLD");
    for (const AvailabilityRow& row : rows) {
        text += fmt::format("{:20} {:7} {:9.4f}% {:9.4f}% {:+9.4f}%  {:+.4f}% (seed {} {})\n",
                            row.scenario,
                            row.worlds,
                            100 * row.with,
                            100 * row.without,
                            100 * (row.with - row.without),
                            100 * row.worst,
                            row.worst_seed,
                            row.worst_target);
    }
    return text;
}

void expect_no_worse(const std::string& text, const std::string& scenario) {
    const RuleSet rules = rules_of(text);
    if (rules.targets.empty()) {
        return;
    }
    AvailabilityRequest request;
    request.scenario = scenario;
    request.seed = number_of("PRIMUM_SEED", 1);
    request.seeds = number_of("PRIMUM_SEEDS", few);
    request.enforced = true;
    const auto rows = measure_availability(rules, request, [](auto, auto) {});
    ASSERT_FALSE(rows.empty());
    std::cout << table_of(rows);
    for (const AvailabilityRow& row : rows) {
        EXPECT_FALSE(row.is_worse()) << row.scenario << ": well for " << row.with
                                     << " of the time with primum, " << row.without << " without";
    }
}

class LibraryRule : public testing::TestWithParam<Use> {};

// `is_worse` bears one restart in 6 hours where *all* evidence of a target lies (lying_source):
// nothing tells that from an illness. It bears nothing in any other scenario.
TEST_P(LibraryRule, LeavesItsTargetNoLessWellThanNobodyWould) {
    expect_no_worse(text_of(GetParam()), "");
}

// No source that lies alone may move what stops the service: above `retry` each rung needs more
// indicators than any one source has that can bring it about.
TEST_P(LibraryRule, NeedsMoreThanOneSourceAboveRetry) {
    const RuleSet rules = rules_of(text_of(GetParam()));
    ASSERT_EQ(rules.targets.size(), 1U);
    const TargetRule& target = rules.targets[0];
    EXPECT_EQ(target.mode, Mode::dry_run);
    EXPECT_EQ(target.use, GetParam().name);
    for (std::size_t i = index_of(Level::failover); i < level_count; ++i) {
        const RungRule& rung = target.rungs[i];
        for (std::uint32_t source = 0; source < rules.sources.size(); ++source) {
            const auto of_it = std::count_if(
                target.indicators.begin(), target.indicators.end(), [&](const IndicatorRule& each) {
                    const auto first =
                        each.thresholds.begin() + static_cast<std::ptrdiff_t>(rung.when);
                    return each.kind != ValueKind::unit_state && each.source == source &&
                           std::any_of(first, each.thresholds.end(), [](const auto& threshold) {
                               return threshold.has_value();
                           });
                });
            EXPECT_TRUE(rung.remedies.empty() || of_it < std::ptrdiff_t{rung.indicators})
                << name_of(static_cast<Level>(i)) << " by " << rules.sources[source].name;
        }
        EXPECT_LE(rung.attempts, 1U) << name_of(static_cast<Level>(i));
    }
}

INSTANTIATE_TEST_SUITE_P(Library, LibraryRule, testing::ValuesIn(uses), [](const auto& each) {
    return std::string{each.param.target};
});

// What happens to the host as a whole needs many targets.
class LibraryHost : public testing::TestWithParam<const char*> {};

TEST_P(LibraryHost, IsNoLessWellThanNobodyWouldLeaveIt) {
    std::string text;
    for (const Use& use : uses) {
        text += text_of(use);
    }
    expect_no_worse(text, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Library, LibraryHost, testing::Values("mass_failure", "mixed"));

TEST(LibraryTest, HasATargetHereForEachOfItsRules) {
    std::vector<std::string> missing;
    for (const auto& file : std::filesystem::directory_iterator{PRIMUM_SOURCE_ROOT "/rules"}) {
        const std::string name = file.path().stem().string();
        if (file.path().extension() == ".toml" &&
            std::none_of(std::begin(uses), std::end(uses), [&](const Use& use) {
                return use.name == name;
            })) {
            missing.push_back(name);
        }
    }
    EXPECT_TRUE(missing.empty()) << missing.front();
}

}  // namespace
}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "core/phase_table.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace primum::core {
namespace {

constexpr std::size_t phase_count = enum_names<Phase>.size();

Phase phase(std::size_t index) {
    return static_cast<Phase>(index);
}
Trigger trigger(std::size_t index) {
    return static_cast<Trigger>(index);
}

std::string document_row(const PhaseRow& row) {
    std::string from;
    for (std::size_t i = 0; i < phase_count; ++i) {
        if (holds(row.from, phase(i))) {
            from += (from.empty() ? "`" : ", `") + std::string{name_of(phase(i))} + '`';
        }
    }
    return "| `" + std::string{name_of(row.trigger)} + "` | " + from + " | `" +
           std::string{name_of(*row.to)} + "` |";
}

TEST(PhaseTableTest, IsTotalAndDisjoint) {
    for (std::size_t p = 0; p < phase_count; ++p) {
        for (std::size_t t = 0; t < trigger_names.size(); ++t) {
            int rows = 0;
            for (const PhaseRow& row : phase_table) {
                rows += row.trigger == trigger(t) && holds(row.from, phase(p)) ? 1 : 0;
            }
            EXPECT_EQ(rows, 1) << name_of(phase(p)) << " with " << name_of(trigger(t));
        }
    }
}

TEST(PhaseTableTest, EveryPhaseIsReachedFromSteadyAndLeft) {
    std::set<Phase> reached{Phase::steady};
    for (std::size_t round = 0; round < phase_count; ++round) {
        for (const PhaseRow& row : phase_table) {
            for (const Phase from : std::set<Phase>{reached}) {
                if (row.to && holds(row.from, from)) {
                    reached.insert(*row.to);
                }
            }
        }
    }
    EXPECT_EQ(reached.size(), phase_count);
    for (std::size_t p = 0; p < phase_count; ++p) {
        bool left = false;
        for (std::size_t t = 0; t < trigger_names.size(); ++t) {
            const auto next = next_phase(phase(p), trigger(t));
            left = left || (next && *next != phase(p));
        }
        EXPECT_TRUE(left) << name_of(phase(p));
    }
}

TEST(PhaseTableTest, EveryTriggerCanCome) {
    for (std::size_t t = 0; t < trigger_names.size(); ++t) {
        bool comes = false;
        for (std::size_t p = 0; p < phase_count; ++p) {
            comes = comes || next_phase(phase(p), trigger(t)).has_value();
        }
        EXPECT_TRUE(comes) << name_of(trigger(t));
    }
}

// An effect needs a durable intent before it, and a judgement after it.
TEST(PhaseTableTest, NothingRunsWithoutAnIntent) {
    for (std::size_t p = 0; p < phase_count; ++p) {
        for (std::size_t t = 0; t < trigger_names.size(); ++t) {
            if (next_phase(phase(p), trigger(t)) == Phase::running) {
                EXPECT_EQ(phase(p), Phase::intending);
            }
        }
    }
}

TEST(PhaseTableTest, TheDocumentShowsTheSameTable) {
    std::vector<std::string> expected;
    for (const PhaseRow& row : phase_table) {
        if (row.to) {
            expected.push_back(document_row(row));
        }
    }
    std::ifstream file{std::filesystem::path{PRIMUM_SOURCE_ROOT} / "docs/state-machine.md"};
    ASSERT_TRUE(file);
    std::vector<std::string> shown;
    std::set<std::string> explained;
    std::string line;
    bool in_table = false;
    while (std::getline(file, line)) {
        if (line.starts_with("| trigger |")) {
            in_table = line == "| trigger | in | leads to |";
        } else if (in_table && line.starts_with("| `")) {
            shown.push_back(line);
        } else if (line.starts_with("| `")) {
            explained.insert(line.substr(3, line.find('`', 3) - 3));
        }
    }
    EXPECT_EQ(shown, expected);
    for (const std::string_view name : trigger_names) {
        EXPECT_TRUE(explained.contains(std::string{name})) << name;
    }
    for (const std::string_view name : enum_names<Phase>) {
        EXPECT_TRUE(explained.contains(std::string{name})) << name;
    }
}

}  // namespace
}  // namespace primum::core

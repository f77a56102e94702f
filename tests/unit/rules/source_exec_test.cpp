// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string source(std::string_view more) {
    return "[source.c]\nkind = \"exec\"\n" + std::string{more};
}

TEST(SourceExecTest, ReadsEveryKey) {
    const auto plan = std::get<ExecProbePlan>(
        rules_of(source("run = [\"/usr/bin/check\", \"-w\", \"5\"]\nmemory = \"32MiB\"\n"
                        "tasks = 4\ntimeout_means = \"failure\"\n"))
            .sources.at(0)
            .plan);
    EXPECT_THAT(plan.run, ElementsAre("/usr/bin/check", "-w", "5"));
    EXPECT_EQ(plan.memory, 32U << 20U);
    EXPECT_EQ(plan.tasks, 4U);
    EXPECT_EQ(plan.timeout_means, TimeoutMeans::failure);
}

TEST(SourceExecTest, HasDefaults) {
    const auto plan = std::get<ExecProbePlan>(
        rules_of(source("run = [\"/usr/bin/check\"]\n")).sources.at(0).plan);
    EXPECT_EQ(plan.memory, 64U << 20U);
    EXPECT_EQ(plan.tasks, 16U);
    EXPECT_EQ(plan.timeout_means, TimeoutMeans::unknown);
}

TEST(SourceExecTest, LocatesMistakes) {
    EXPECT_THAT(errors_of(source("")), ElementsAre(HasSubstr("needs its plugin, like run = ")));
    EXPECT_THAT(errors_of(source("run = [\"check_load\"]\n")),
                ElementsAre(HasSubstr("r.toml:3:7: a program by its absolute path is expected")));
    EXPECT_THAT(errors_of(source("run = [\"/a\"]\nmemory = \"4KiB\"\ntasks = 0\n"
                                 "timeout_means = \"ok\"\n")),
                ElementsAre(HasSubstr("1MiB to 16GiB is expected"),
                            HasSubstr("0 is out of range (1 to 1024)"),
                            HasSubstr("\"ok\" is none of unknown, failure")));
}

}  // namespace
}  // namespace primum::rules

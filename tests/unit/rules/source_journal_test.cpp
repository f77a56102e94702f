// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string source(std::string_view more) {
    return "[source.j]\nkind = \"journal\"\n" + std::string{more};
}

TEST(SourceJournalTest, ReadsCountsOfFieldsAndTheirValues) {
    const auto plan = std::get<JournalPlan>(
        rules_of(source("count.b_total = { _SYSTEMD_UNIT = \"app.service\", PRIORITY = [\"3\", "
                        "\"0\", \"3\"] }\n"
                        "count.a_total.MESSAGE_ID = \"98268866d1d54a499c4e98921d93bc40\"\n"))
            .sources.at(0)
            .plan);
    ASSERT_EQ(plan.counts.size(), 2U);
    EXPECT_EQ(plan.counts[0].name, "a_total");
    ASSERT_EQ(plan.counts[0].match.size(), 1U);
    EXPECT_EQ(plan.counts[0].match[0].field, "MESSAGE_ID");
    EXPECT_EQ(plan.counts[1].name, "b_total");
    ASSERT_EQ(plan.counts[1].match.size(), 2U);
    EXPECT_EQ(plan.counts[1].match[0].field, "PRIORITY");
    EXPECT_THAT(plan.counts[1].match[0].values, ElementsAre("0", "3"));
    EXPECT_EQ(plan.counts[1].match[1].field, "_SYSTEMD_UNIT");
    EXPECT_THAT(plan.counts[1].match[1].values, ElementsAre("app.service"));
}

TEST(SourceJournalTest, TheTextOfMessagesIsNeverMatched) {
    for (const std::string_view value :
         {"\"error\"", "[\"error\", \"failed\"]", "{ contains = \"error\" }"}) {
        EXPECT_THAT(
            errors_of(source("count.errors.MESSAGE = " + std::string{value} + "\n")),
            ElementsAre(HasSubstr("r.toml:3:14: the text of messages is never looked at: it is "
                                  "written for people, and \"error\" stands in \"0 errors\"")));
    }
}

TEST(SourceJournalTest, NothingButEqualityIsTaken) {
    EXPECT_THAT(errors_of(source("count.n._COMM = { matches = \"pg.*\" }\n")),
                ElementsAre(HasSubstr("r.toml:3:17: a string is expected, not a table")));
    EXPECT_THAT(errors_of(source("count.n.PRIORITY = 3\n")), ElementsAre(HasSubstr("string")));
    EXPECT_THAT(errors_of(source("count.n.PRIORITY = [\"err\"]\n")),
                ElementsAre(HasSubstr("\"err\": PRIORITY is \"0\" (emerg) to \"7\" (debug)")));
    EXPECT_THAT(errors_of(source("count.n.MESSAGE_ID = \"98268866-d1d5\"\n")),
                ElementsAre(HasSubstr("32 hexadecimal digits in lower case are expected")));
    EXPECT_THAT(errors_of(source("count.n._COMM = \"\"\n")),
                ElementsAre(HasSubstr("a value of 1 to 512 bytes is expected")));
}

TEST(SourceJournalTest, LocatesMistakes) {
    EXPECT_THAT(errors_of(source("")), ElementsAre(HasSubstr("needs a count, like")));
    EXPECT_THAT(errors_of(source("count = {}\n")), ElementsAre(HasSubstr("1 to 64 counts")));
    EXPECT_THAT(errors_of(source("count.everything = {}\n")),
                ElementsAre(HasSubstr("1 to 16 fields are expected")));
    EXPECT_THAT(errors_of(source("count.n.priority = \"3\"\n")),
                ElementsAre(HasSubstr("a journal field is capital letters, digits and '_'")));
    EXPECT_THAT(errors_of(source("count.\"n{a=1}\".PRIORITY = \"3\"\n")),
                ElementsAre(HasSubstr("the name of a series without labels is expected")));
}

}  // namespace
}  // namespace primum::rules

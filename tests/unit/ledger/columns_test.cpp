// SPDX-License-Identifier: MIT
#include "ledger/columns.hpp"

#include <gtest/gtest.h>

namespace primum::ledger {
namespace {

TEST(ColumnsTest, UnpacksWhatItPacked) {
    const std::vector<GuardVerdict> guards{{Guard::cooldown, Verdict::veto, "a\tb\nc\\d"},
                                           {Guard::dry_run, Verdict::not_asked, ""}};
    std::vector<GuardVerdict> guards_back;
    EXPECT_TRUE(unpack(pack(guards), guards_back));
    EXPECT_EQ(guards_back, guards);
    const std::vector<EvidenceItem> evidence{{"", Severity::unknown, "\\n", "\n"},
                                             {"latency", Severity::error, "0.5", ""}};
    std::vector<EvidenceItem> evidence_back;
    EXPECT_TRUE(unpack(pack(evidence), evidence_back));
    EXPECT_EQ(evidence_back, evidence);
    const std::array<std::uint32_t, level_count> counts{0, 1, 4'294'967'295U, 3, 4, 5};
    std::array<std::uint32_t, level_count> counts_back{};
    EXPECT_TRUE(unpack(pack(counts), counts_back));
    const ActionFacts facts{"e-1", {"sha256:aa", "sha256:bb"}, 3, 2, true, "-a\n+b\tc\n"};
    ActionFacts facts_back;
    EXPECT_TRUE(unpack(pack(facts), facts_back));
    EXPECT_EQ(facts_back, facts);
    EXPECT_EQ(pack(ActionFacts{}), "");
    EXPECT_TRUE(unpack("", facts_back));
    EXPECT_EQ(facts_back, ActionFacts{});
    EXPECT_EQ(counts_back, counts);
}

TEST(ColumnsTest, APackedListReadsWell) {
    EXPECT_EQ(pack(std::vector<GuardVerdict>{{Guard::held, Verdict::veto, "until noon"}}),
              "held\tveto\tuntil noon\n");
    EXPECT_EQ(pack(std::array<std::uint32_t, level_count>{1, 2}), "1 2 0 0 0 0");
}

TEST(ColumnsTest, RefusesWhatItNeverPacked) {
    std::vector<GuardVerdict> guards;
    for (const char* text : {"x",
                             "held\tveto\n",
                             "held\tveto\ta\tb\n",
                             "no\tveto\t\n",
                             "held\tno\t\n",
                             "held\tveto\t\\x\n",
                             "held\tveto\t\\\n"}) {
        EXPECT_FALSE(unpack(text, guards)) << text;
    }
    ActionFacts facts;
    for (const char* text : {"e\n", "e\t\tx\t2\t\t\n", "e\t\t1\t2\t\t\nmore"}) {
        EXPECT_FALSE(unpack(text, facts)) << text;
    }
    std::array<std::uint32_t, level_count> counts{};
    for (const char* text : {"", "1 2 3 4 5", "1 2 3 4 5 6 7", "1 2 3 4 5 -6", "1  2 3 4 5 6"}) {
        EXPECT_FALSE(unpack(text, counts)) << text;
    }
}

}  // namespace
}  // namespace primum::ledger

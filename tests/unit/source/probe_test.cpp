// SPDX-License-Identifier: MIT
#include "source/probe.hpp"

#include <gtest/gtest.h>

namespace primum::source {
namespace {

Vote good() {
    return {Verdict::good, SourceFailure::none, "", {}, {}, {}};
}
Vote bad() {
    return {Verdict::bad, SourceFailure::refused, "refused", {}, {}, {}};
}
Vote silent() {
    return {Verdict::unknown, SourceFailure::timeout, "timed out", {}, {}, {}};
}

Outcome of(std::vector<Vote> votes, std::uint32_t k) {
    const std::vector<std::string> names{"a", "b", "c"};
    const auto n = static_cast<std::uint32_t>(votes.size());
    return judge({names.begin(), names.begin() + n}, votes, {k, n});
}

TEST(ProbeTest, OneVantageSpeaksForItself) {
    EXPECT_EQ(of({good()}, 1).success, true);
    const auto refused = of({bad()}, 1);
    EXPECT_EQ(refused.success, false);
    EXPECT_EQ(refused.detail, "a: refused");
    const auto unknown = of({silent()}, 1);
    EXPECT_EQ(unknown.success, std::nullopt);
    EXPECT_EQ(unknown.failure, SourceFailure::timeout);
    EXPECT_EQ(unknown.detail, "a: timed out");
}

TEST(ProbeTest, TwoOfThreeMustSayTheSame) {
    EXPECT_EQ(of({good(), bad(), good()}, 2).success, true);
    EXPECT_EQ(of({bad(), bad(), good()}, 2).success, false);
    EXPECT_EQ(of({bad(), bad(), silent()}, 2).success, false);
    const auto split = of({bad(), good(), silent()}, 2);
    EXPECT_EQ(split.success, std::nullopt);
    EXPECT_EQ(split.failure, SourceFailure::disagreement);
    EXPECT_EQ(split.detail, "a: refused; c: timed out");
    EXPECT_EQ(of({bad(), silent(), silent()}, 2).failure, SourceFailure::disagreement);
    EXPECT_EQ(of({good(), bad(), good()}, 3).failure, SourceFailure::disagreement);
}

TEST(ProbeTest, WhenNobodyKnowsThatIsNoDisagreement) {
    EXPECT_EQ(of({silent(), silent(), silent()}, 2).failure, SourceFailure::timeout);
}

TEST(ProbeTest, WhatMayBeThisHostsOwnTroubleIsNoVerdict) {
    for (const auto failure : {SourceFailure::resolve,
                               SourceFailure::unreachable,
                               SourceFailure::tls,
                               SourceFailure::missing,
                               SourceFailure::denied,
                               SourceFailure::too_large,
                               SourceFailure::timeout,
                               SourceFailure::other}) {
        EXPECT_EQ(verdict_of(failure, TimeoutMeans::unknown), Verdict::unknown) << name_of(failure);
    }
    EXPECT_EQ(verdict_of(SourceFailure::timeout, TimeoutMeans::failure), Verdict::bad);
    EXPECT_EQ(verdict_of(SourceFailure::refused, TimeoutMeans::unknown), Verdict::bad);
    EXPECT_EQ(verdict_of(SourceFailure::closed, TimeoutMeans::unknown), Verdict::bad);
    EXPECT_EQ(verdict_of(SourceFailure::none, TimeoutMeans::unknown), Verdict::good);
}

}  // namespace
}  // namespace primum::source

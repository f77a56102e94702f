// SPDX-License-Identifier: MIT
#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

// One target on a gauge of the source "metrics", well.
class EngineSourceTest : public testing::TestWithParam<std::string_view> {
protected:
    EngineSourceTest() {
        primum.unit(0s, "active");
        primum.tell(0s, SeriesEvent{"metrics", 0, "queue", {"queue", {}}});
        for (int i = 1; i <= 5; ++i) {
            primum.tell(5s * i, SamplesEvent{"metrics", {{0, 1}}});
        }
    }
    static std::shared_ptr<RuleSet> rules() {
        auto target = restart_target();
        target.indicators.push_back(gauge_indicator());
        return rule_set({target});
    }
    void fail(Duration when, const std::string& word, const std::string& detail = "why") {
        primum.tell(when, SourceEvent{"metrics", false, word, detail});
    }
    [[nodiscard]] SourceView view() const { return primum.engine.sources().at(0); }

    EngineFixture primum{rules()};
};

TEST_P(EngineSourceTest, AFailureIsAnIncidentOfTheSourceAndNeverOfTheTarget) {
    const std::string word{GetParam()};
    fail(30s, word);
    const auto* opened = primum.record<IncidentRecord>();
    ASSERT_NE(opened, nullptr);
    EXPECT_EQ(opened->target, "source:metrics");
    EXPECT_EQ(opened->reason, word + ": why");
    EXPECT_TRUE(opened->open);
    const auto incident = opened->id;
    EXPECT_EQ(view().error_class, word);
    EXPECT_EQ(view().error_detail, "why");
    EXPECT_EQ(view().incident, incident);
    ASSERT_TRUE(view().since.has_value());
    EXPECT_EQ(*view().since, stamp(30s).wall);

    // Further ones keep it open, and the latest is shown.
    fail(35s, "closed", "cut");
    EXPECT_EQ(primum.record<IncidentRecord>(), nullptr);
    EXPECT_EQ(view().incident, incident);
    EXPECT_EQ(view().error_class, "closed");
    EXPECT_EQ(primum.engine.target("web")->level, Level::steady);
    EXPECT_EQ(primum.engine.target("web")->incident, 0U);

    // One answer ends nothing; three intervals of them do.
    primum.tell(40s, SamplesEvent{"metrics", {{0, 1}}});
    EXPECT_EQ(view().incident, incident);
    primum.tell(50s, SamplesEvent{"metrics", {{0, 1}}});
    primum.tell(55s, SamplesEvent{"metrics", {{0, 1}}});
    const auto* closed = primum.record<IncidentRecord>();
    ASSERT_NE(closed, nullptr);
    EXPECT_EQ(closed->id, incident);
    EXPECT_FALSE(closed->open);
    EXPECT_EQ(view().incident, 0U);
    EXPECT_FALSE(view().since.has_value());
    EXPECT_TRUE(view().error_class.empty());
    EXPECT_TRUE(view().error_detail.empty());
}

INSTANTIATE_TEST_SUITE_P(EveryWord,
                         EngineSourceTest,
                         testing::ValuesIn(enum_names<SourceFailure>.begin() + 1,
                                           enum_names<SourceFailure>.end()));

TEST_F(EngineSourceTest, NoDataIsNeitherOkNorIllAndTheLastStateIsHeldForABoundedTime) {
    const auto severity = [this] {
        const auto explanation = primum.engine.explain("web");
        for (const auto& each : explanation->evidence) {
            if (each.evidence.indicator == "queue") {
                return each.evidence.severity;
            }
        }
        return Severity::critical;
    };
    EXPECT_EQ(severity(), Severity::ok);
    fail(30s, "timeout");
    EXPECT_EQ(severity(), Severity::ok) << "held";
    primum.tell(45s, TickEvent{});
    EXPECT_EQ(severity(), Severity::unknown) << "and then it is not known, and not ill";
    EXPECT_EQ(primum.engine.target("web")->level, Level::steady);
}

TEST_F(EngineSourceTest, ABlindIndicatorNamesWhyItsSourceFails) {
    const auto why = [this] {
        const auto explanation = primum.engine.explain("web");
        for (const auto& each : explanation->evidence) {
            if (each.evidence.indicator == "queue") {
                return each.evidence.why;
            }
        }
        return std::string{"not there"};
    };
    fail(30s, "denied");
    EXPECT_EQ(why().find("fails"), std::string::npos) << "its last state is held: " << why();
    primum.tell(45s, TickEvent{});
    EXPECT_EQ(why().find("nothing known yet, or too old: source metrics fails (denied)"), 0U)
        << why();
}

TEST_F(EngineSourceTest, ASeriesThatIsGoneMakesRoomAndItsIdMeansNothing) {
    primum.tell(30s, SeriesEvent{"metrics", 0, "queue", {"queue", {}}, true});
    EXPECT_TRUE(primum.last.empty());
    EXPECT_EQ(view().series, 0U);
    primum.tell(31s, SamplesEvent{"metrics", {{0, 1}}});
    ASSERT_NE(primum.effect<Rejected>(), nullptr);
    EXPECT_EQ(primum.effect<Rejected>()->reason, "unknown_series");
    primum.tell(32s, SeriesEvent{"metrics", 0, "queue", {"queue", {}}, true});
    ASSERT_NE(primum.effect<Rejected>(), nullptr);
}

}  // namespace
}  // namespace primum

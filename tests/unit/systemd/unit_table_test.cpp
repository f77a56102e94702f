// SPDX-License-Identifier: MIT
#include "systemd/unit_table.hpp"

#include <primum/event.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace primum::systemd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class UnitTableTest : public testing::Test {
protected:
    // One line an event: what a test compares.
    static std::string line(const EventBody& body) {
        if (const auto* unit = std::get_if<UnitEvent>(&body)) {
            return unit->unit + " is " + unit->active_state + "/" + unit->sub_state;
        }
        const auto& job = std::get<JobEvent>(body);
        return job.unit + " job " + std::to_string(job.id) + " " +
               (job.removed ? "ended " + job.result : "new " + job.type);
    }

    std::vector<std::string> told() { return std::exchange(told_, {}); }

    static ListedUnit listed(const std::string& id, const std::string& active) {
        return {id, "loaded", active, active == "active" ? "running" : "dead", 0, ""};
    }
    static UnitChange state(const std::string& active, const std::string& sub) {
        UnitChange change;
        change.active_state = active;
        change.sub_state = sub;
        return change;
    }
    void known(const std::string& name, const std::string& active) {
        static_cast<void>(table_.watch({name}));
        if (table_.resolved(name, listed(name, active))) {
            table_.details(name, {});
        }
        told_.clear();
    }

    UnitTable table_{[this](const EventBody& body) {
        told_.push_back(line(body));
        last_ = body;
    }};
    std::vector<std::string> told_;
    EventBody last_;
};

TEST_F(UnitTableTest, PathsFollowSystemdsEscaping) {
    EXPECT_EQ(unit_path("foo.service"), "/org/freedesktop/systemd1/unit/foo_2eservice");
    EXPECT_EQ(unit_path("postgresql@15-main.service"),
              "/org/freedesktop/systemd1/unit/postgresql_4015_2dmain_2eservice");
    EXPECT_EQ(unit_path("7.mount"), "/org/freedesktop/systemd1/unit/_37_2emount");
}

TEST_F(UnitTableTest, PathsReadBack) {
    for (const auto* name : {"foo.service", "7z.mount", "a\\x2db_c@d-e.service", "-.mount"}) {
        EXPECT_EQ(unit_of_path(unit_path(name)), name);
    }
}

TEST_F(UnitTableTest, WhatIsNoUnitPathGivesNothing) {
    EXPECT_EQ(unit_of_path("/org/freedesktop/systemd1/job/3"), "");
    EXPECT_EQ(unit_of_path("/org/freedesktop/systemd1/unit/a_2"), "");
    EXPECT_EQ(unit_of_path("/org/freedesktop/systemd1/unit/a_zz"), "");
    EXPECT_EQ(unit_of_path("/org/freedesktop/systemd1/unit/a_"), "");
}

TEST_F(UnitTableTest, TellsTheFirstStateOnceTheDetailsAreThere) {
    EXPECT_THAT(table_.watch({"b.service", "a.service"}), ElementsAre("a.service", "b.service"));
    EXPECT_FALSE(table_.complete());
    EXPECT_TRUE(table_.resolved("a.service", listed("a.service", "active")));
    EXPECT_TRUE(table_.resolved("b.service", listed("b.service", "failed")));
    EXPECT_THAT(told(), IsEmpty());
    UnitChange details;
    details.restart = "always";
    details.restart_delay = Duration{100'000};
    details.restarts = 3;
    details.start_limit_burst = 5;
    details.start_limit_interval = Duration{10'000'000};
    details.invocation_id = "aa";
    details.result = "success";
    table_.details("a.service", details);
    EXPECT_THAT(told(), ElementsAre("a.service is active/running"));
    const auto& unit = std::get<UnitEvent>(last_);
    EXPECT_EQ(unit.restart, "always");
    EXPECT_EQ(unit.restart_delay, Duration{100'000});
    EXPECT_EQ(unit.restarts, 3U);
    EXPECT_EQ(unit.start_limit_burst, 5U);
    EXPECT_EQ(unit.start_limit_interval, Duration{10'000'000});
    EXPECT_EQ(unit.invocation_id, "aa");
    EXPECT_EQ(unit.load_state, "loaded");
    EXPECT_FALSE(table_.complete());
    table_.details("b.service", {});
    EXPECT_TRUE(table_.complete());
}

TEST_F(UnitTableTest, ServiceAndUnitChangesAreToldTogether) {
    known("a.service", "active");
    UnitChange service;
    service.result = "signal";
    service.restarts = 1;
    table_.remember("a.service", service);
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_FALSE(table_.changed("a.service", state("failed", "failed")));
    EXPECT_THAT(told(), ElementsAre("a.service is failed/failed"));
    EXPECT_EQ(std::get<UnitEvent>(last_).result, "signal");
    EXPECT_EQ(std::get<UnitEvent>(last_).restarts, 1U);
}

TEST_F(UnitTableTest, SaysNothingWhenNothingOfInterestChanged) {
    known("a.service", "active");
    EXPECT_FALSE(table_.changed("a.service", state("active", "running")));
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(UnitTableTest, UnitsThatAreNotWatchedAreIgnored) {
    known("a.service", "active");
    EXPECT_FALSE(table_.changed("x.service", state("failed", "failed")));
    EXPECT_FALSE(table_.job_new("x.service", 1));
    table_.job_type("x.service", 1, "stop");
    table_.job_removed("x.service", 1, "done");
    EXPECT_FALSE(table_.unloaded("x.service"));
    table_.details("x.service", {});
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(UnitTableTest, AStopJobIsNamedBeforeTheStateItLedTo) {
    known("a.service", "active");
    EXPECT_TRUE(table_.job_new("a.service", 7));
    EXPECT_FALSE(table_.changed("a.service", state("deactivating", "stop-sigterm")));
    EXPECT_FALSE(table_.changed("a.service", state("inactive", "dead")));
    table_.job_removed("a.service", 7, "done");
    EXPECT_THAT(told(), IsEmpty());
    table_.job_type("a.service", 7, "stop");
    EXPECT_THAT(told(),
                ElementsAre("a.service job 7 new stop",
                            "a.service is deactivating/stop-sigterm",
                            "a.service is inactive/dead",
                            "a.service job 7 ended done"));
}

TEST_F(UnitTableTest, AJobThatIsGoneBeforeItCouldBeAskedHasNoType) {
    known("a.service", "active");
    EXPECT_TRUE(table_.job_new("a.service", 7));
    table_.job_removed("a.service", 7, "done");
    table_.job_type("a.service", 7, "");
    EXPECT_THAT(told(), ElementsAre("a.service job 7 new ", "a.service job 7 ended done"));
}

TEST_F(UnitTableTest, TwoOpenQuestionsAreAnsweredInOrder) {
    known("a.service", "active");
    EXPECT_TRUE(table_.job_new("a.service", 7));
    table_.job_removed("a.service", 7, "canceled");
    EXPECT_TRUE(table_.job_new("a.service", 8));
    table_.job_type("a.service", 8, "start");
    EXPECT_THAT(told(), IsEmpty());
    table_.job_type("a.service", 7, "stop");
    EXPECT_THAT(told(),
                ElementsAre("a.service job 7 new stop",
                            "a.service job 7 ended canceled",
                            "a.service job 8 new start"));
}

TEST_F(UnitTableTest, TheQuestionOfOneUnitHoldsNoOtherBack) {
    static_cast<void>(table_.watch({"a.service", "b.service"}));
    for (const auto* name : {"a.service", "b.service"}) {
        table_.resolved(name, listed(name, "active"));
        table_.details(name, {});
    }
    told_.clear();
    EXPECT_TRUE(table_.job_new("a.service", 7));
    EXPECT_FALSE(table_.changed("b.service", state("failed", "failed")));
    EXPECT_THAT(told(), ElementsAre("b.service is failed/failed"));
}

TEST_F(UnitTableTest, AJobThatIsThereAtFirstIsToldBeforeTheState) {
    static_cast<void>(table_.watch({"a.service"}));
    table_.resolved("a.service", {"a.service", "loaded", "deactivating", "stop", 9, "stop"});
    table_.details("a.service", {});
    EXPECT_THAT(told(), ElementsAre("a.service job 9 new stop", "a.service is deactivating/stop"));
    EXPECT_EQ(std::get<UnitEvent>(last_).job_id, 9U);
}

TEST_F(UnitTableTest, AnEndThatWasMissedIsMadeUpForWhenResolvedAgain) {
    known("a.service", "active");
    table_.job_new("a.service", 7);
    table_.job_type("a.service", 7, "restart");
    told_.clear();
    table_.resolved("a.service", listed("a.service", "active"));
    table_.details("a.service", {});
    EXPECT_THAT(told(), ElementsAre("a.service job 7 ended "));
}

TEST_F(UnitTableTest, ResolvingAgainTellsOnlyWhatChanged) {
    known("a.service", "active");
    table_.resolved("a.service", listed("a.service", "active"));
    table_.details("a.service", {});
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(UnitTableTest, AnAliasIsToldUnderTheNameItIsWatchedBy) {
    static_cast<void>(table_.watch({"alias.service"}));
    table_.resolved("alias.service", listed("real.service", "active"));
    table_.details("real.service", {});
    EXPECT_THAT(told(), ElementsAre("alias.service is active/running"));
    table_.changed("real.service", state("failed", "failed"));
    EXPECT_THAT(told(), ElementsAre("alias.service is failed/failed"));
    EXPECT_TRUE(table_.watches("real.service"));
}

TEST_F(UnitTableTest, TwoNamesOfOneUnitAreBothTold) {
    static_cast<void>(table_.watch({"alias.service", "real.service"}));
    table_.resolved("real.service", listed("real.service", "active"));
    table_.details("real.service", {});
    table_.resolved("alias.service", listed("real.service", "active"));
    EXPECT_THAT(told(),
                ElementsAre("real.service is active/running", "alias.service is active/running"));
    EXPECT_TRUE(table_.complete());
}

TEST_F(UnitTableTest, AnAliasMayComeToMeanAnotherUnit) {
    static_cast<void>(table_.watch({"alias.service"}));
    table_.resolved("alias.service", listed("old.service", "active"));
    table_.details("old.service", {});
    told_.clear();
    table_.resolved("alias.service", listed("new.service", "active"));
    EXPECT_FALSE(table_.complete());
    table_.details("new.service", {});
    EXPECT_THAT(told(), ElementsAre("alias.service is active/running"));
    EXPECT_FALSE(table_.watches("old.service"));
    EXPECT_TRUE(table_.complete());
}

TEST_F(UnitTableTest, AReloadOfTheSetKeepsWhatStays) {
    static_cast<void>(table_.watch({"a.service", "b.service"}));
    for (const auto* name : {"a.service", "b.service"}) {
        table_.resolved(name, listed(name, "active"));
        table_.details(name, {});
    }
    told_.clear();
    EXPECT_THAT(table_.watch({"a.service", "c.service"}), ElementsAre("c.service"));
    EXPECT_THAT(table_.names(), ElementsAre("a.service", "c.service"));
    EXPECT_FALSE(table_.watches("b.service"));
    EXPECT_FALSE(table_.complete());
    EXPECT_THAT(table_.watch({"a.service"}), IsEmpty());
    EXPECT_TRUE(table_.complete());
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(UnitTableTest, UnloadingAnInactiveUnitAsksNothing) {
    known("a.service", "inactive");
    EXPECT_FALSE(table_.unloaded("a.service"));
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(UnitTableTest, UnloadingAUnitThatWasNotInactiveAsksAgain) {
    known("a.service", "failed");
    EXPECT_TRUE(table_.unloaded("a.service"));
}

TEST_F(UnitTableTest, AUnitAtRestIsToldAtOnceAndReadWhenItLeavesItsRest) {
    static_cast<void>(table_.watch({"a.service"}));
    EXPECT_FALSE(table_.resolved("a.service", listed("a.service", "inactive")));
    EXPECT_THAT(told(), ElementsAre("a.service is inactive/dead"));
    EXPECT_TRUE(table_.complete());
    EXPECT_FALSE(table_.changed("a.service", state("inactive", "dead")));
    EXPECT_TRUE(table_.changed("a.service", state("active", "running")));
    EXPECT_THAT(told(), IsEmpty());
    UnitChange details;
    details.restart = "always";
    table_.details("a.service", details);
    EXPECT_THAT(told(), ElementsAre("a.service is active/running"));
    EXPECT_EQ(std::get<UnitEvent>(last_).restart, "always");
    EXPECT_FALSE(table_.changed("a.service", state("failed", "failed")));
    EXPECT_THAT(told(), ElementsAre("a.service is failed/failed"));
}

TEST_F(UnitTableTest, WhatFollowsAStateThatWaitsForItsConfigurationWaitsBehindIt) {
    known("a.service", "inactive");
    EXPECT_TRUE(table_.job_new("a.service", 7));
    table_.job_type("a.service", 7, "start");
    EXPECT_THAT(told(), ElementsAre("a.service job 7 new start"));
    EXPECT_TRUE(table_.changed("a.service", state("active", "running")));
    table_.job_removed("a.service", 7, "done");
    EXPECT_FALSE(table_.changed("a.service", state("failed", "failed")));
    EXPECT_THAT(told(), IsEmpty());
    UnitChange details;
    details.restart = "on-failure";
    table_.details("a.service", details);
    EXPECT_THAT(told(),
                ElementsAre("a.service is active/running",
                            "a.service job 7 ended done",
                            "a.service is failed/failed"));
    EXPECT_EQ(std::get<UnitEvent>(last_).restart, "on-failure");
}

TEST_F(UnitTableTest, AStateWhoseConfigurationNeverCameIsToldWhenResolvedAgain) {
    known("a.service", "inactive");
    EXPECT_TRUE(table_.changed("a.service", state("active", "running")));
    EXPECT_FALSE(table_.resolved("a.service", listed("a.service", "inactive")));
    EXPECT_THAT(told(), ElementsAre("a.service is active/running", "a.service is inactive/dead"));
}

TEST_F(UnitTableTest, AUnitThatComesBackAfterUnloadingIsReadAnew) {
    known("a.service", "active");
    table_.changed("a.service", state("inactive", "dead"));
    table_.unloaded("a.service");
    told_.clear();
    EXPECT_TRUE(table_.changed("a.service", state("active", "running")));
    table_.details("a.service", {});
    EXPECT_THAT(told(), ElementsAre("a.service is active/running"));
    EXPECT_FALSE(table_.changed("a.service", state("failed", "failed")));
}

}  // namespace
}  // namespace primum::systemd

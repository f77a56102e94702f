// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "remedy/snapshot_store.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"
#include "temp_tree.hpp"

#include <primum/clock.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace primum::remedy {

// File remedies on real files, without a unit (then = nothing): systemd is not there.
class FileFixture : public ::testing::Test {
protected:
    [[nodiscard]] Tools tools() { return {loop, clock, manager, store}; }
    [[nodiscard]] Tools tools_with(SnapshotStore& other) { return {loop, clock, manager, other}; }

    [[nodiscard]] static Order order_of(RemedyKind kind, RemedyPlan plan) {
        Order order;
        order.action = "a-1";
        order.target = "web";
        order.unit = "web.service";
        order.rule.kind = kind;
        order.rule.plan = std::move(plan);
        order.rule.timeout = std::chrono::seconds{30};
        return order;
    }

    static Prepared prepare(Execution& execution) {
        std::optional<Prepared> prepared;
        execution.prepare([&](const Prepared& news) { prepared = news; });
        EXPECT_TRUE(prepared.has_value());
        return prepared.value_or(Prepared{});
    }
    static Report run(Execution& execution) {
        std::optional<Report> report;
        execution.run([&](const Report& news) { report = news; });
        EXPECT_TRUE(report.has_value());
        return report.value_or(Report{});
    }
    Report judge(const Order& order, const WayBackRecord& way_back) {
        std::optional<Report> report;
        judge_left(tools(), order, way_back, {}, [&](const Report& news) { report = news; });
        EXPECT_TRUE(report.has_value());
        return report.value_or(Report{});
    }
    // Prepares and runs the way back.
    Report roll_back(const WayBackRecord& way_back) {
        const auto execution = make_rollback(tools(), way_back);
        const Prepared prepared = prepare(*execution);
        if (prepared.refusal == Refusal::none) {
            return run(*execution);
        }
        Report report;
        report.result = ActionResult::failed;
        report.refusal = prepared.refusal;
        report.detail = prepared.detail;
        report.facts = prepared.facts;
        return report;
    }

    TempTree tree;
    systemd::EventLoop loop;
    const ManualClock clock;
    systemd::Bus bus{loop, clock};
    systemd::Manager manager{bus};
    SnapshotStore store{tree.path("store"), {}, {}, tree.policy()};
};

}  // namespace primum::remedy

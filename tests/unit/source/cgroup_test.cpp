// SPDX-License-Identifier: MIT
#include "source/cgroup.hpp"

#include "source_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace primum::source {
namespace {

namespace fs = std::filesystem;

// A /sys/fs/cgroup of the test's own.
class CgroupTest : public SourceTest {
protected:
    CgroupTest() {
        std::string name = testing::TempDir() + "primum-cgroup-XXXXXX";
        root_ = ::mkdtemp(name.data());
    }
    ~CgroupTest() override { fs::remove_all(root_); }

    void put(const std::string& path, const std::string& text) const {
        fs::create_directories(fs::path(root_ + path).parent_path());
        std::ofstream{root_ + path} << text;
    }
    void put_v2() const {
        const std::string group = "/system.slice/app.service";
        put("/cgroup.controllers", "cpu memory pids\n");
        put(group + "/memory.current", "1048576\n");
        put(group + "/memory.max", "4194304\n");
        put(group + "/memory.peak", "2097152\n");
        put(group + "/memory.events",
            "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 0\n");
        put(group + "/cpu.stat",
            "usage_usec 2500000\nuser_usec 1\nsystem_usec 2\nnr_periods 10\nnr_throttled 3\n"
            "throttled_usec 500000\n");
        put(group + "/pids.current", "7\n");
        put(group + "/pids.max", "max\n");
    }
    void watch_unit() {
        CgroupPlan plan;
        plan.unit = "app.service";
        watch(std::make_unique<CgroupSource>(
            tools(),
            quick_rule("group", plan),
            0,
            [this](const std::string& unit, const std::function<void(const ControlGroup&)>& done) {
                EXPECT_EQ(unit, "app.service");
                ++asked_;
                later_ = loop_.soon([this, done] { done(group_); });
            },
            root_));
    }

    std::string root_;
    ControlGroup group_{SourceFailure::none, {}, "/system.slice/app.service"};
    int asked_ = 0;
    systemd::LoopSource later_;
};

TEST_F(CgroupTest, ReadsVersion2) {
    put_v2();
    watch_unit();
    ASSERT_TRUE(wait_for_collections(3));
    EXPECT_EQ(value("cgroup_memory_current_bytes"), 1'048'576);
    EXPECT_EQ(value("cgroup_memory_max_bytes"), 4'194'304);
    EXPECT_EQ(value("cgroup_memory_used_ratio"), 0.25);
    EXPECT_EQ(value("cgroup_memory_peak_bytes"), 2'097'152);
    EXPECT_EQ(value("cgroup_memory_events_total{event=\"oom\"}"), 3);
    EXPECT_EQ(value("cgroup_memory_events_total{event=\"oom_kill\"}"), 4);
    EXPECT_EQ(value("cgroup_cpu_usage_seconds_total"), 2.5);
    EXPECT_EQ(value("cgroup_cpu_throttled_periods_total"), 3);
    EXPECT_EQ(value("cgroup_cpu_throttled_seconds_total"), 0.5);
    EXPECT_EQ(value("cgroup_pids_current"), 7);
    EXPECT_EQ(value("cgroup_pids_max"), std::nullopt);  // no limit
    EXPECT_EQ(source_->stats().note, "version 2");
    EXPECT_EQ(asked_, 1);  // the group stands: systemd need not be asked again
}

TEST_F(CgroupTest, ReadsVersion1) {
    const std::string group = "/system.slice/app.service";
    put("/systemd" + group + "/cgroup.procs", "1\n");
    put("/memory" + group + "/memory.usage_in_bytes", "1000\n");
    put("/memory" + group + "/memory.limit_in_bytes", "9223372036854771712\n");
    put("/memory" + group + "/memory.max_usage_in_bytes", "2000\n");
    put("/memory" + group + "/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
    put("/cpuacct" + group + "/cpuacct.usage", "1500000000\n");
    put("/cpu" + group + "/cpu.stat", "nr_periods 4\nnr_throttled 1\nthrottled_time 250000000\n");
    put("/pids" + group + "/pids.current", "3\n");
    put("/pids" + group + "/pids.max", "100\n");
    const auto sight = look_at_cgroup(root_, group);
    std::map<std::string, double> found;
    for (const auto& [series, value] : sight.measured) {
        found[series] = value;
    }
    EXPECT_EQ(found.at("cgroup_memory_current_bytes"), 1000);
    EXPECT_EQ(found.count("cgroup_memory_max_bytes"), 0U);  // no limit
    EXPECT_EQ(found.at("cgroup_memory_peak_bytes"), 2000);
    EXPECT_EQ(found.at("cgroup_memory_events_total{event=\"oom_kill\"}"), 2);
    EXPECT_EQ(found.at("cgroup_cpu_usage_seconds_total"), 1.5);
    EXPECT_EQ(found.at("cgroup_cpu_throttled_seconds_total"), 0.25);
    EXPECT_EQ(found.at("cgroup_pids_current"), 3);
    EXPECT_EQ(found.at("cgroup_pids_max"), 100);
    EXPECT_EQ(sight.note, "version 1");
}

TEST_F(CgroupTest, ReadsCpuTimeFromVersion2BesideVersion1) {
    const std::string group = "/system.slice/app.service";
    put("/systemd" + group + "/cgroup.procs", "1\n");
    put("/unified" + group + "/cpu.stat", "usage_usec 2500000\nuser_usec 1\nsystem_usec 2\n");
    const auto sight = look_at_cgroup(root_, group);
    ASSERT_EQ(sight.measured.size(), 1U);
    const auto& [series, value] = sight.measured.front();
    EXPECT_EQ(series, "cgroup_cpu_usage_seconds_total");
    EXPECT_EQ(value, 2.5);
    EXPECT_EQ(sight.note, "version 1; not counted: memory, pids");
}

TEST_F(CgroupTest, WhatAControllerDoesNotCountIsNotKnown) {
    put("/systemd/system.slice/app.service/cgroup.procs", "1\n");
    put("/pids/system.slice/app.service/pids.current", "3\n");
    watch_unit();
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("cgroup_pids_current"), 3);
    EXPECT_EQ(value("cgroup_memory_current_bytes"), std::nullopt);
    EXPECT_EQ(last_.size(), 1U);
    EXPECT_EQ(source_->stats().note, "version 1; not counted: memory, cpu");
}

TEST_F(CgroupTest, AUnitThatDoesNotRunHasNoSeriesAndIsNoFailure) {
    put_v2();
    watch_unit();
    ASSERT_TRUE(wait_for_collections(1));
    fs::remove_all(root_ + "/system.slice/app.service");
    group_.path.clear();
    ASSERT_TRUE(turn_until(loop_, [&] { return last_.empty(); }));
    EXPECT_EQ(source_->stats().note, "app.service does not run");
    EXPECT_TRUE(states_.empty());
    put_v2();  // it is started again
    group_.path = "/system.slice/app.service";
    ASSERT_TRUE(turn_until(loop_, [&] { return value("cgroup_pids_current") == 7; }));
}

TEST_F(CgroupTest, AUnitThatIsNotThereOrASystemdThatDoesNotAnswerIsAFailure) {
    put_v2();
    group_ = {SourceFailure::missing, "systemd knows no unit app.service", {}};
    watch_unit();
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "missing");
    group_ = {SourceFailure::bus, "there is no system bus", {}};
    ASSERT_TRUE(wait_for_states(2));
    EXPECT_EQ(states_.back().error_class, "bus");
    EXPECT_EQ(collections_, 0U);
}

TEST_F(CgroupTest, HalfAFileIsNotKnown) {
    put_v2();
    put("/system.slice/app.service/memory.current", "10485x\n");
    put("/system.slice/app.service/pids.current", "");
    watch_unit();
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("cgroup_memory_current_bytes"), std::nullopt);
    EXPECT_EQ(value("cgroup_pids_current"), std::nullopt);
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "source/pressure.hpp"

#include "source_fixture.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace primum::source {
namespace {

namespace fs = std::filesystem;

constexpr const char* memory_file =
    "some avg10=12.50 avg60=3.00 avg300=0.50 total=2500000\n"
    "full avg10=1.00 avg60=0.00 avg300=0.00 total=750000\n";

class PressureTest : public SourceTest {
protected:
    PressureTest() {
        std::string name = testing::TempDir() + "primum-pressure-XXXXXX";
        root_ = ::mkdtemp(name.data());
    }
    ~PressureTest() override { fs::remove_all(root_); }

    void put(const std::string& path, const std::string& text) const {
        fs::create_directories(fs::path(root_ + path).parent_path());
        std::ofstream{root_ + path} << text;
    }
    void watch_pressure(const PressurePlan& plan, const PressurePlaces& places) {
        watch(std::make_unique<PressureSource>(
            tools(),
            quick_rule("p", plan),
            0,
            [this](const std::string&, const std::function<void(const ControlGroup&)>& done) {
                later_ = loop_.soon([this, done] { done(group_); });
            },
            places));
    }

    std::string root_;
    ControlGroup group_;
    systemd::LoopSource later_;
};

TEST(ReadPressureFileTest, GivesBaseUnits) {
    const auto measured = read_pressure_file("memory", memory_file);
    ASSERT_EQ(measured.size(), 8U);
    EXPECT_EQ(measured[0].series,
              "pressure_stall_seconds_total{resource=\"memory\",share=\"some\"}");
    EXPECT_EQ(measured[0].value, 2.5);
    EXPECT_EQ(measured[1].series, "pressure_avg10_ratio{resource=\"memory\",share=\"some\"}");
    EXPECT_EQ(measured[1].value, 0.125);
    EXPECT_EQ(measured[4].series,
              "pressure_stall_seconds_total{resource=\"memory\",share=\"full\"}");
    EXPECT_EQ(measured[4].value, 0.75);
}

TEST(ReadPressureFileTest, AnythingElseIsNothing) {
    for (const std::string_view text : {"",
                                        "some\n",
                                        "some avg10=1 avg60=1 avg300=1\n",
                                        "none avg10=1 avg60=1 avg300=1 total=1\n",
                                        "some avg10=x avg60=1 avg300=1 total=1\n"}) {
        EXPECT_TRUE(read_pressure_file("cpu", text).empty()) << text;
    }
}

TEST_F(PressureTest, ReadsTheHostsAndSaysHow) {
    put("/memory", memory_file);
    watch_pressure({}, {root_, root_});
    ASSERT_TRUE(wait_for_collections(2));
    EXPECT_EQ(value("pressure_stall_seconds_total{resource=\"memory\",share=\"some\"}"), 2.5);
    EXPECT_EQ(last_.size(), 8U);
    EXPECT_EQ(source_->stats().note, "read every interval");
}

TEST_F(PressureTest, AKernelWithoutItIsMissing) {
    watch_pressure({}, {root_ + "/none", root_});
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "missing");
    EXPECT_EQ(states_[0].detail,
              root_ + "/none: this kernel keeps no pressure stall information here");
}

TEST_F(PressureTest, AnUnreadableFileIsNoData) {
    put("/memory", "some avg10=1");
    watch_pressure({}, {root_, root_});
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(collections_, 0U);
}

TEST_F(PressureTest, ReadsAUnitsAndFollowsItWhenItStops) {
    put("/unified/system.slice/app.service/memory.pressure", memory_file);
    group_.path = "/system.slice/app.service";
    PressurePlan plan;
    plan.unit = "app.service";
    watch_pressure(plan, {root_, root_});
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("pressure_stall_seconds_total{resource=\"memory\",share=\"full\"}"), 0.75);
    fs::remove_all(root_ + "/unified/system.slice/app.service");
    group_.path.clear();
    ASSERT_TRUE(turn_until(loop_, [&] { return last_.empty(); }));
    EXPECT_EQ(source_->stats().note, "app.service does not run");
    EXPECT_TRUE(states_.empty());
    group_ = {SourceFailure::missing, "systemd knows no unit app.service", {}};
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "missing");
}

TEST_F(PressureTest, ATriggerThatTheKernelRefusesIsSaidAndTheRestIsRead) {
    if (::access("/proc/pressure/memory", R_OK) != 0) {
        GTEST_SKIP() << "this kernel has no PSI";
    }
    PressurePlan plan;
    // More stall than the kernel's largest window.
    plan.triggers = {
        {PressureResource::memory, false, std::chrono::seconds{60}, std::chrono::seconds{60}}};
    watch_pressure(plan, {});
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_NE(value("pressure_stall_seconds_total{resource=\"memory\",share=\"some\"}"),
              std::nullopt);
    EXPECT_EQ(value("pressure_trigger_total{resource=\"memory\",share=\"some\"}"), std::nullopt);
    EXPECT_EQ(source_->stats().note,
              "read every interval; memory some: the kernel takes no trigger: Invalid argument");
}

TEST_F(PressureTest, TheKernelTellsAtOnceOfRealStalls) {
    if (::access("/proc/pressure/cpu", W_OK) != 0) {
        GTEST_SKIP() << "this kernel has no PSI, or takes no triggers of ours";
    }
    std::atomic<bool> over = false;
    std::vector<std::thread> busy;
    for (unsigned i = 0; i < 3 * std::max(1U, std::thread::hardware_concurrency()); ++i) {
        busy.emplace_back([&over] {
            while (!over) {
            }
        });
    }
    PressurePlan plan;
    plan.triggers = {
        {PressureResource::cpu, false, std::chrono::milliseconds{20}, std::chrono::seconds{2}}};
    watch_pressure(plan, {});
    const std::string series = "pressure_trigger_total{resource=\"cpu\",share=\"some\"}";
    const bool told = turn_until(loop_, [&] {
        return std::any_of(singles_.begin(), singles_.end(), [&](const auto& one) {
            return one.first == series && one.second >= 1;
        });
    });
    over = true;
    for (auto& thread : busy) {
        thread.join();
    }
    EXPECT_TRUE(told) << source_->stats().note;
    EXPECT_EQ(source_->stats().note, "read every interval; cpu some: told by the kernel at once");
}

}  // namespace
}  // namespace primum::source

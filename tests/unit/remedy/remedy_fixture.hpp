// SPDX-License-Identifier: MIT
#pragma once

#include "fake_systemd.hpp"
#include "remedy/execution.hpp"
#include "remedy/snapshot_store.hpp"
#include "systemd/manager.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::remedy::testing {

// Remedies against systemd on a private bus; jobs and transient units end as the test says.
class RemedyFixture : public systemd::testing::SystemdFixture {
protected:
    using FakeSystemd = systemd::testing::FakeSystemd;

    RemedyFixture() {
        std::string name = "/tmp/primum-remedy-XXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    ~RemedyFixture() override { std::filesystem::remove_all(folder_); }

    void SetUp() override {
        SystemdFixture::SetUp();
        if (IsSkipped()) {
            return;
        }
        clock_.set({Instant{std::chrono::hours{24 * 36'500}}, {}});  // no timeout by itself
        manager_ = std::make_unique<systemd::Manager>(bus_);
        snapshots_ = std::make_unique<SnapshotStore>((folder_ / "snapshots").string());
        systemd_->units["a.service"];
        systemd_->on_transient = [this](const FakeSystemd::Transient& unit) {
            started_.push_back(unit);
            for (const auto& [name, fd] : unit.descriptors) {
                ::close(fd);
            }
            systemd_->units[unit.name].result = fails_ == unit.name ? "exit-code" : "success";
            return next_job_++;
        };
        systemd_->on_job = [this](const std::string& verb, const std::string& unit) {
            jobs_.push_back(verb + ' ' + unit);
            if (verb == "RestartUnit") {
                systemd_->units[unit].invocation = 0xbb;
                systemd_->units[unit].stored_fds = stored_after_;
            }
            return next_job_++;
        };
    }
    Order order(RemedyKind kind, RemedyPlan plan = {}) const {
        Order made;
        made.action = "a-1";
        made.target = "a";
        made.unit = "a.service";
        made.rule.kind = kind;
        made.rule.plan = std::move(plan);
        made.rule.timeout = std::chrono::seconds{30};
        made.invocation = "aa";
        return made;
    }
    [[nodiscard]] Tools tools() { return {loop_, clock_, *manager_, *snapshots_}; }

    Prepared prepare(Order with) {
        execution_ = make_execution(tools(), std::move(with));
        return prepare();
    }
    Prepared prepare() {
        std::optional<Prepared> prepared;
        execution_->prepare([&](const Prepared& news) { prepared = news; });
        EXPECT_TRUE(until_jobs([&] { return prepared.has_value(); }));
        return prepared.value_or(Prepared{});
    }
    Report run() {
        std::optional<Report> report;
        execution_->run([&](const Report& news) { report = news; });
        EXPECT_TRUE(until_jobs([&] { return report.has_value(); }));
        return report.value_or(Report{});
    }
    // Every job ends once it was queued.
    bool until_jobs(const std::function<bool()>& done) {
        std::uint32_t ended = first_job;
        return until([&] {
            for (; ended < next_job_; ++ended) {
                systemd_->job_removed(ended, "x", "done");
            }
            return done();
        });
    }

    static constexpr std::uint32_t first_job = 50;
    std::filesystem::path folder_;
    std::unique_ptr<systemd::Manager> manager_;
    std::unique_ptr<SnapshotStore> snapshots_;
    std::unique_ptr<Execution> execution_;
    std::vector<FakeSystemd::Transient> started_;
    std::vector<std::string> jobs_;
    std::string fails_;  // the transient unit that does not end well
    std::uint32_t next_job_ = first_job;
    std::uint32_t stored_after_ = 0;
};

}  // namespace primum::remedy::testing

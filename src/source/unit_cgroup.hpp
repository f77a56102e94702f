// SPDX-License-Identifier: MIT
#pragma once

#include "source/polled.hpp"
#include "source/tools.hpp"

#include <primum/vocabulary.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace primum::systemd {
class Manager;
}

namespace primum::source {

inline constexpr std::string_view cgroup_root = "/sys/fs/cgroup";

// Where a unit's processes are.
struct ControlGroup {
    SourceFailure failure = SourceFailure::none;
    std::string detail;
    std::string path;  // below each hierarchy, from '/'; empty without failure: it does not run
};

// Asks which control group a unit has; `done` once, later.
using FindControlGroup =
    std::function<void(const std::string& unit, std::function<void(const ControlGroup&)> done)>;

// Asks systemd, which must outlive it; nullptr: there is none, and that is the answer.
[[nodiscard]] FindControlGroup ask_control_group(systemd::Manager* manager);

// A source that reads the control group of a unit. One question to systemd is under way at most:
// one that it has not answered in time fails the try, and its late answer is dropped.
class UnitCgroupSource : public PolledSource {
protected:
    // `unit` may be empty: then nothing is to be asked.
    UnitCgroupSource(const Tools& tools,
                     SourceRule rule,
                     SeriesId first_id,
                     FindControlGroup find,
                     std::string unit);

    // For an attempt that does not know the group: found() or missed() follows.
    void ask(Duration timeout);
    // Where the group is, as in ControlGroup; empty: the unit does not run.
    virtual void found(const std::string& path) = 0;
    // Ends the try: a collection without series.
    void does_not_run();
    [[nodiscard]] const std::string& unit() const { return unit_; }

private:
    void answered(const ControlGroup& group);

    FindControlGroup find_;
    std::string unit_;
    std::shared_ptr<bool> asked_;  // whether this try still waits; nullptr: nobody was asked
    systemd::LoopSource deadline_;
};

// The whole of a small file of the kernel's, up to 4 KiB; empty when it cannot be read: `error`,
// where given, gets errno then and 0 else.
[[nodiscard]] std::string read_kernel_file(const std::string& path, int* error = nullptr);

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "source/unit_cgroup.hpp"

#include <primum/source.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// What one look at a control group gave.
struct CgroupSight {
    bool there = false;  // the group exists
    std::vector<Measured> measured;
    std::string note;  // which hierarchy, and which controllers do not count this group
};

// Reads a group below `root`, where either version 2 is mounted, or one directory a controller of
// version 1 (and perhaps `unified`). What a controller does not count is left out.
[[nodiscard]] CgroupSight look_at_cgroup(const std::string& root, const std::string& path);

// Memory, CPU and tasks of a unit's control group. systemd is asked for the group only when none
// is known or the known one is gone. A unit that does not run is a collection without series.
class CgroupSource : public UnitCgroupSource {
public:
    CgroupSource(const Tools& tools,
                 const SourceRule& rule,
                 SeriesId first_id,
                 FindControlGroup find,
                 std::string root);

private:
    void attempt(Duration timeout) override;
    void found(const std::string& path) override;
    bool look();

    std::string root_;
    std::string path_;  // of the group; empty: not known
};

[[nodiscard]] std::unique_ptr<Source> make_cgroup(const Tools& tools,
                                                  const SourceRule& rule,
                                                  SeriesId first_id);

}  // namespace primum::source

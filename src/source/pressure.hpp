// SPDX-License-Identifier: MIT
#pragma once

#include "source/unit_cgroup.hpp"

#include <primum/source.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::source {

// The series of one pressure file (kernel documentation, accounting/psi.rst), or none when it is
// not written like one.
[[nodiscard]] std::vector<Measured> read_pressure_file(std::string_view resource,
                                                       std::string_view text);

// Where the pressure files of the host and of control groups are.
struct PressurePlaces {
    std::string host = "/proc/pressure";
    std::string cgroups{cgroup_root};
};

// Pressure stall information of the host or of a unit, every interval; and, where the kernel lets
// us set its triggers, at once when tasks were stalled for as long as a trigger says.
class PressureSource : public UnitCgroupSource {
public:
    PressureSource(const Tools& tools,
                   const SourceRule& rule,
                   SeriesId first_id,
                   FindControlGroup find,
                   PressurePlaces places);
    ~PressureSource() override;

private:
    struct Trigger {
        PressureTrigger rule;
        int fd = -1;
        systemd::LoopSource io;
        std::uint64_t times = 0;
        std::string refused;  // why the kernel does not take it
    };

    void attempt(Duration timeout) override;
    void found(const std::string& path) override;
    bool look();
    [[nodiscard]] std::string path_of(PressureResource resource) const;
    [[nodiscard]] std::pair<std::vector<Measured>, int> read_all();
    void put_triggers(std::vector<Measured>& measured) const;
    void arm(Trigger& trigger);
    void disarm(Trigger& trigger);
    void fired(Trigger& trigger, std::uint32_t bits);
    [[nodiscard]] std::string how_it_is_read() const;

    PressurePlaces places_;
    PressurePlan plan_;
    std::string directory_;  // empty: not known (any more)
    std::string suffix_;     // of the files' names
    std::vector<Trigger> triggers_;
};

[[nodiscard]] std::unique_ptr<Source> make_pressure(const Tools& tools,
                                                    const SourceRule& rule,
                                                    SeriesId first_id);

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "source/polled.hpp"
#include "source/tools.hpp"

#include <primum/source.hpp>
#include <primum/time.hpp>

#include <memory>

namespace primum::source {

// How much longer than the plugin's timeout the actuator is waited for: it starts it and ends it.
inline constexpr Duration actuator_takes{3'000'000};

// Runs a monitoring plugin every interval, by the actuator: `probe_success`, `probe_exit_code` and
// the plugin's own numbers as `perfdata{label,unit}`. Exit 0 and 1 (warning) are success, 2
// (critical) is not; 3 (unknown) and anything else are no verdict, and fail the source.
class ExecSource : public PolledSource {
public:
    ExecSource(const Tools& tools, SourceRule rule, SeriesId first_id);

private:
    void attempt(Duration timeout) override;
    void ended(const ProbeEnd& end);
    void judge(const ProbeEnd& end);
    void no_answer();

    RunProbe run_probe_;
    TimeoutMeans timeout_means_;
    std::shared_ptr<bool> asked_;  // whether this try still waits; nullptr: nothing runs
    systemd::LoopSource deadline_;
};

[[nodiscard]] std::unique_ptr<Source> make_exec(const Tools& tools,
                                                const SourceRule& rule,
                                                SeriesId first_id);

}  // namespace primum::source

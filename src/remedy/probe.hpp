// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/transient.hpp"

#include <primum/source.hpp>

#include <functional>
#include <string>

namespace primum::remedy {

// What the unit of a source's probe is called; it begins as primum's own do.
[[nodiscard]] std::string probe_unit(const std::string& source);

// One run of a source's plugin, as a transient unit with a user of its own (DynamicUser=), that
// changes nothing: no capability, no way to write but its own /tmp, limits on memory and tasks. At
// the source's timeout it is ended with all it has started. The program must be root's alone.
class ProbeRun {
public:
    // The rule's plan must be an ExecProbePlan.
    ProbeRun(const Tools& tools, const SourceRule& rule);
    ~ProbeRun();
    ProbeRun(const ProbeRun&) = delete;
    ProbeRun& operator=(const ProbeRun&) = delete;

    // Once. `done` once, never from inside; it may let go of this.
    void start(std::function<void(const ProbeReply&)> done);

private:
    [[nodiscard]] ProbeReply reply_to(const systemd::TransientEnd& end) const;

    systemd::EventLoop& loop_;
    const Clock& clock_;
    systemd::Manager& manager_;
    std::string source_;
    ExecProbePlan plan_;
    Duration timeout_;
    systemd::TransientUnit unit_;
    systemd::LoopSource deadline_;
    systemd::LoopSource later_;
};

}  // namespace primum::remedy

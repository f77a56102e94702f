// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "remedy/job_remedy.hpp"
#include "systemd/manager.hpp"

#include <cstdint>
#include <optional>

// What is made of an action whose end nobody saw. Pure.
namespace primum::actuator {

// What to do about an action of this boot that an earlier run has started: it is judged (`end`),
// or its job is awaited, or (neither) systemd is asked again later.
struct RecoveryStep {
    std::optional<ActionEnd> end;
    std::uint32_t await_job = 0;
};

// - A job is queued on the unit, and it is the one that was recorded, or none was recorded and the
//   unit has not been started anew since: awaited.
// - No such job: judged by the InvocationID (remedy::judge_restart) or, for a reload, ambiguous.
// - systemd does not answer: asked again until the action's timeout is over, then ambiguous.
[[nodiscard]] RecoveryStep next_step(const StoredAction& action,
                                     const systemd::ManagerResult<systemd::UnitFacts>& unit,
                                     Stamp now);

// Of an action whose job has ended and was judged.
[[nodiscard]] ActionEnd end_of_job(const StoredAction& action,
                                   const remedy::Report& report,
                                   Stamp now);

// Of an action that an earlier boot has started: nothing can tell any longer.
[[nodiscard]] ActionEnd end_across_boots(Stamp now);

}  // namespace primum::actuator

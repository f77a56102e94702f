// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "actuator/ports.hpp"

#include <string>

// Whether and how a stored way back is taken. Pure but for the looks that are passed in.
namespace primum::actuator {

// How a rollback ended.
struct RollbackEnd {
    RollbackState state = RollbackState::failed;
    Refusal code = Refusal::none;
    std::string detail;
    std::string conflict;
};

// Whether the recorded rollback is all there will ever be: it is done, or it failed after something
// was changed.
[[nodiscard]] bool told_again(const StoredRollback& rollback);

struct RollbackObjection {
    Refusal code = Refusal::none;  // none: it may be taken
    std::string detail;
};

// `busy`: something is at work on the action's unit or target.
[[nodiscard]] RollbackObjection may_roll_back(const StoredAction& action,
                                              bool busy,
                                              const std::string& boot_id,
                                              Stamp now);

[[nodiscard]] Duration timeout_of(const remedy::WayBackRecord& way_back,
                                  const StoredAction& action);

// What is left to do of a rollback that an earlier run has begun.
struct RollbackRest {
    enum class Step : std::uint8_t {
        run,    // `way_back` is what is left
        over,   // `end` says how
        later,  // systemd cannot tell yet
    };
    Step step = Step::over;
    remedy::WayBackRecord way_back;
    RollbackEnd end;
};

// Files that are back already are left out; what stands in neither state is left in, to be found
// as a conflict. A call that undoes is in doubt and is not made again. Once all files are back a
// reload is asked for again, and a restart unless the unit was started since.
[[nodiscard]] RollbackRest rest_of(const remedy::WayBackRecord& way_back,
                                   const StoredRollback& rollback,
                                   const Ports& ports,
                                   const systemd::ManagerResult<systemd::UnitFacts>& unit,
                                   const std::string& boot_id);

}  // namespace primum::actuator

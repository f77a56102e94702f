// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace primum::remedy {

// systemd's RestartUnit with mode `fail`, awaited to the end of its job. A unit that was restarted
// has another InvocationID: a job that is "done" without it has done nothing, and a job whose end
// was not heard is judged by it.
//
// Before: the `save` hook of a unit that is active; when it fails nothing is restarted. Then a copy
// of the `state` paths. After: the `restore` hook, once the unit is active (also where `save` ran
// and the restart did not come about). Descriptors in the unit's store are counted before and
// after: state is lost when fewer came back, or when `restore` failed or could not be run.
[[nodiscard]] std::unique_ptr<Execution> make_restart(const Tools& tools, Order order);

// Of a restart that an earlier run was preparing: waits for a `save` hook that it has left, then
// runs `restore` where there are both and the unit is active.
void take_back_save(const Tools& tools, const Order& order);

[[nodiscard]] Report judge_restart(std::string_view job_result,
                                   const std::string& invocation_before,
                                   const std::optional<systemd::UnitFacts>& now);

}  // namespace primum::remedy

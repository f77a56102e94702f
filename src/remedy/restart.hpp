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
[[nodiscard]] std::unique_ptr<Execution> make_restart(const Tools& tools, Order order);

[[nodiscard]] Report judge_restart(std::string_view job_result,
                                   const std::string& invocation_before,
                                   const std::optional<systemd::UnitFacts>& now);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace primum::remedy {

// systemd's ReloadUnit, awaited to the end of its job. Only the job tells what became of it: when
// its end was not heard, the outcome is ambiguous.
[[nodiscard]] std::unique_ptr<Execution> make_reload(const Tools& tools, Order order);

[[nodiscard]] Report judge_reload(std::string_view job_result,
                                  const std::string& invocation_before,
                                  const std::optional<systemd::UnitFacts>& now);

}  // namespace primum::remedy

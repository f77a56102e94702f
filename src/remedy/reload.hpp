// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/job_remedy.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace primum::remedy {

// systemd's ReloadUnit, awaited to the end of its job. Only the job tells what became of it: when
// its end was not heard, the outcome is ambiguous.
void reload(systemd::Manager& manager, const std::string& unit, JobHooks hooks);

[[nodiscard]] JobReport judge_reload(std::string_view job_result,
                                     const std::string& invocation_before,
                                     const std::optional<systemd::UnitFacts>& now);

}  // namespace primum::remedy

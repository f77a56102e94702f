// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/drill_copy.hpp"

#include <primum/rules.hpp>

#include <vector>

namespace primum::ctl {

// A failover to each candidate on a copy of the pointer: it names the candidate, and the way back
// gives the exact old pointer; an edit is a conflict; the host's own pointer is as it was.
[[nodiscard]] std::vector<Proof> drill_failover(const DrillTools& drill,
                                                const RemedyRule& rule,
                                                const ProviderRule& provider);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/audit.hpp"
#include "replay/audit.hpp"

namespace primum::ctl {

// Each reads one kind of what may be audited and tells what went wrong. `findings.remarks` get what
// was left out.
[[nodiscard]] Exit read_ledger(const AuditOptions& options,
                               bool json,
                               replay::Audit& audit,
                               Surroundings& world);
// With --against the comparison goes into findings.difference.
[[nodiscard]] Exit read_recordings(const AuditOptions& options,
                                   const replay::AuditScope& scope,
                                   replay::Audit& audit,
                                   AuditFindings& findings,
                                   Surroundings& world);
[[nodiscard]] Exit read_bundles(const AuditOptions& options,
                                replay::Audit& audit,
                                AuditFindings& findings,
                                Surroundings& world);

}  // namespace primum::ctl

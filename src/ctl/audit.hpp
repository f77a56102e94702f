// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"
#include "ctl/text.hpp"
#include "ctl/utc_time.hpp"
#include "replay/audit_report.hpp"
#include "replay/comparison.hpp"

#include <primum/time.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

inline constexpr const char* audit_schema = "primum-audit/1";

// The comparison with other rules, counted by what each of both would have done.
struct AuditDifference {
    std::string rules;  // their path
    replay::Report report;
};

// Everything that is shown of an audit.
struct AuditFindings {
    replay::AuditReport report;
    std::string of;  // "primumd's ledger", "2 recordings", "14 bundles of 3 hosts"
    std::vector<std::string> remarks;  // what was left out of what was read
    bool flawed = false;               // something should have been there, or was none
    bool has_first_signs = false;      // recordings have them, and costs
    std::optional<AuditDifference> difference;
    WallTime made;
};

// For a terminal: a summary first, then each target.
[[nodiscard]] std::string audit_text(const AuditFindings& findings, const Painter& painter);
// docs/audit.md has its members.
[[nodiscard]] std::string audit_json(const AuditFindings& findings);
// One file that needs nothing else, of at most `audit_page_limit` bytes.
[[nodiscard]] std::string audit_page(const AuditFindings& findings);
inline constexpr std::size_t audit_page_limit = 1'000'000;

// Words that text and page share.

// "75 % (6 of 8; 41..93 %)", or "-" without a case.
[[nodiscard]] std::string share_text(const replay::Share& share);
// "4m 12s (median of 12; 3m..6m)", or "-" without a case; without an interval its count only.
[[nodiscard]] std::string spread_text(const replay::Spread& spread);
// "12.5 (before: 3)".
[[nodiscard]] std::string cost_text(const replay::AuditCost& cost);
// Those that are not 0, the largest first: "cooldown 12, held 3"; "nothing" without any.
[[nodiscard]] std::string guards_text(const replay::AuditGuards& guards);
// "restart", "failover to b", "restart, forced".
[[nodiscard]] std::string action_text(const replay::AuditAction& action);
// What came of it: its outcome, or as far as it has come.
[[nodiscard]] std::string result_text(const replay::AuditAction& action);
// How many differences of each kind there are.
struct AuditChanges {
    std::size_t appeared = 0;
    std::size_t gone = 0;
    std::size_t changed = 0;
};
[[nodiscard]] AuditChanges changes_of(const replay::Report& report);

// The verb.
[[nodiscard]] Exit audit(const AuditOptions& options, bool json, Surroundings& world);

}  // namespace primum::ctl

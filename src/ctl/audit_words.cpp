// SPDX-License-Identifier: MIT
#include "ctl/audit.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace primum::ctl {
namespace {

// Rounded down, so that no share looks as if it reached a bound that it does not reach.
int percent(double share) {
    return static_cast<int>(std::floor(share * 100 + 1e-9));
}

}  // namespace

std::string share_text(const replay::Share& share) {
    const auto value = share.value();
    if (!value) {
        return "-";
    }
    return fmt::format("{} % ({} of {}; {}..{} %)",
                       percent(*value),
                       share.is,
                       share.of,
                       percent(share.low()),
                       static_cast<int>(std::ceil(share.high() * 100 - 1e-9)));
}

std::string spread_text(const replay::Spread& spread) {
    if (spread.count == 0) {
        return "-";
    }
    if (spread.count == 1) {
        return fmt::format("{} (once)", human_span(spread.median));
    }
    std::string text = fmt::format("{} (median of {}", human_span(spread.median), spread.count);
    if (spread.low && spread.high) {
        text += fmt::format("; {}..{}", human_span(*spread.low), human_span(*spread.high));
    }
    return text + ")";
}

std::string cost_text(const replay::AuditCost& cost) {
    return fmt::format("{:.6g} in {}{}",
                       cost.during,
                       human_span(cost.span),
                       cost.before ? fmt::format(" (before: {:.6g})", *cost.before) : "");
}

std::string guards_text(const replay::AuditGuards& guards) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < guard_count; ++i) {
        if (guards.first.at(i) > 0) {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return guards.first.at(a) > guards.first.at(b);
    });
    std::string text;
    for (const std::size_t i : order) {
        text += fmt::format("{}{} {}",
                            text.empty() ? "" : ", ",
                            name_of(static_cast<Guard>(i)),
                            guards.first.at(i));
    }
    return text.empty() ? "nothing" : text;
}

std::string action_text(const replay::AuditAction& action) {
    return fmt::format("{}{}{}",
                       action.kind,
                       action.candidate.empty() ? "" : " to " + action.candidate,
                       action.forced ? ", forced" : "");
}

std::string result_text(const replay::AuditAction& action) {
    if (action.outcome != Outcome::none) {
        const bool back = action.state == ActionState::rolled_back ||
                          action.state == ActionState::rollback_failed;
        return fmt::format(
            "{}{}", name_of(action.outcome), back ? ", " + std::string{name_of(action.state)} : "");
    }
    return std::string{action.result != ActionResult::none ? name_of(action.result)
                                                           : name_of(action.state)};
}

AuditChanges changes_of(const replay::Report& report) {
    AuditChanges changes;
    for (const replay::Difference& one : report.differences) {
        changes.appeared += one.change == replay::Change::appeared ? 1 : 0;
        changes.gone += one.change == replay::Change::gone ? 1 : 0;
        changes.changed += one.change == replay::Change::changed ? 1 : 0;
    }
    return changes;
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "actuator/recovery.hpp"

#include "actuator/order_text.hpp"

#include <utility>

namespace primum::actuator {

remedy::Order order_of(const StoredAction& action) {
    remedy::Order order;
    order.action = action.id;
    order.target = action.target;
    order.unit = action.unit;
    order.level = action.level;
    order.rule.kind = action.kind;
    order.rule.timeout = action.timeout;
    order.invocation = action.invocation_before;
    order.job = action.job;
    static_cast<void>(read_order(action.order, order));
    return order;
}

remedy::WayBackRecord way_back_of(const StoredAction& action) {
    if (action.way_back.empty()) {
        return {};
    }
    auto record = remedy::read_way_back(action.way_back);
    return record.has_value() ? std::move(*record) : remedy::WayBackRecord{};
}

std::optional<ActionEnd> end_without_a_look(const StoredAction& action,
                                            const std::string& boot_id,
                                            Stamp now) {
    if (!action.acting) {
        return ActionEnd{ActionResult::failed,
                         Refusal::too_late,
                         {},
                         "the actuator ended before the effect began; nothing was done",
                         now,
                         action.facts};
    }
    const bool files =
        action.kind == RemedyKind::failover || action.kind == RemedyKind::config_fallback;
    if (action.boot_id != boot_id && !files) {
        return ActionEnd{ActionResult::ambiguous,
                         Refusal::none,
                         {},
                         "the host was booted while it ran",
                         now,
                         action.facts};
    }
    return std::nullopt;
}

ActionEnd end_in_silence(const StoredAction& action, Stamp now) {
    return {ActionResult::ambiguous,
            Refusal::none,
            {},
            "the actuator ended while it ran, and systemd does not answer",
            now,
            action.facts};
}

ActionEnd end_of_report(const StoredAction& action, const remedy::Report& report, Stamp now) {
    ActionEnd end{
        report.result, report.refusal, report.invocation_after, report.detail, now, report.facts};
    if (!report.job_result.empty()) {
        end.detail += "; job " + report.job_result + ", invocation " + action.invocation_before +
                      " before, " + report.invocation_after + " after";
    }
    // What was kept before the effect stays true after it.
    end.facts.evidence = action.facts.evidence;
    if (end.facts.snapshots.empty()) {
        end.facts.snapshots = action.facts.snapshots;
    }
    if (end.facts.stored_before == not_counted) {
        end.facts.stored_before = action.facts.stored_before;
    }
    return end;
}

}  // namespace primum::actuator

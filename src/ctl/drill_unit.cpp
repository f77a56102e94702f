// SPDX-License-Identifier: MIT
#include "ctl/drill_unit.hpp"

#include "rules/protected.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace primum::ctl {
namespace {

constexpr const char* no_systemd = "no systemd here";

Then then_of(const RemedyRule& rule) {
    if (const auto* failover = std::get_if<FailoverPlan>(&rule.plan)) {
        return failover->then;
    }
    if (const auto* fallback = std::get_if<FallbackPlan>(&rule.plan)) {
        return fallback->then;
    }
    return rule.kind == RemedyKind::reload    ? Then::reload
           : rule.kind == RemedyKind::restart ? Then::restart
                                              : Then::nothing;
}

Proof unfit(std::string detail) {
    return {Shown::failed, "unit", std::move(detail)};
}

Proof judge_loaded(const systemd::UnitFacts& unit, const RemedyRule& rule) {
    const Then then = then_of(rule);
    if (then == Then::reload && !unit.can_reload) {
        return unfit(unit.id + " cannot be reloaded (no ExecReload=)");
    }
    if (then == Then::restart &&
        (!unit.can_start || unit.refuses_manual_start || unit.refuses_manual_stop)) {
        return unfit(unit.id + " refuses to be started or stopped");
    }
    const auto* signal = std::get_if<SignalPlan>(&rule.plan);
    if (signal != nullptr && unit.active_state != "active") {
        return {Shown::not_proved,
                "unit",
                fmt::format("{} is {}: only what runs takes a signal", unit.id, unit.active_state)};
    }
    if (signal != nullptr && signal->whom == Whom::main && unit.main_pid == 0) {
        return unfit(unit.id + " has no main process");
    }
    const char* const able = then == Then::reload    ? "; it can be reloaded"
                             : then == Then::restart ? "; it can be restarted"
                                                     : "";
    return {Shown::proved,
            "unit",
            fmt::format("{} is loaded and {}{}", unit.id, unit.active_state, able)};
}

Proof judge_unit(const DrillSight& sight, const TargetRule& target, const RemedyRule& rule) {
    if (rules::is_protected_unit(target.unit)) {
        return unfit(target.unit + " is protected: no remedy touches it");
    }
    if (!sight.unit.has_value()) {
        return {Shown::not_proved, "unit", no_systemd};
    }
    if (!sight.unit->has_value()) {
        return {
            Shown::not_proved, "unit", "systemd did not answer: " + sight.unit->error().message};
    }
    const systemd::UnitFacts& unit = **sight.unit;
    if (rules::is_protected_unit(unit.id)) {
        return unfit(unit.id + " is protected: no remedy touches it");
    }
    if (unit.load_state == "masked" || unit.unit_file_state.starts_with("masked")) {
        return unfit(unit.id + " is masked");
    }
    if (unit.load_state != "loaded") {
        return unfit(fmt::format("systemd says of {}: {}", target.unit, unit.load_state));
    }
    return judge_loaded(unit, rule);
}

// What a drill does not do.
std::string untried(const TargetRule& target, const RemedyRule& rule) {
    switch (rule.kind) {
        case RemedyKind::reload:
            return "not tried: it would reload " + target.unit;
        case RemedyKind::restart:
            return "not tried: it would restart " + target.unit;
        case RemedyKind::signal:
            return "not tried: it would signal " + target.unit;
        case RemedyKind::reset_failed:
            return "not tried: it would forget that " + target.unit + " has failed";
        case RemedyKind::http:
        case RemedyKind::dbus_call:
            return "not tried: the call would be made";
        case RemedyKind::exec:
            return "not tried: the program would be run";
        case RemedyKind::failover:
        case RemedyKind::config_fallback:
            break;
    }
    switch (then_of(rule)) {
        case Then::reload:
            return "not tried: then it would reload " + target.unit;
        case Then::restart:
            return "not tried: then it would restart " + target.unit;
        case Then::nothing:
            break;
    }
    return {};
}

}  // namespace

void await(systemd::EventLoop& loop, const bool& interrupted, const std::function<bool()>& done) {
    while (!done() && !interrupted && loop.run_once(std::chrono::seconds{1})) {
    }
}

std::vector<Proof> prove_unit(const DrillSight& sight,
                              const TargetRule& target,
                              const RemedyRule& rule) {
    std::vector<Proof> proofs;
    if (!target.unit.empty()) {
        proofs.push_back(judge_unit(sight, target, rule));
    }
    if (std::string detail = untried(target, rule); !detail.empty()) {
        proofs.push_back({Shown::not_proved, "effect", std::move(detail)});
    }
    return proofs;
}

Proof prove_check(const DrillSight& sight, const remedy::Tools& tools, remedy::Order order) {
    FallbackPlan& plan = std::get<FallbackPlan>(order.rule.plan);
    const std::string program = plan.check.front();
    if (!sight.unit.has_value()) {
        return {Shown::not_proved, "check", program + " was not run: " + no_systemd};
    }
    if (sight.unit->has_value()) {
        order.user = (*sight.unit)->user;
    }
    plan.then = Then::nothing;
    const Instant limit = tools.clock.now().t + order.rule.timeout;
    const auto execution = remedy::make_execution(tools, std::move(order));
    std::optional<remedy::Prepared> prepared;
    execution->prepare([&](const remedy::Prepared& told) { prepared = told; });
    bool over = false;
    const auto timer = tools.loop.at(limit, [&over] { over = true; });
    const auto is_prepared = [&] { return prepared.has_value(); };
    await(sight.loop, sight.interrupted, [&] { return over || is_prepared(); });
    if (!prepared && execution->stop()) {
        const bool patient = false;  // all of its processes are ended first
        await(sight.loop, patient, is_prepared);
    }
    if (!prepared) {
        return {Shown::not_proved, "check", "interrupted"};
    }
    switch (prepared->refusal) {
        case Refusal::none:
            return {Shown::proved,
                    "check",
                    program + " ended well, shown the known-good files at their paths"};
        case Refusal::not_applicable:
        case Refusal::bus:
        case Refusal::storage:
            return {Shown::not_proved, "check", "was not run: " + prepared->detail};
        default:
            return {Shown::failed,
                    "check",
                    fmt::format("{} ({})", prepared->detail, name_of(prepared->refusal))};
    }
}

}  // namespace primum::ctl

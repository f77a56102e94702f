// SPDX-License-Identifier: MIT
#include "ctl/promotion_gate.hpp"

#include "ctl/counted.hpp"
#include "ctl/drill.hpp"
#include "ctl/drill_report.hpp"
#include "ctl/table.hpp"
#include "ctl/text.hpp"
#include "replay/sim_library.hpp"
#include "rules/duration.hpp"
#include "rules/lint.hpp"
#include "rules/places.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace primum::ctl {
namespace {

constexpr std::array acting{Level::retry, Level::failover, Level::restart, Level::fallback};
constexpr std::array<std::string_view, 3> waivable{"dry_run_time", "illness", "precision"};
constexpr std::size_t short_digest = 12;
constexpr std::size_t longest_summary = 1500;

Condition pass(std::string name, std::string figure) {
    return {std::move(name), true, false, std::move(figure), ""};
}

Condition miss(std::string name, std::string figure, std::string missing) {
    return {std::move(name), false, false, std::move(figure), std::move(missing)};
}

Condition in_force(const PromotionCase& asked, Surroundings& world) {
    const auto reply = world.client.call({"Status", {}});
    if (!reply) {
        return miss("in_force", "primumd does not answer", advice(reply.error()));
    }
    const auto status = Document::parse(reply->text);
    const std::string digest = status ? status->root().at("host.rules_digest").text() : "";
    const std::string& on_disk = asked.load.rules->digest;
    const std::string figure = fmt::format(
        "{} in force, {} on disk", digest.substr(0, short_digest), on_disk.substr(0, short_digest));
    return digest == on_disk
               ? pass("in_force", figure)
               : miss("in_force", figure, "put the rules in force first: primumctl reload");
}

Condition levels_below(const PromotionCase& asked, WallTime now) {
    std::string standing;
    for (const Level level : acting) {
        if (level >= asked.level || asked.target.rungs[index_of(level)].remedies.empty()) {
            continue;
        }
        if (!is_promoted(asked.target, level, now)) {
            return miss("levels_below",
                        fmt::format("{} is not promoted", name_of(level)),
                        fmt::format("one level after the other: primumctl promote {} {}",
                                    asked.target.name,
                                    name_of(level)));
        }
        standing += (standing.empty() ? "" : ", ") + std::string{name_of(level)};
    }
    return pass("levels_below", standing.empty() ? "none has remedies" : standing + " promoted");
}

// These rules, but that the target really acts, up to the level that is asked for.
RuleSet as_if_promoted(const PromotionCase& asked) {
    RuleSet rules = *asked.load.rules;
    rules.settings.mode = Mode::enforce;
    for (TargetRule& target : rules.targets) {
        if (target.name == asked.target.name) {
            target.mode = Mode::enforce;
            target.enforce_up_to = asked.level;
            target.promoted = {};
            target.in_share = true;
            target.held_back.clear();
        }
    }
    return rules;
}

Condition simulated(const PromotionCase& asked, Surroundings& world) {
    replay::SimRequest request;
    request.target = asked.target.name;
    const auto rows = replay::run_library(
        as_if_promoted(asked), request, [&](std::string_view scenario, std::string_view) {
            if (world.progress) {
                world.err << "\r\033[K" << "simulating " << scenario << std::flush;
            }
        });
    if (world.progress) {
        world.err << "\r\033[K" << std::flush;
    }
    std::uint64_t breaches = 0;
    std::string first;
    for (const replay::SimRow& row : rows) {
        breaches += row.breaches.size();
        if (first.empty() && !row.breaches.empty()) {
            first = row.scenario;
        }
    }
    const std::string figure =
        fmt::format("{} of scenarios, {}",
                    counted(rows.size(), "run"),
                    breaches == 1 ? "1 breach" : fmt::format("{} breaches", breaches));
    return breaches == 0
               ? pass("simulated", figure)
               : miss("simulated",
                      figure,
                      fmt::format("read it: primumctl simulate --rules … --enforced --target {} "
                                  "--scenario {}",
                                  asked.target.name,
                                  first));
}

// What primumd has counted of one rung since its meaning is the present one.
struct Counted {
    Duration time{0};
    std::int64_t detected = 0;
    std::int64_t justified = 0;
    std::int64_t judged = 0;
};

Result<Counted, CallFailure> counts_of(const PromotionCase& asked, Surroundings& world) {
    const auto reply = world.client.call({"Precision", {asked.target.name}});
    if (!reply) {
        return fail(reply.error());
    }
    const auto told = Document::parse(reply->text);
    const std::string& digest = asked.target.level_digests[index_of(asked.level)];
    for (const Json& row : told ? told->root()["precision"].items() : std::vector<Json>{}) {
        const auto since = row["since"].wall();
        if (row["target"].text() != asked.target.name ||
            row["level"].text() != name_of(asked.level) || row["digest"].text() != digest ||
            !since) {
            continue;
        }
        Counted counted;
        counted.time = std::max(Duration{0}, Duration{world.clock.now().wall - *since});
        counted.detected = row["detected"].number();
        counted.justified = row["justified"].number();
        counted.judged = counted.justified + row["unjustified"].number();
        return counted;
    }
    return Counted{};
}

Condition dry_run_time(const PromotionCase& asked, const Counted& counted) {
    const Duration least = asked.settings.promotion.min_dry_run;
    const std::string figure =
        fmt::format("{} of {} with this meaning", human_span(counted.time), human_span(least));
    return counted.time >= least
               ? pass("dry_run_time", figure)
               : miss("dry_run_time",
                      figure,
                      fmt::format("wait {} more, in dry-run", human_span(least - counted.time)));
}

Condition illness(const Counted& counted) {
    const std::string figure =
        fmt::format("{} reached the level",
                    counted.detected == 1 ? std::string{"1 incident"}
                                          : fmt::format("{} incidents", counted.detected));
    return counted.detected > 0
               ? pass("illness", figure)
               : miss("illness", figure, "wait until it has been ill once, or waive it");
}

Condition precision(const PromotionCase& asked, const Counted& counted) {
    const double least = asked.settings.promotion.min_precision;
    if (counted.judged == 0) {
        return miss("precision",
                    fmt::format("nothing judged yet; {:.2f} is needed", least),
                    "judge what it would have done: primumctl label");
    }
    const double share =
        static_cast<double>(counted.justified) / static_cast<double>(counted.judged);
    const std::string figure = fmt::format("{:.2f} ({} of {} justified); {:.2f} is needed",
                                           share,
                                           counted.justified,
                                           counted.judged,
                                           least);
    return share >= least ? pass("precision", figure)
                          : miss("precision",
                                 figure,
                                 "make the rules more precise, or label what was judged wrong");
}

Condition drilled(const PromotionCase& asked, Surroundings& world) {
    const auto report = drill_report(asked.target, *asked.load.rules, world);
    if (!report) {
        return miss("drilled", "not tried", report.error().message);
    }
    const std::size_t failed = report->count(Shown::failed);
    const std::string figure = fmt::format("{} proved, {} only by the real thing, {} failed",
                                           report->count(Shown::proved),
                                           report->count(Shown::not_proved),
                                           failed);
    return failed == 0 ? pass("drilled", figure)
                       : miss("drilled",
                              figure,
                              fmt::format("read it: primumctl drill {}", asked.target.name));
}

// Figures that speak against a promotion are waived by nobody.
void waive(Condition& condition, const std::optional<Waiver>& waiver, bool nothing_judged) {
    if (condition.met || !waiver || !is_waivable(condition.name) ||
        (condition.name == "precision" && !nothing_judged)) {
        return;
    }
    const auto& named = waiver->conditions;
    condition.waived = std::find(named.begin(), named.end(), condition.name) != named.end();
}

std::string result_of(const Condition& condition) {
    return condition.met ? "pass" : condition.waived ? "waived" : "FAIL";
}

// Rules with a mistake do not come so far. A warning is told, and stops nothing.
Condition checked(const PromotionCase& asked) {
    const rules::Places nowhere;
    rules::LintList lints{nowhere};
    rules::lint_rules(*asked.load.rules, lints);
    const std::string about = "target." + asked.target.name + ".";
    const auto found = lints.take();
    const auto warnings = std::count_if(
        found.begin(), found.end(), [&](const auto& lint) { return lint.key.starts_with(about); });
    std::string figure = counted(asked.load.files.size(), "file") + ", no mistake";
    if (warnings > 0) {
        figure += ", " + counted(static_cast<std::uint64_t>(warnings), "warning") +
                  " (primumctl rules check)";
    }
    return pass("checked", figure);
}

}  // namespace

bool GateReport::open() const {
    return !conditions.empty() && std::all_of(conditions.begin(),
                                              conditions.end(),
                                              [](const Condition& each) { return each.passes(); });
}

std::string GateReport::summary() const {
    std::string text;
    for (const Condition& each : conditions) {
        text += fmt::format(
            "{}{} {}: {}", text.empty() ? "" : "; ", each.name, result_of(each), each.figure);
    }
    return text.substr(0, longest_summary);
}

bool is_waivable(std::string_view condition) {
    return std::find(waivable.begin(), waivable.end(), condition) != waivable.end();
}

bool is_promoted(const TargetRule& target, Level level, WallTime now) {
    const auto& promotion = target.promoted[index_of(level)];
    return promotion && promotion->digest == target.level_digests[index_of(level)] &&
           (promotion->until == WallTime{} || now < promotion->until);
}

std::optional<Level> next_level(const TargetRule& target, WallTime now) {
    for (const Level level : acting) {
        if (!target.rungs[index_of(level)].remedies.empty() && !is_promoted(target, level, now)) {
            return level;
        }
    }
    return std::nullopt;
}

GateReport try_gate(const PromotionCase& asked, Surroundings& world) {
    GateReport report{
        asked.target.name, asked.level, asked.target.level_digests[index_of(asked.level)], {}};
    auto& all = report.conditions;
    all.push_back(checked(asked));
    all.push_back(in_force(asked, world));
    all.push_back(levels_below(asked, world.clock.now().wall));
    all.push_back(simulated(asked, world));
    bool nothing_judged = false;
    if (const auto counted = counts_of(asked, world)) {
        nothing_judged = counted->judged == 0;
        all.push_back(dry_run_time(asked, *counted));
        all.push_back(illness(*counted));
        all.push_back(precision(asked, *counted));
    } else {
        for (const std::string_view name : waivable) {
            all.push_back(miss(std::string{name}, "primumd does not say", advice(counted.error())));
        }
    }
    all.push_back(drilled(asked, world));
    for (Condition& each : all) {
        waive(each, asked.waiver, nothing_judged);
    }
    return report;
}

GateReport mistaken_gate(const rules::RulesLoad& load, const std::string& target, Level level) {
    return {target,
            level,
            "",
            {miss("checked",
                  counted(load.errors.size(), "mistake") +
                      (load.errors.empty()
                           ? ""
                           : ", the first: " + rules::format_error(load.errors.front())),
                  "mend the rules: primumctl rules check shows all mistakes")}};
}

std::string gate_text(const GateReport& report, const Painter& painter) {
    std::string out = fmt::format(
        "{}: the gate to enforce {}{}\n",
        printable(report.target),
        name_of(report.level),
        report.digest.empty() ? "" : " (" + report.digest.substr(0, short_digest) + ")");
    Table table{{"CONDITION", "RESULT", "FIGURE"}};
    for (const Condition& each : report.conditions) {
        table.add({{each.name},
                   {result_of(each),
                    each.met      ? Colour::green
                    : each.waived ? Colour::yellow
                                  : Colour::red},
                   {each.figure}});
    }
    out += table.render(painter);
    for (const Condition& each : report.conditions) {
        if (!each.passes()) {
            out += fmt::format("missing {}: {}{}\n",
                               each.name,
                               printable(each.missing),
                               is_waivable(each.name) ? " (may be waived)" : "");
        }
    }
    return out;
}

}  // namespace primum::ctl

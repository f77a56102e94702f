// SPDX-License-Identifier: MIT
#include "ctl/audit.hpp"
#include "ctl/counted.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::ctl {
namespace {

using replay::AuditCounts;
using replay::AuditReport;
using replay::AuditTarget;

// Differences and actions of one target that are listed; the JSON has all that there are.
constexpr std::size_t most_differences = 20;
constexpr std::size_t most_actions = 10;

std::string number(std::uint64_t count) {
    return count == 0 ? std::string{} : std::to_string(count);
}

std::uint64_t outcome(const AuditCounts& counts, Outcome which) {
    return counts.outcomes.at(static_cast<std::size_t>(which));
}

// "3 improved, 1 worse", of those that are not 0.
std::string outcomes_text(const std::array<std::uint64_t, replay::outcome_count>& counts) {
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts.at(i) > 0) {
            text += fmt::format("{}{} {}",
                                text.empty() ? "" : ", ",
                                counts.at(i),
                                i == 0 ? "without a verdict" : enum_names<Outcome>.at(i));
        }
    }
    return text.empty() ? "-" : text;
}

std::string name_of_target(const AuditTarget& target) {
    return target.host.empty() ? target.name : target.host + "/" + target.name;
}

void add_cost(Table& table, const AuditFindings& findings) {
    std::uint64_t actions = 0;
    double during = 0;
    for (const AuditTarget& target : findings.report.targets) {
        for (const auto& action : target.actions) {
            if (action.cost && !action.dry_run) {
                ++actions;
                during += action.cost->during;
            }
        }
    }
    table.add(
        {{"cost to users", Colour::dim},
         {actions == 0 ? std::string{"no series says so"}
                       : fmt::format("{:.6g} during {}", during, counted(actions, "action"))}});
}

std::string summary(const AuditFindings& findings, const Painter& painter) {
    const AuditReport& report = findings.report;
    const AuditCounts& total = report.total;
    std::string text = painter.paint("Audit of " + printable(findings.of), Colour::bold) + "\n";
    text += fmt::format("{} to {} UTC ({}): {} with an incident, {}, {}\n\n",
                        utc_text(report.from),
                        utc_text(report.to),
                        human_span(report.to - report.from),
                        counted(report.targets.size(), "target"),
                        counted(report.incidents, "incident"),
                        counted(report.decisions, "decision"));
    Table table{{"", ""}};
    const auto row = [&](const char* name, std::string said) {
        table.add({{name, Colour::dim}, {std::move(said)}});
    };
    row("would have acted", counted(total.would_act, "time"));
    row("acted",
        fmt::format(
            "{}{}",
            counted(total.acted, "time"),
            total.forced > 0 ? fmt::format(", and {} forced by people", total.forced) : ""));
    row("came of it", outcomes_text(total.outcomes));
    row("of what would have been", outcomes_text(total.dry_outcomes));
    row("held back",
        fmt::format("{} ({})", counted(report.guards.total(), "time"), guards_text(report.guards)));
    row("precision", share_text(total.precision()));
    row("improved by acting", share_text(total.improved()));
    row("recovered anyway", share_text(total.recovered_anyway()));
    row("time to detect",
        findings.has_first_signs ? spread_text(report.times.detect)
                                 : std::string{"a ledger does not keep first signs"});
    row("time to decide", spread_text(report.times.decide));
    row("to recover, acting", spread_text(report.times.recover_acted));
    row("to recover, doing nothing", spread_text(report.times.recover_waited));
    if (findings.has_first_signs) {
        add_cost(table, findings);
    } else {
        row("cost to users", "a ledger has no series");
    }
    if (findings.difference) {
        const auto& other = findings.difference->report;
        const AuditChanges changes = changes_of(other);
        row("against",
            fmt::format("{}: would have acted {}, now {}; {} alike, {} new, {} gone, {} changed",
                        printable(findings.difference->rules),
                        counted(other.first, "time"),
                        other.second,
                        other.same,
                        changes.appeared,
                        changes.gone,
                        changes.changed));
    }
    return text + table.render(painter);
}

std::string rungs_text(const std::array<AuditCounts, level_count>& rungs,
                       const Painter& painter,
                       std::size_t indent) {
    Table table{{"LEVEL",
                 "DETECTED",
                 "WOULD ACT",
                 "ACTED",
                 "IMPROVED",
                 "UNCHANGED",
                 "WORSE",
                 "ROLLED BACK",
                 "RECOVERED ANYWAY",
                 "PRECISION"}};
    for (std::size_t column = 1; column <= 8; ++column) {
        table.align_right(column);
    }
    for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
        const AuditCounts& rung = rungs.at(i);
        if (rung == AuditCounts{}) {
            continue;
        }
        table.add(
            {{std::string{name_of(static_cast<Level>(i))}, Colour::bold},
             {number(rung.detected)},
             {number(rung.would_act)},
             {number(rung.acted + rung.forced)},
             {number(outcome(rung, Outcome::improved))},
             {number(outcome(rung, Outcome::unchanged))},
             {number(outcome(rung, Outcome::worse))},
             {number(rung.rolled_back)},
             {number(rung.dry_outcomes.at(static_cast<std::size_t>(Outcome::recovered_anyway)))},
             {share_text(rung.precision())}});
    }
    return table.empty() ? std::string{} : table.render(painter, indent);
}

// "latency 0.4 -> 0.1, unit failed -> active": those that have moved.
std::string before_after(const replay::AuditAction& action) {
    std::string text;
    for (const EvidenceItem& before : action.before) {
        const auto after =
            std::find_if(action.after.begin(), action.after.end(), [&](const EvidenceItem& each) {
                return each.indicator == before.indicator;
            });
        if (after != action.after.end() && after->value != before.value) {
            text += fmt::format("{}{} {} -> {}",
                                text.empty() ? "" : ", ",
                                before.indicator,
                                before.value,
                                after->value);
        }
    }
    return text;
}

std::string actions_text(const AuditTarget& target, const Painter& painter) {
    Table table{{"WHEN (UTC)", "LEVEL", "ACTION", "OUTCOME", "JUDGED", "BEFORE -> AFTER", "COST"}};
    const std::size_t shown = std::min(target.actions.size(), most_actions);
    for (std::size_t i = target.actions.size() - shown; i < target.actions.size(); ++i) {
        const auto& action = target.actions.at(i);
        table.add({{utc_text(action.intended)},
                   word(std::string{name_of(action.level)}),
                   {(action.dry_run ? "would " : "") + action_text(action)},
                   word(result_text(action)),
                   {action.judged == ActionLabel::none
                        ? std::string{}
                        : fmt::format("{} ({})", name_of(action.judged), action.judged_for)},
                   {before_after(action)},
                   {action.cost ? cost_text(*action.cost) : std::string{}}});
    }
    std::string text = table.empty() ? std::string{} : table.render(painter, 2);
    if (shown < target.actions.size() + target.cut.actions) {
        text += fmt::format("  the newest {} of {}; --json and --html have more\n",
                            shown,
                            target.actions.size() + target.cut.actions);
    }
    return text;
}

std::string target_text(const AuditTarget& target, const Painter& painter) {
    std::string text =
        "\n" + painter.paint(printable(name_of_target(target)), Colour::bold) +
        fmt::format(": {}{}, peak {}, ill for {}{}{}\n",
                    counted(target.incidents, "incident"),
                    target.open > 0 ? fmt::format(" ({} open)", target.open) : "",
                    name_of(target.peak),
                    human_span(target.ill),
                    target.exhausted > 0 ? fmt::format(", exhausted {}", target.exhausted) : "",
                    target.relapsed > 0 ? fmt::format(", relapsed {}", target.relapsed) : "");
    text += rungs_text(target.rungs, painter, 2);
    text += fmt::format("  held back by: {}\n", guards_text(target.guards));
    text += fmt::format("  to recover: acting {}; doing nothing {}\n",
                        spread_text(target.times.recover_acted),
                        spread_text(target.times.recover_waited));
    return text + actions_text(target, painter);
}

std::string difference_text(const AuditDifference& difference, const Painter& painter) {
    std::string text =
        "\n" + painter.paint("Against " + printable(difference.rules), Colour::bold) + "\n";
    std::size_t shown = 0;
    for (std::size_t i = 0; i < difference.report.differences.size(); ++i) {
        if (shown++ == most_differences) {
            text += fmt::format("  and {} more; --json has all\n",
                                difference.report.differences.size() - most_differences);
            break;
        }
        const auto& one = difference.report.differences[i];
        text += "  " + printable(one.key()) + "\n      " + printable(one.evidence) + "\n";
    }
    return shown == 0 ? text + "  the same actions\n" : text;
}

std::string cuts_text(const AuditFindings& findings) {
    const replay::AuditCuts& cut = findings.report.cut;
    std::string text;
    if (cut.targets > 0) {
        text += "there were too many targets: some are counted together as (others)\n";
    }
    if (cut.incidents > 0) {
        text += fmt::format("too many incidents: {} are without times\n", cut.incidents);
    }
    if (cut.actions > 0) {
        text += fmt::format("too many actions: {} have no row of their own\n", cut.actions);
    }
    for (const std::string& remark : findings.remarks) {
        text += printable(remark) + "\n";
    }
    return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string audit_text(const AuditFindings& findings, const Painter& painter) {
    std::string text = summary(findings, painter);
    if (const std::string rungs = rungs_text(findings.report.rungs, painter, 0); !rungs.empty()) {
        text += "\n" + rungs;
    }
    if (findings.difference) {
        text += difference_text(*findings.difference, painter);
    }
    for (const AuditTarget& target : findings.report.targets) {
        text += target_text(target, painter);
    }
    return text + cuts_text(findings);
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/audit_page_parts.hpp"
#include "http/assets.hpp"
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace primum::ctl {
namespace {

using http::Html;
using replay::AuditReport;
using replay::AuditTarget;

// That of the status page; on paper it is always the light one.
std::string shared_style() {
    constexpr std::string_view dark = "@media (prefers-color-scheme: dark)";
    constexpr std::string_view dark_on_a_screen = "@media screen and (prefers-color-scheme: dark)";
    std::string style;
    for (const http::Asset& asset : http::own_assets()) {
        style = asset.name == "page.css" ? std::string{asset.body} : style;
    }
    if (const std::size_t at = style.find(dark); at != std::string::npos) {
        style.replace(at, dark.size(), dark_on_a_screen);
    }
    return style;
}

void put_head(Html& html, const AuditFindings& findings) {
    html.open("head");
    html.empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.empty("meta",
               {{"http-equiv", "Content-Security-Policy"},
                {"content", "default-src 'none'; style-src 'unsafe-inline'"}});
    html.element("title", "primum: audit of " + findings.of);
    html.open("style");
    html.append(shared_style()).append(std::string{audit_style()});
    html.close().close();
}

void put_tile(Html& html, std::string_view name, std::string_view figure, std::string_view more) {
    html.open("div", {{"class", "tile"}});
    html.element("dt", name);
    html.open("dd").element("strong", figure);
    if (!more.empty()) {
        html.element("span", {{"class", "more"}}, more);
    }
    html.close().close();
}

std::string percent(const replay::Share& share) {
    const std::string text = share_text(share);
    return text.substr(0, text.find(" ("));
}

// What stands in the brackets of share_text() and spread_text().
std::string brackets(const std::string& text) {
    const std::size_t begin = text.find(" (");
    return begin == std::string::npos ? std::string{}
                                      : text.substr(begin + 2, text.size() - begin - 3);
}

std::string first_words(const std::string& text) {
    return text.substr(0, text.find(" ("));
}

void put_summary(Html& html, const AuditFindings& findings) {
    const AuditReport& report = findings.report;
    const auto& total = report.total;
    http::begin_section(html, "summary", "In short");
    html.open("dl", {{"class", "tiles"}});
    put_tile(html,
             "Incidents",
             std::to_string(report.incidents),
             fmt::format("of {}", http::count_text(report.targets.size(), "target")));
    put_tile(html, "Would have acted", std::to_string(total.would_act), "times, in dry-run");
    put_tile(html,
             "Acted",
             std::to_string(total.acted + total.forced),
             total.forced > 0 ? fmt::format("{} forced by people", total.forced) : "times");
    put_tile(html, "Held back", std::to_string(report.guards.total()), "times, by a guard");
    put_tile(
        html,
        "Precision",
        percent(total.precision()),
        total.precision().of == 0 ? "nothing was judged" : brackets(share_text(total.precision())));
    put_tile(html,
             "Improved by acting",
             percent(total.improved()),
             total.improved().of == 0 ? "no real action has a verdict"
                                      : brackets(share_text(total.improved())));
    put_tile(html,
             "Recovered anyway",
             percent(total.recovered_anyway()),
             total.recovered_anyway().of == 0 ? "no dry-run has a verdict"
                                              : brackets(share_text(total.recovered_anyway())));
    put_tile(html,
             "Time to detect",
             findings.has_first_signs ? first_words(spread_text(report.times.detect)) : "-",
             findings.has_first_signs ? brackets(spread_text(report.times.detect))
                                      : "a ledger does not keep first signs");
    html.close();
    if (report.breaker_trips + report.sources_failed + report.holds > 0) {
        html.element(
            "p",
            fmt::format("Breakers tripped {}, sources failed {}, people held or disabled {}.",
                        http::count_text(report.breaker_trips, "time"),
                        http::count_text(report.sources_failed, "time"),
                        http::count_text(report.holds, "time")));
    }
    html.close();
}

// Those of which there is most to tell first.
std::vector<const AuditTarget*> by_weight(const AuditReport& report) {
    std::vector<const AuditTarget*> targets;
    for (const AuditTarget& target : report.targets) {
        targets.push_back(&target);
    }
    const auto weight = [](const AuditTarget* target) {
        const auto counts = target->counts();
        return std::tuple{counts.acted + counts.forced, counts.would_act, target->incidents};
    };
    std::stable_sort(targets.begin(), targets.end(), [&](const auto* a, const auto* b) {
        return weight(a) > weight(b);
    });
    return targets;
}

void put_all_targets(Html& html,
                     const std::vector<const AuditTarget*>& targets,
                     const PageBounds& bounds) {
    http::begin_section(html, "targets", "Targets");
    const std::size_t shown = std::min(targets.size(), bounds.rows);
    http::begin_table(
        html,
        shown == targets.size()
            ? "Each target that had an incident, those with most actions first"
            : fmt::format("The {} targets with most actions, of {}", shown, targets.size()),
        {"Target", "Incidents", "Peak", "Ill for", "Would act", "Acted", "Held back", "Precision"});
    for (std::size_t i = 0; i < shown; ++i) {
        const AuditTarget& target = *targets[i];
        const auto counts = target.counts();
        html.open("tr").open("th", {{"scope", "row"}});
        const std::string name =
            target.host.empty() ? target.name : target.host + "/" + target.name;
        if (i < bounds.targets) {
            html.element("a", {{"href", fmt::format("#target-{}", i)}}, name);
        } else {
            html.text(name);
        }
        html.close();
        const auto number = [&](std::uint64_t value) {
            html.element("td", {{"class", "number"}}, std::to_string(value));
        };
        number(target.incidents);
        html.open("td");
        http::put_level(html, target.peak);
        html.close();
        html.element("td", {{"class", "number"}}, http::span_text(target.ill));
        number(counts.would_act);
        number(counts.acted + counts.forced);
        number(target.guards.total());
        html.element("td", {{"class", "number"}}, share_text(counts.precision())).close();
    }
    http::end_table(html);
    html.close();
}

void put_footer(Html& html, const AuditFindings& findings, std::size_t untold) {
    const auto& cut = findings.report.cut;
    html.open("footer");
    html.element("p",
                 fmt::format("Made by primumctl {} on {} UTC. All times are UTC. Shares stand with "
                             "their 95 % interval, medians with how many there were and the "
                             "interval that holds the true one with 95 %.",
                             PRIMUM_VERSION,
                             utc_text(findings.made)));
    if (untold > 0) {
        html.element("p",
                     fmt::format("{} without a section of their own: the page is bounded. "
                                 "primumctl audit --target NAME shows one of them.",
                                 http::count_text(untold, "more target")));
    }
    if (cut.any()) {
        html.element("p",
                     fmt::format("Counted, but not listed: {}, {}, {}, {}.",
                                 http::count_text(cut.targets, "target"),
                                 http::count_text(cut.incidents, "incident"),
                                 http::count_text(cut.actions, "action"),
                                 http::count_text(cut.steps, "step")));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(findings.remarks.size(), 20); ++i) {
        html.element("p", findings.remarks[i]);
    }
    html.close();
}

std::string page_within(const AuditFindings& findings, const PageBounds& bounds) {
    const AuditReport& report = findings.report;
    const auto targets = by_weight(report);
    const std::size_t told = std::min(targets.size(), bounds.targets);
    Html html;
    html.doctype().open("html", {{"lang", "en"}});
    put_head(html, findings);
    html.open("body", {{"class", "audit"}});
    html.open("header", {{"class", "bar"}});
    html.element("p", {{"class", "host"}}, "primum");
    html.element("p", {{"class", "as-of"}}, "as of " + utc_text(findings.made) + " UTC");
    html.close().open("main");
    html.element("h1", "Audit of " + findings.of);
    html.element("p",
                 {{"class", "lead range"}},
                 fmt::format("{} to {} UTC ({}), {} on record",
                             utc_text(report.from),
                             utc_text(report.to),
                             http::span_text(report.to - report.from),
                             http::count_text(report.decisions, "decision")));
    put_summary(html, findings);
    if (findings.difference) {
        put_difference(html, *findings.difference, bounds);
    }
    if (report.targets.empty()) {
        html.element("p", {{"class", "calm"}}, "Nothing was ill in this time.");
    } else {
        put_levels(html, findings);
        put_recovery(html, findings);
        put_guards(html, findings);
        put_all_targets(html, targets, bounds);
        for (std::size_t i = 0; i < told; ++i) {
            put_target(html, *targets[i], findings, bounds, i);
        }
    }
    html.close();
    put_footer(html, findings, targets.size() - told);
    html.close().close();
    return html.take();
}

}  // namespace

std::string audit_page(const AuditFindings& findings) {
    PageBounds bounds;
    std::string page = page_within(findings, bounds);
    // Nothing of it is without a bound: at the least ones it is a few dozen kilobytes.
    while (page.size() > audit_page_limit && bounds.targets > 1) {
        bounds = bounds.halved();
        page = page_within(findings, bounds);
    }
    return page;
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "http/overview_parts.hpp"
#include "http/pages_html.hpp"
#include "http/timeline.hpp"
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace primum::http {
namespace {

using Explained = std::map<std::string_view, const Explanation*>;

void put_next(Html& html, const Explanation* explanation, const Stamp& now) {
    if (explanation == nullptr) {
        html.text("–");
        return;
    }
    html.text(explanation->next.empty() ? "nothing" : explanation->next);
    if (explanation->next_at) {
        html.open("span", {{"class", "when"}}).text(", not before ");
        put_time(html, wall_of(*explanation->next_at, now), now.wall);
        html.close();
    }
}

void put_flags(Html& html, const TargetSummary& target) {
    const auto flag = [&](bool is_set, std::string_view text) {
        if (is_set) {
            html.text(" ").element("span", {{"class", "flag"}}, text);
        }
    };
    flag(target.held, "held");
    flag(target.disabled, "disabled");
    flag(target.flapping, "flapping");
    flag(target.breaker, "breaker tripped");
}

void put_name(Html& html, const TargetSummary& target) {
    html.open("th", {{"scope", "row"}});
    html.element("a", {{"href", "/targets/" + url_segment(target.name)}}, target.name);
    put_flags(html, target);
    if (!target.unit.empty() && target.unit != target.name) {
        html.element("span", {{"class", "unit"}}, target.unit);
    }
    html.close();
}

void put_ill_row(Html& html,
                 const TargetSummary& target,
                 const Explanation* why,
                 const Stamp& now) {
    html.open("tr");
    put_name(html, target);
    html.open("td");
    put_level(html, target.level);
    html.close().open("td");
    put_severity(html, target.severity);
    html.close().open("td");
    put_word(html, name_of(target.phase));
    html.close().element("td", spaced(target.reason)).open("td", {{"class", "next"}});
    put_next(html, why, now);
    html.close().open("td");
    if (target.incident != 0) {
        html.element("a",
                     {{"href", fmt::format("/incidents/{}", target.incident)}},
                     fmt::format("#{}", target.incident));
        html.element("span", {{"class", "unit"}}, name_of(target.sev));
        if (target.acknowledged) {
            html.element("span", {{"class", "unit"}}, "acknowledged");
        }
    }
    html.close().close();
}

void put_ill(Html& html, const OverviewData& data, const std::vector<TargetSummary>& ill) {
    html.open("section", {{"aria-labelledby", "ill"}, {"class", "ill"}});
    html.element("h2", {{"id", "ill"}}, "Ill targets");
    if (ill.empty()) {
        html.element("p", {{"class", "calm"}}, "None.").close();
        return;
    }
    Explained explained;
    for (const auto& each : data.explained) {
        explained.emplace(each.target.name, &each);
    }
    begin_table(html,
                ill.size() > max_ill_shown
                    ? fmt::format("The worst {} of {}", max_ill_shown, ill.size())
                    : "The worst first, with what primum does next",
                {"Target", "Level", "Severity", "Phase", "Why", "What comes next", "Incident"});
    for (std::size_t i = 0; i < std::min(ill.size(), max_ill_shown); ++i) {
        const auto found = explained.find(ill[i].name);
        put_ill_row(html, ill[i], found != explained.end() ? found->second : nullptr, data.now);
    }
    end_table(html);
    html.close();
}

void put_pager(Html& html, const OverviewData& data, std::size_t pages) {
    if (pages <= 1) {
        return;
    }
    const auto link = [&](std::size_t page, std::string_view text) {
        html.element("a", {{"href", fmt::format("/?page={}#well", page)}}, text);
    };
    html.open("nav", {{"aria-label", "Pages of the targets that are well"}, {"class", "pager"}});
    if (data.page > 1) {
        link(data.page - 1, "Back");
    }
    html.element("span", fmt::format("Page {} of {}", data.page, pages));
    if (data.page < pages) {
        link(data.page + 1, "Next");
    }
    html.close();
}

void put_well(Html& html, const OverviewData& data) {
    std::vector<const TargetSummary*> well;
    for (const auto& target : data.targets) {
        if (target.level == Level::steady) {
            well.push_back(&target);
        }
    }
    begin_section(html, "well", "Targets that are well");
    if (well.empty()) {
        html.element("p", {{"class", "calm"}}, "None.").close();
        return;
    }
    const auto pages = (well.size() + targets_per_page - 1) / targets_per_page;
    const auto page = std::min(data.page, pages);
    if (data.page > 1) {
        html.open("details", {{"id", "well-table"}, {"open", ""}});
    } else {
        html.open("details", {{"id", "well-table"}});
    }
    html.element("summary", count_text(well.size(), "target"));
    begin_table(html, "At level 0, by name", {"Target", "Severity", "Mode"});
    const auto first = (page - 1) * targets_per_page;
    for (auto i = first; i < std::min(first + targets_per_page, well.size()); ++i) {
        html.open("tr");
        put_name(html, *well[i]);
        html.open("td");
        put_severity(html, well[i]->severity);
        html.close().element("td", mode_text(*well[i])).close();
    }
    end_table(html);
    put_pager(html, data, pages);
    html.close().close();
}

}  // namespace

std::vector<TargetSummary> ill_of(const std::vector<TargetSummary>& targets) {
    std::vector<TargetSummary> ill;
    std::copy_if(targets.begin(), targets.end(), std::back_inserter(ill), [](const auto& target) {
        return target.level != Level::steady;
    });
    std::stable_sort(ill.begin(), ill.end(), [](const auto& a, const auto& b) {
        return a.level != b.level ? a.level > b.level : a.severity > b.severity;
    });
    return ill;
}

void put_happened(Html& html,
                  const Happened& happened,
                  std::chrono::minutes back,
                  WallTime to,
                  std::string_view target) {
    html.open("section", {{"aria-labelledby", "timeline"}, {"class", "story"}});
    html.element("h2", {{"id", "timeline"}}, "What happened");
    html.open("p", {{"class", "choices"}}).text("The last ");
    for (const auto choice : timeline_choices) {
        const auto text = choice < std::chrono::hours{1}
                              ? fmt::format("{} minutes", choice.count())
                              : count_text(static_cast<std::size_t>(choice.count() / 60), "hour");
        if (choice == back) {
            html.element("strong", text);
        } else {
            html.element("a", {{"href", fmt::format("?minutes={}", choice.count())}}, text);
        }
        html.text(" ");
    }
    html.close();
    if (happened) {
        put_timeline(html, timeline_of(**happened, to - back, to, target));
    } else {
        html.element("p", {{"class", "problem"}}, happened.error());
    }
    html.close();
}

std::string overview_html(const OverviewData& data) {
    const auto ill = ill_of(data.targets);
    Html html;
    put_state(html, data, ill.size());
    put_ill(html, data, ill);
    put_breakers(html, data.host.breakers, data.now);
    put_holds(html, data.host.holds, data.now);
    put_happened(html, data.happened, data.back, data.now.wall, {});
    put_well(html, data);
    put_sources(html, data.sources, data.now);
    put_providers(html, data.providers, data.now);
    return html.take();
}

}  // namespace primum::http

// SPDX-License-Identifier: MIT
#include "http/pages_html.hpp"
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>

namespace primum::http {
namespace {

constexpr std::size_t max_shown = 500;  // decisions, actions or transitions of one incident

void put_target(Html& html, std::string_view target) {
    if (target.starts_with("source:")) {
        html.text(target);
    } else {
        html.element("a", {{"href", "/targets/" + url_segment(target)}}, target);
    }
}

void put_times(Html& html, const RestoredIncident& row, WallTime now) {
    html.open("td");
    put_time(html, row.opened.at.wall, now);
    html.close().open("td");
    if (row.incident.open) {
        html.element("strong", "open");
    } else {
        put_time(html, row.closed.at.wall, now);
    }
    html.close();
}

std::string counted(std::string_view what, std::size_t count) {
    return count > max_shown ? fmt::format("{}; the last {} of {}", what, max_shown, count)
                             : std::string{what};
}

std::string took_text(Duration took) {
    return took.count() == 0 ? "" : took < std::chrono::seconds{1} ? "under 1s" : span_text(took);
}

template <class T>
std::span<const T> last_of(const std::vector<T>& all) {
    return std::span{all}.last(std::min(all.size(), max_shown));
}

void put_acknowledged(Html& html, const IncidentRecord& incident, WallTime now) {
    html.open("div").element("dt", "Acknowledged").open("dd");
    if (incident.acknowledged == Stamp{}) {
        html.text("by nobody");
    } else {
        put_time(html, incident.acknowledged.wall, now);
        html.text(fmt::format(" by uid {}", incident.acknowledged_by));
    }
    if (incident.overdue > 0) {
        html.text(fmt::format(", paged again {}", count_text(incident.overdue, "time")));
    }
    html.close().close();
}

void put_decisions(Html& html, const IncidentPage& page, WallTime now) {
    begin_section(html, "decisions", "What was decided");
    begin_table(html,
                counted("In the order in which it happened", page.decisions.size()),
                {"When", "Level", "Decided", "Why", "Evidence", "Guards against it"});
    for (const auto& decision : last_of(page.decisions)) {
        html.open("tr").open("td");
        put_time(html, decision.at.wall, now);
        html.close().open("td");
        put_level(html, decision.level);
        html.close().open("th", {{"scope", "row"}});
        put_word(html, name_of(decision.kind));
        html.text(decision.dry_run ? " (dry-run)" : "").close().open("td");
        html.text(spaced(decision.reason));
        html.text(decision.detail.empty() ? "" : ": ").text(decision.detail).close();
        html.open("td").open("ul", {{"class", "inline"}});
        for (const auto& item : decision.evidence) {
            html.open("li").text(item.indicator).text(" ");
            put_severity(html, item.severity);
            html.text(" ").text(item.value).text(item.why.empty() ? "" : ", ").text(item.why);
            html.close();
        }
        html.close().close().open("td").open("ul", {{"class", "inline"}});
        for (const auto& guard : decision.guards) {
            if (guard.verdict == Verdict::veto) {
                html.open("li").text(spaced(name_of(guard.guard)));
                html.text(guard.detail.empty() ? "" : ": ").text(guard.detail).close();
            }
        }
        html.close().close().close();
    }
    end_table(html);
    html.close();
}

void put_actions(Html& html, const IncidentPage& page, WallTime now) {
    begin_section(html, "actions", "What was done");
    if (page.actions.empty()) {
        html.element("p", {{"class", "calm"}}, "Nothing.").close();
        return;
    }
    begin_table(html,
                counted("Actions, and how to take them back", page.actions.size()),
                {"Begun", "Level", "Action", "State", "Result", "Outcome", "To undo it"});
    for (const auto& row : last_of(page.actions)) {
        html.open("tr").open("td");
        put_time(html, row.intended.at.wall, now);
        html.close().open("td");
        put_level(html, row.action.level);
        html.close().open("th", {{"scope", "row"}}).text(row.action.kind);
        html.text(row.action.candidate.empty() ? "" : " to ").text(row.action.candidate);
        html.text(row.action.dry_run ? " (dry-run)" : "");
        html.element("span", {{"class", "unit"}}, row.action.id).close();
        for (const auto name : {name_of(row.state), name_of(row.result), name_of(row.outcome)}) {
            html.open("td");
            put_word(html, name);
            html.close();
        }
        html.open("td");
        if (row.action.way_back == WayBack::none || row.action.dry_run ||
            row.state == ActionState::rolled_back) {
            html.text("–");
        } else {
            put_command(html, fmt::format("primumctl rollback {} --reason \"...\"", row.action.id));
        }
        html.close().close();
    }
    end_table(html);
    html.close();
}

void put_transitions(Html& html, const IncidentPage& page, WallTime now) {
    if (page.transitions.empty()) {
        return;
    }
    begin_section(html, "steps", "Each action's steps");
    begin_table(html,
                counted("As they were recorded", page.transitions.size()),
                {"When", "Action", "State", "Result", "Why", "Took"});
    for (const auto& step : last_of(page.transitions)) {
        html.open("tr").open("td");
        put_time(html, step.at.wall, now);
        html.close().element("th", {{"scope", "row"}}, step.action).open("td");
        put_word(html, name_of(step.state));
        html.close().open("td");
        put_word(
            html,
            step.state == ActionState::verified ? name_of(step.outcome) : name_of(step.result));
        html.close().open("td").text(spaced(step.reason));
        html.text(step.detail.empty() ? "" : ": ").text(step.detail);
        if (!step.facts.conflict.empty()) {
            html.element("pre", step.facts.conflict);
        }
        html.close().element("td", took_text(step.took)).close();
    }
    end_table(html);
    html.close();
}

}  // namespace

std::string incidents_html(const std::vector<RestoredIncident>& rows,
                           std::uint64_t before,
                           const Stamp& now) {
    Html html;
    html.element("h1", "Incidents");
    if (rows.empty()) {
        html.element("p",
                     {{"class", "calm"}},
                     before == 0 ? "There has been none yet." : "There are no older ones.");
        return html.take();
    }
    begin_table(
        html,
        before == 0 ? "The newest first" : "Older ones, the newest first",
        {"Incident", "Target", "Severity", "Opened", "Closed", "Highest level", "Phase", "Why"});
    for (const auto& row : rows) {
        const auto& incident = row.incident;
        html.open("tr").open("th", {{"scope", "row"}});
        html.element("a",
                     {{"href", fmt::format("/incidents/{}", incident.id)}},
                     fmt::format("#{}", incident.id));
        html.text(incident.dry_run ? " (dry-run)" : "").close().open("td");
        put_target(html, incident.target);
        html.close().element("td", {{"class", "number"}}, name_of(incident.sev));
        put_times(html, row, now.wall);
        html.open("td");
        put_level(html, incident.peak);
        html.close().open("td");
        put_word(html, incident.open ? name_of(incident.phase) : "closed");
        html.close().element("td", spaced(incident.reason)).close();
    }
    end_table(html);
    html.open("nav", {{"aria-label", "More incidents"}, {"class", "pager"}});
    if (before != 0) {
        html.element("a", {{"href", "/incidents"}}, "Newest");
    }
    if (rows.size() >= incidents_per_page) {
        html.element(
            "a", {{"href", fmt::format("/incidents?before={}", rows.back().incident.id)}}, "Older");
    }
    html.close();
    return html.take();
}

std::string incident_html(const IncidentPage& page, const Stamp& now) {
    const auto& incident = page.incident.incident;
    Html html;
    html.open("section",
              {{"class", incident.open ? "state target ill" : "state target"},
               {"aria-labelledby", "state"}});
    html.open("h1", {{"id", "state"}}).text(fmt::format("Incident #{}: ", incident.id));
    put_target(html, incident.target);
    html.close();
    html.open("p", {{"class", "lead"}});
    html.text(incident.open ? "Open since " : "From ");
    put_time(html, page.incident.opened.at.wall, now.wall);
    if (!incident.open) {
        html.text(" to ");
        put_time(html, page.incident.closed.at.wall, now.wall);
        html.text(fmt::format(
            ", {}", span_text(page.incident.closed.at.wall - page.incident.opened.at.wall)));
    }
    html.close();
    html.open("dl", {{"class", "facts"}});
    html.open("div").element("dt", "Severity").element("dd", name_of(incident.sev)).close();
    html.open("div").element("dt", "Highest level").open("dd");
    put_level(html, incident.peak);
    html.close().close();
    html.open("div").element("dt", incident.open ? "Phase" : "How it ended").open("dd");
    put_word(html, incident.open ? name_of(incident.phase) : std::string_view{incident.reason});
    html.close().close();
    html.open("div").element("dt", "Actions").open("dd");
    html.text(std::to_string(page.actions.size()));
    html.text(incident.dry_run ? ", dry-run only" : "").close().close();
    put_acknowledged(html, incident, now.wall);
    if (incident.open && (!incident.exhausted_code.empty() || incident.overdue > 0)) {
        html.open("div").element("dt", "To acknowledge it").open("dd");
        put_command(html, fmt::format("primumctl ack {} --reason \"...\"", incident.id));
        html.close().close();
    }
    html.close().close();
    put_actions(html, page, now.wall);
    put_decisions(html, page, now.wall);
    put_transitions(html, page, now.wall);
    return html.take();
}

}  // namespace primum::http

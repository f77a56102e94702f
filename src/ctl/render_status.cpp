// SPDX-License-Identifier: MIT
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

namespace primum::ctl {
namespace {

constexpr std::size_t short_digest = 12;
constexpr std::size_t errors_shown = 3;

// The block of "name  value" lines at the top.
class Facts {
public:
    explicit Facts(const Painter& painter) : painter_(painter) {}

    void add(std::string_view name, std::string_view value, Colour colour = Colour::plain) {
        constexpr std::size_t before = 13;
        std::string text = printable(value);
        if (painter_.columns() > before) {
            text = shortened(text, painter_.columns() - before);
        }
        out_ += fmt::format("{:<11}  {}\n", name, painter_.paint(text, colour));
    }
    void more(std::string_view value, Colour colour = Colour::plain) { add("", value, colour); }

    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    const Painter& painter_;
    std::string out_;
};

// What keeps everything from acting, each in words; empty where nothing does.
std::vector<std::string> stoppers_of(const Document& status) {
    std::vector<std::string> found;
    const Json daemon = status.root()["daemon"];
    const Json host = status.root()["host"];
    for (const char* const place : {"run", "etc"}) {
        if (daemon[fmt::format("off_switch_{}", place)].flag()) {
            found.push_back(fmt::format("OFF: /{}/primum/disabled is there; nothing acts", place));
        }
    }
    const std::vector<Json> holds = host["holds"].items();
    const bool disabled_all = std::any_of(holds.begin(), holds.end(), [](const Json& hold) {
        return hold["disable"].flag() && hold["target"].text().empty();
    });
    if (found.empty() && (disabled_all || host["disabled"].flag())) {
        found.emplace_back("OFF: disabled by an operator; nothing acts");
    }
    for (const Json& breaker : host["breakers"].items()) {
        const std::string target = breaker["target"].text();
        found.push_back(fmt::format("BREAKER TRIPPED {}: {} ({}); primumctl reset-breaker{}",
                                    target.empty() ? "for the host" : "for " + target,
                                    breaker["reason"].text(),
                                    breaker["detail"].text(),
                                    target.empty() ? "" : " " + target));
    }
    return found;
}

void add_state(Facts& facts, const Document& status) {
    const std::string mode = status.root().at("host.mode").text();
    const std::vector<std::string> stoppers = stoppers_of(status);
    const bool host_stopped = std::any_of(stoppers.begin(), stoppers.end(), [](const auto& each) {
        return each.starts_with("OFF") || each.starts_with("BREAKER TRIPPED for the host");
    });
    std::string_view name = "state";
    for (const std::string& stopper : stoppers) {
        facts.add(name, stopper, Colour::red);
        name = "";
    }
    if (host_stopped) {
        return;
    }
    if (mode == name_of(Mode::enforce)) {
        facts.add(name, "acting (mode enforce)", Colour::bold);
    } else if (mode == name_of(Mode::dry_run)) {
        facts.add(name, "dry-run: decides, and does nothing (mode dry_run)", Colour::cyan);
    } else {
        facts.add(name, fmt::format("observing: does nothing (mode {})", mode), Colour::cyan);
    }
}

void add_rules(Facts& facts, const Document& status) {
    const Json reload = status.root().at("daemon.reload");
    const std::string digest = status.root().at("host.rules_digest").text().substr(0, short_digest);
    const std::string shown = digest.empty() ? "none in force" : digest;
    if (!reload["ever"].flag()) {
        facts.add("rules", shown);
        return;
    }
    const auto at = reload["at_wall_us"].wall();
    if (reload["ok"].flag()) {
        facts.add("rules",
                  fmt::format("{}, last reload ok{}, {}",
                              shown,
                              reload["unchanged"].flag() ? " (unchanged)" : "",
                              when_text(at, status.now())));
        return;
    }
    const std::vector<Json> errors = reload["errors"].items();
    facts.add("rules",
              fmt::format("{}, LAST RELOAD FAILED with {} mistake{}, {}; the old rules stay",
                          shown,
                          errors.size(),
                          errors.size() == 1 ? "" : "s",
                          when_text(at, status.now())),
              Colour::red);
    for (std::size_t i = 0; i < std::min(errors.size(), errors_shown); ++i) {
        facts.more(errors[i].text(), Colour::red);
    }
    if (errors.size() > errors_shown) {
        facts.more(fmt::format("... and {} more: primumctl rules check shows them all",
                               errors.size() - errors_shown));
    }
}

void add_budget(Facts& facts, const Json& host) {
    const Json budget = host["host_budget"];
    const std::int64_t used = host["host_actions_used"].number();
    const std::int64_t most = budget["actions"].number();
    facts.add(
        "budget",
        fmt::format("{} of {} actions used in {}", used, most, human_span(budget["per_us"].span())),
        used >= most ? Colour::yellow : Colour::plain);
}

void add_counts(Facts& facts, const Json& counts) {
    std::string text = fmt::format("{}", counts["targets"].number());
    std::string_view separator = ": ";
    for (const std::string_view level : enum_names<Level>) {
        if (const std::int64_t count = counts[level].number(); count > 0) {
            text += fmt::format("{}{} {}", separator, count, level);
            separator = ", ";
        }
    }
    facts.add("targets", text);
    if (const std::int64_t count = counts["held_back"].number(); count > 0) {
        facts.add("held back",
                  fmt::format("{} enforce{} less than the rules ask for: primumctl list says why",
                              count,
                              count == 1 ? "s" : ""));
    }
}

// Which actions are not judged yet, newest first.
void add_in_flight(Facts& facts, const Document& status, const Document* actions) {
    const std::int64_t count = status.root().at("host.in_flight").number();
    if (count == 0) {
        facts.add("in flight", "nothing");
        return;
    }
    std::string_view name = "in flight";
    for (const Json& row :
         actions == nullptr ? std::vector<Json>{} : actions->root()["actions"].items()) {
        const Json action = row["action"];
        const std::string state = row["state"].text();
        const bool open = state == name_of(ActionState::intended) ||
                          state == name_of(ActionState::started) ||
                          state == name_of(ActionState::finished);
        if (open && !action["dry_run"].flag()) {
            facts.add(name,
                      fmt::format("{}, {}, {}",
                                  action_name(action),
                                  state,
                                  when_text(action["intended"].wall(), status.now())),
                      Colour::yellow);
            name = "";
        }
    }
    if (!name.empty()) {
        facts.add(name, fmt::format("{} action{}", count, count == 1 ? "" : "s"), Colour::yellow);
    }
}

// Only ways of telling people that do not work now.
void add_notices(Facts& facts, const Json& daemon) {
    std::string_view name = "notices";
    for (const Json& channel : daemon["notices"].items()) {
        if (const std::string problem = channel["problem"].text(); !problem.empty()) {
            facts.add(name,
                      fmt::format("NOT DELIVERED to {}: {}; {} waiting, for up to {}",
                                  channel["channel"].text(),
                                  problem,
                                  channel["waiting"].number(),
                                  human_span(channel["oldest_us"].span())),
                      Colour::red);
            name = "";
        }
    }
}

std::string facts_text(const Document& status, const Document* actions, const Painter& painter) {
    const Json root = status.root();
    const Json host = root["host"];
    Facts facts{painter};
    add_state(facts, status);
    facts.add("primumd",
              fmt::format("{}, running since {}",
                          root.at("daemon.version").text(),
                          when_text(root.at("daemon.started_wall_us").wall(), status.now())));
    const bool healthy = host["ledger_healthy"].flag();
    facts.add("ledger",
              healthy ? "healthy" : "NOT WRITABLE: no remedy is applied until it is again",
              healthy ? Colour::green : Colour::red);
    add_rules(facts, status);
    if (const auto until = host["warm_up_until"].wall()) {
        facts.add("warming up", "until " + when_text(until, status.now()), Colour::yellow);
    }
    if (const std::string busy = host["busy"].text(); !busy.empty()) {
        facts.add("waiting for", busy, Colour::yellow);
    }
    add_budget(facts, host);
    add_counts(facts, root["counts"]);
    add_in_flight(facts, status, actions);
    add_notices(facts, root["daemon"]);
    return facts.take();
}

// One of the tables beneath, and how many of its rows are shown.
struct Section {
    Table table;
    std::size_t total = 0;
    std::size_t shown = 0;
    std::string_view where;  // the verb that shows the rest

    // Blank line, headings, rows, and a line for the rest.
    [[nodiscard]] std::size_t lines() const {
        return shown == 0 ? 0 : 2 + shown + (shown < total ? 1 : 0);
    }
};

std::string who(const Json& uid) {
    return fmt::format("uid {}", uid.number());
}

Section holds_section(const Document& status) {
    Section section{Table{{"HOLD", "KIND", "TARGET", "ENDS", "BY", "REASON"}}, 0, 0, "status"};
    section.table.align_right(0);
    for (const Json& hold : status.root().at("host.holds").items()) {
        const std::string target = hold["target"].text();
        section.table.add({{fmt::format("{}", hold["id"].number())},
                           {hold["disable"].flag() ? "disable" : "hold", Colour::yellow},
                           {target.empty() ? "all" : target},
                           {when_text(hold["until"].wall(), status.now())},
                           {who(hold["uid"])},
                           {hold["reason"].text()}});
        ++section.total;
    }
    return section;
}

// When the incident of each target opened.
std::map<std::int64_t, WallTime> openings(const StatusExtras& extras) {
    std::map<std::int64_t, WallTime> found;
    const Json root = extras.incidents ? extras.incidents->root() : Json{};
    for (const Json& row : root["incidents"].items()) {
        if (const auto opened = row.at("incident.opened").wall()) {
            found.emplace(row.at("incident.id").number(), *opened);
        }
    }
    return found;
}

std::string next_of(const std::string& target, const StatusExtras& extras, WallTime now) {
    const auto found = extras.explanations.find(target);
    if (found == extras.explanations.end()) {
        return {};
    }
    const Json explanation = found->second.root()["explanation"];
    const auto at = explanation["next_at"].wall();
    const std::string next = explanation["next"].text();
    return at.has_value() && *at > now ? fmt::format("{} {}", next, relative(*at, now)) : next;
}

Section ill_section(const Document& status, const StatusExtras& extras) {
    Section section{
        Table{{"ILL TARGET", "SEV", "LEVEL", "PHASE", "SINCE", "INCIDENT", "REASON", "NEXT"}},
        0,
        0,
        "list --ill"};
    const auto opened = openings(extras);
    for (const Json& target : status.root()["ill"].items()) {
        const std::int64_t incident = target["incident"].number();
        const auto since = opened.find(incident);
        const std::string sev = incident == 0 ? "" : target["sev"].text();
        section.table.add({{target["name"].text(), colour_of(target["severity"].text())},
                           {sev + (target["acknowledged"].flag() ? " seen" : ""),
                            sev == name_of(Sev::sev1) ? Colour::red : Colour::plain},
                           word(target["level"].text()),
                           word(target["phase"].text()),
                           {since == opened.end() ? "" : human_span(status.now() - since->second)},
                           {incident == 0 ? "" : fmt::format("{}", incident)},
                           {target["reason"].text()},
                           {next_of(target["name"].text(), extras, status.now())}});
        ++section.total;
    }
    return section;
}

Section sources_section(const Document& status, const StatusExtras& extras) {
    Section section{Table{{"FAILING SOURCE", "WHY", "LAST ANSWER"}}, 0, 0, "sources"};
    const Json root = extras.sources ? extras.sources->root() : Json{};
    for (const Json& source : root["sources"].items()) {
        const std::string why = source["error_class"].text();
        if (source["ok"].flag() || (why.empty() && !source["ever"].flag())) {
            continue;
        }
        section.table.add({{source["name"].text()},
                           {why, Colour::red},
                           {when_text(source["last"].wall(), status.now())}});
        ++section.total;
    }
    return section;
}

Section actions_section(const StatusExtras& extras) {
    Section section{Table{{"LAST ACTIONS", "ACTION", "TARGET", "WHAT", "RESULT"}}, 0, 0, "actions"};
    const Json root = extras.actions ? extras.actions->root() : Json{};
    for (const Json& row : root["actions"].items()) {
        const Json action = row["action"];
        section.table.add({{when_text(action["intended"].wall(), extras.actions->now())},
                           {fmt::format("{}", action["sequence"].number())},
                           {action["target"].text()},
                           {action_name(action)},
                           {action_result(row), colour_of_result(row)}});
        ++section.total;
    }
    return section;
}

// Gives each section as many rows as there is room for: first one each, in the order of `urgent`,
// then more.
void share(const std::vector<Section*>& urgent, std::size_t lines) {
    const auto fits = [&] {
        std::size_t used = 0;
        for (const Section* section : urgent) {
            used += section->lines();
        }
        return used <= lines;
    };
    const auto grow = [&](Section& section, std::size_t most) {
        while (section.shown < std::min(section.total, most)) {
            ++section.shown;
            if (!fits()) {
                --section.shown;
                return;
            }
        }
    };
    for (Section* section : urgent) {
        grow(*section, 1);
    }
    for (Section* section : urgent) {
        grow(*section, section->total);
    }
}

std::string text_of(const Section& section, const Painter& painter) {
    if (section.shown == 0) {
        return {};
    }
    std::string text = "\n" + section.table.render(painter, 0, section.shown);
    if (section.shown < section.total) {
        text += fmt::format(
            "... and {} more: primumctl {}\n", section.total - section.shown, section.where);
    }
    return text;
}

}  // namespace

std::string render_status(const Document& status,
                          const StatusExtras& extras,
                          const Painter& painter) {
    const std::string facts =
        facts_text(status, extras.actions ? &*extras.actions : nullptr, painter);
    Section holds = holds_section(status);
    Section ill = ill_section(status, extras);
    Section sources = sources_section(status, extras);
    Section actions = actions_section(extras);
    const auto used = static_cast<std::size_t>(std::count(facts.begin(), facts.end(), '\n')) + 1;
    const std::size_t room = extras.rows == 0     ? std::numeric_limits<std::size_t>::max()
                             : extras.rows > used ? extras.rows - used
                                                  : 0;
    share({&ill, &holds, &sources, &actions}, room);
    return facts + text_of(holds, painter) + text_of(ill, painter) + text_of(sources, painter) +
           text_of(actions, painter);
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

#include <array>

namespace primum::ctl {
namespace {

// What to do about a failure, in the order of SourceFailure.
constexpr std::array<std::string_view, enum_names<SourceFailure>.size()> advice{
    "",
    "look whether the other end hangs or is slow; timeout may be longer, up to the interval",
    "start what should listen there, or mend address and port",
    "look at the network, at a firewall, or at the path of the socket",
    "look at DNS, or name the address",
    "look at the certificate, and at ca_file, cert_file and key_file",
    "ask for the URL by hand; look at credentials and redirects",
    "look at the log of the other end: it may have crashed",
    "make the answer smaller, or max_bytes larger",
    "narrow the selectors, or raise max_series; look for a label that takes ever new values",
    "ask for it by hand, and look at the place that is named",
    "look whether the port belongs to the service that is meant",
    "look at systemd and the D-Bus broker",
    "look at the health of the other end",
    "look at the name; the thing may not be there yet",
    "give the user primum the right to read it, or the right credentials",
    "look at primum-actuator.socket",
    "look at each of its vantage points: one of them sees something else",
    "look at who should send",
    "look at the detail",
};

bool has_failed(const Json& source) {
    return !source["ok"].flag() && !source["error_class"].text().empty();
}

Cell state_cell(const Json& source) {
    if (source["ok"].flag()) {
        return {"ok", Colour::green};
    }
    if (has_failed(source)) {
        return {"failed: " + source["error_class"].text(), Colour::red};
    }
    return source["ever"].flag() ? Cell{"failed", Colour::red} : Cell{"no answer yet", Colour::dim};
}

std::string incident_text(const Json& source) {
    const auto incident = source["incident"].number();
    return incident == 0 ? std::string{} : fmt::format("{}", incident);
}

std::string age_text(const Json& instant, WallTime now) {
    const auto when = instant.wall();
    return when ? relative(*when, now) : std::string{};
}

std::string failure_text(const Json& source, WallTime now) {
    const Json figures = source["figures"];
    const auto when = figures["failed"].wall();
    return when ? fmt::format("{}, {}", figures["failure"].text(), relative(*when, now))
                : std::string{};
}

std::string bytes_text(std::int64_t bytes) {
    constexpr std::array<std::string_view, 4> units{"B", "KiB", "MiB", "GiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

// A value of a plan in one line; nothing where it has none.
std::string plan_text(const std::string& name, const Json& value) {
    std::string text = value.text();
    if (!text.empty()) {
        return text;
    }
    if (name == "agree" && value.present()) {
        return fmt::format("{} of {}", value["k"].number(), value["n"].number());
    }
    for (const Json& item : value.items()) {
        text += (text.empty() ? "" : ", ") + plan_text({}, item);
    }
    for (const auto& [key, member] : value.members()) {
        const auto inner = plan_text(key, member);
        if (!inner.empty()) {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, inner);
        }
    }
    if (!text.empty() || !value.present()) {
        return text;
    }
    if (name.ends_with("_us")) {
        return human_span(value.span());
    }
    return value.number() != 0 ? fmt::format("{}", value.number()) : value.flag() ? "yes" : "";
}

std::string without_unit(std::string name) {
    return name.ends_with("_us") ? name.substr(0, name.size() - 3) : name;
}

void add_rule(Table& table, const Json& rule) {
    const auto add = [&table](const std::string& name, const std::string& text) {
        if (!text.empty()) {
            table.add({{without_unit(name), Colour::dim}, {text}});
        }
    };
    add("url", rule["url"].text());
    for (const auto& [name, value] : rule["plan"].members()) {
        if (name != "access") {
            add(name, plan_text(name, value));
        }
    }
    for (const auto& [name, value] : rule.at("plan.access").members()) {
        add(name, plan_text(name, value));
    }
    const auto tries = rule.at("retries.attempts").number();
    add("interval", human_span(rule["interval_us"].span()));
    add("timeout", human_span(rule["timeout_us"].span()));
    add("tries",
        tries <= 1 ? "1"
                   : fmt::format("{}, {} to {} between them",
                                 tries,
                                 human_span(rule.at("retries.backoff_us").span()),
                                 human_span(rule.at("retries.max_us").span())));
    add("max_series", fmt::format("{}", rule["max_series"].number()));
}

void add_times(Table& table, const Json& source, WallTime now) {
    const Json figures = source["figures"];
    const auto add = [&table](const std::string& name, const std::string& text) {
        table.add({{name, Colour::dim}, {text}});
    };
    add("last good", when_text(source["last"].wall(), now));
    if (const auto failed = figures["failed"].wall()) {
        add("last failure",
            fmt::format("{}, {}", when_text(failed, now), figures["failure"].text()));
        add("detail", figures["failure_detail"].text());
    } else if (has_failed(source)) {
        add("last failure", source["error_class"].text());
        add("detail", source["error_detail"].text());
    }
    if (const auto since = figures["failing_since"].wall()) {
        add("failing since", when_text(since, now));
    }
    if (const auto incident = incident_text(source); !incident.empty()) {
        add("incident",
            fmt::format("{}, since {}", incident, when_text(source["since_wall_us"].wall(), now)));
    }
    if (const auto next = figures["next"].wall()) {
        add("next", relative(*next, now));
    }
}

std::string figures_text(const Json& source) {
    const Json figures = source["figures"];
    std::string text =
        fmt::format("  {}, of which {} failed; {}; {} read\n",
                    counted(figures["collections"].number(), "collection", "collections"),
                    figures["failures"].number(),
                    counted(figures["retries"].number(), "retry", "retries"),
                    bytes_text(figures["bytes"].number()));
    text += fmt::format("  {} of {} held, {} taken, {} refused, {} not whole\n",
                        figures["series"].number(),
                        counted(source.at("rule.max_series").number(), "series", "series"),
                        counted(figures["samples"].number(), "sample", "samples"),
                        figures["refused"].number(),
                        figures["partial"].number());
    text += fmt::format("  the last one took {}, and began {} late; the latest began {} late\n",
                        human_span(figures["took_us"].span()),
                        human_span(figures["late_us"].span()),
                        human_span(figures["latest_us"].span()));
    return text;
}

std::string uses_text(const Json& source, const Painter& painter) {
    Table table{{"USED BY", "INDICATOR", "STATE"}};
    for (const Json& use : source["used_by"].items()) {
        const auto provider = use["provider"].text();
        table.add({{provider.empty() ? use["target"].text() : "provider " + provider},
                   {use["name"].text()},
                   word(use["state"].text())});
    }
    return table.empty() ? "  no indicator uses it\n" : table.render(painter, 2);
}

}  // namespace

std::string render_sources(const Document& sources, const Painter& painter) {
    const std::vector<Json> rows = sources.root()["sources"].items();
    if (rows.empty()) {
        return "the rules in force have no source\n";
    }
    Table table{
        {"SOURCE", "KIND", "STATE", "ANSWERED", "SERIES", "LATEST", "LAST FAILURE", "INCIDENT"}};
    table.align_right(4);
    for (const Json& source : rows) {
        const Json figures = source["figures"];
        table.add({{source["name"].text()},
                   {source["kind"].text()},
                   state_cell(source),
                   {age_text(source["last"], sources.now())},
                   {fmt::format("{}", source["series"].number())},
                   {human_span(figures["latest_us"].span())},
                   {failure_text(source, sources.now())},
                   {incident_text(source)}});
    }
    return table.render(painter);
}

std::string render_source(const Document& document, const Painter& painter) {
    const Json source = document.root()["source"];
    const WallTime now = document.now();
    const Cell state = state_cell(source);
    std::string text = fmt::format("{}  {}  {}\n\n",
                                   painter.paint(printable(source["name"].text()), Colour::bold),
                                   printable(source["kind"].text()),
                                   painter.paint(printable(state.text), state.colour));
    Table rule{{"", ""}};
    add_rule(rule, source["rule"]);
    text += rule.render(painter, 2) + '\n';
    Table times{{"", ""}};
    add_times(times, source, now);
    text += times.render(painter, 2) + '\n' + figures_text(source);
    if (const auto note = source.at("figures.note").text(); !note.empty()) {
        text += "  " + printable(note) + '\n';
    }
    text += '\n' + uses_text(source, painter);
    if (has_failed(source)) {
        const auto failure = from_name<SourceFailure>(source["error_class"].text());
        text += fmt::format(
            "\nWhat to do: {}. The indicators above are unknown meanwhile: its "
            "targets are neither called ill nor healed on it.\n",
            advice.at(static_cast<std::size_t>(failure.value_or(SourceFailure::other))));
    }
    return text;
}

}  // namespace primum::ctl

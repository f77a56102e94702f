// SPDX-License-Identifier: MIT
#include "http/frame.hpp"

#include "http/words.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace primum::http {
namespace {

struct Link {
    std::string_view section;
    std::string_view path;
    std::string_view text;
};
constexpr std::array<Link, 2> links{
    {{"status", "/", "Status"}, {"incidents", "/incidents", "Incidents"}}};

void put_head(Html& html, const Frame& frame, const DaemonFacts& facts) {
    html.open("head");
    html.empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.element("title", fmt::format("{} – primum on {}", frame.title, facts.hostname));
    html.empty("link", {{"rel", "icon"}, {"type", "image/svg+xml"}, {"href", "/assets/icon.svg"}});
    html.empty("link", {{"rel", "stylesheet"}, {"href", "/assets/page.css"}});
    html.element("script", {{"src", "/assets/page.js"}}, "");
    if (frame.with_charts) {
        html.empty("link", {{"rel", "stylesheet"}, {"href", "/assets/dygraph.css"}});
        html.element("script", {{"src", "/assets/dygraph.js"}, {"defer", ""}}, "");
        html.element("script", {{"src", "/assets/charts.js"}, {"defer", ""}}, "");
    }
    html.close();
}

void put_bar(Html& html, const Frame& frame, const DaemonFacts& facts, const Stamp& now) {
    html.element("a", {{"class", "skip"}, {"href", "#main"}}, "To the content");
    html.open("header", {{"class", "bar"}});
    html.open("p", {{"class", "who"}}).element("strong", "primum").text(" on ");
    html.element("span", {{"class", "host"}}, facts.hostname).close();
    html.open("nav", {{"aria-label", "Pages"}}).open("ul");
    for (const auto& link : links) {
        html.open("li");
        if (link.section == frame.section) {
            html.element("a", {{"href", link.path}, {"aria-current", "page"}}, link.text);
        } else {
            html.element("a", {{"href", link.path}}, link.text);
        }
        html.close();
    }
    html.close().close();
    html.open("p", {{"class", "as-of"}, {"id", "as-of"}}).text("as of ");
    html.element("time",
                 {{"datetime", fmt::format("{}T{}Z", date_text(now.wall), clock_text(now.wall))}},
                 clock_text(now.wall));
    html.text(" UTC").close();
    // The script's own controls; without it they do nothing and are not shown.
    html.open("button", {{"type", "button"}, {"id", "theme"}, {"class", "theme"}, {"hidden", ""}});
    html.text("Dark").close();
    html.close();
    html.element("p", {{"class", "lost"}, {"id", "lost"}, {"role", "status"}}, "");
}

}  // namespace

Reply page(const Frame& frame,
           const DaemonFacts& facts,
           const Stamp& now,
           const std::string& main) {
    Html html;
    html.doctype().open("html", {{"lang", "en"}});
    put_head(html, frame, facts);
    html.open("body");
    put_bar(html, frame, facts, now);
    html.open("main", {{"id", "main"}, {"tabindex", "-1"}, {"data-change", frame.change}});
    html.append(main).close();
    html.open("footer");
    html.open("p");
    html.text(fmt::format("primumd {}, running since ", facts.version));
    put_time(html, facts.started, now.wall);
    html.text(". This page only shows; what is to be done is typed in a shell. All times UTC. ");
    html.element("a", {{"href", "/metrics"}}, "Metrics").text(" · ");
    html.element("a", {{"href", "/healthz"}}, "Health").close();
    html.close().close().close();
    return {frame.status, "text/html; charset=utf-8", html.take(), {{"Cache-Control", "no-store"}}};
}

Reply error_page(Frame frame, const DaemonFacts& facts, const Stamp& now, std::string_view text) {
    Html main;
    main.element("h1", frame.title).element("p", text);
    main.open("p").element("a", {{"href", "/"}}, "To the status").close();
    return page(std::move(frame), facts, now, main.take());
}

}  // namespace primum::http

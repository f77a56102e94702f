// SPDX-License-Identifier: MIT
#include "http/status_pages.hpp"

#include "event/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <functional>
#include <utility>

namespace primum::http {
namespace {

constexpr std::string_view targets_path = "/targets";
constexpr std::string_view incidents_path = "/incidents";
constexpr std::string_view assets_path = "/assets";
constexpr std::string_view charts_path = "/api/v1/charts";
constexpr std::string_view ledger_is_silent =
    "The ledger does not answer now: see the journal. All else on this page is as it is.";

template <class T>
std::optional<T> number_of(std::string_view text) {
    T value{};
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    return !text.empty() && error == std::errc{} && rest == end ? std::optional{value}
                                                                : std::nullopt;
}

template <class T>
T query_number(const Request& request, std::string_view name, T otherwise) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? otherwise
                                        : number_of<T>(found->second).value_or(otherwise);
}

std::chrono::minutes back_of(const Request& request) {
    const std::chrono::minutes wanted{
        query_number<std::uint32_t>(request, "minutes", timeline_usual.count())};
    const auto* found = std::find(std::begin(timeline_choices), std::end(timeline_choices), wanted);
    return found != std::end(timeline_choices) ? wanted : timeline_usual;
}

// What stands behind "TOP/"; empty for none.
std::string_view beneath(const Request& request, std::string_view top) {
    const std::string_view path = request.path;
    return path.size() > top.size() + 1 ? path.substr(top.size() + 1) : std::string_view{};
}

Reply json_reply(std::string body) {
    return {200, "application/json", std::move(body), {{"Cache-Control", "no-store"}}};
}

}  // namespace

StatusPages::StatusPages(Server& server,
                         systemd::EventLoop& loop,
                         const Clock& clock,
                         StatusPorts ports,
                         std::optional<ChartLibrary> charts)
    : server_(server),
      loop_(loop),
      clock_(clock),
      ports_(std::move(ports)),
      library_(std::move(charts)) {
    add_own_assets();
    add_chart_assets();
    const auto later = [this](std::string_view path, auto member) {
        server_.handle_beneath(std::string{path},
                               [this, member](const Request& request, const Answer& answer) {
                                   (this->*member)(request, answer);
                               });
    };
    later("/", &StatusPages::overview);
    later(targets_path, &StatusPages::target);
    later(incidents_path, &StatusPages::incidents);
    server_.handle_beneath(
        std::string{charts_path},
        [this](const Request& request, const Answer& answer) { answer(this->charts(request)); });
    server_.handle("/api/v1/changes", [this] { return changes(); });
    server_.handle_beneath(
        std::string{assets_path}, [this](const Request& request, const Answer& answer) {
            const auto found = assets_.find(beneath(request, assets_path));
            answer(found != assets_.end() ? asset_reply(found->second, request.if_none_match)
                                          : not_found("", "There is no such file."));
        });
}

StatusPages::~StatusPages() = default;

void StatusPages::add_own_assets() {
    for (const auto& asset : own_assets()) {
        assets_.emplace(asset.name, asset);
    }
}

// As long as this program runs, they are what they were when it started.
void StatusPages::add_chart_assets() {
    if (!library_) {
        return;
    }
    assets_.emplace("dygraph.js",
                    Asset{"dygraph.js",
                          "text/javascript; charset=utf-8",
                          library_->script,
                          library_->script_etag});
    assets_.emplace(
        "dygraph.css",
        Asset{"dygraph.css", "text/css; charset=utf-8", library_->style, library_->style_etag});
}

template <class T>
void StatusPages::ask(const std::function<void(LedgerAnswer<T>)>& question, LedgerAnswer<T> done) {
    struct Waiting {
        LedgerAnswer<T> done;
        systemd::LoopSource timer;

        void end(Result<T, std::string> answer) {
            if (auto call = std::exchange(done, nullptr)) {
                timer.reset();
                call(std::move(answer));
            }
        }
    };
    auto waiting = std::make_shared<Waiting>();
    waiting->done = [alive = std::weak_ptr{alive_},
                     done = std::move(done)](Result<T, std::string> answer) {
        if (!alive.expired()) {
            done(std::move(answer));
        }
    };
    waiting->timer = loop_.at(clock_.now().t + ledger_patience, [watched = std::weak_ptr{waiting}] {
        if (const auto late = watched.lock()) {
            late->end(fail(std::string{ledger_is_silent}));
        }
    });
    question([waiting](Result<T, std::string> answer) { waiting->end(std::move(answer)); });
}

void StatusPages::happened(std::chrono::minutes back, Story story) {
    auto& told = told_[back];
    const auto now = clock_.now();
    const bool fresh = told.happened && told.change == change_ && now.t - told.at < ledger_keeps;
    if (fresh) {
        story(told.happened);
        return;
    }
    told.waiting.push_back(std::move(story));
    if (told.waiting.size() > 1) {
        return;  // the answer is on its way
    }
    ask<Happenings>(
        [this, since = now.wall - back](LedgerAnswer<Happenings> done) {
            ports_.happenings(since, std::move(done));
        },
        [this, back, change = change_](Result<Happenings, std::string> answer) {
            auto& asked = told_[back];
            Happened made = fail(answer ? std::string{} : answer.error());
            if (answer) {
                asked.change = change;
                asked.at = clock_.now().t;
                asked.happened = std::make_shared<const Happenings>(std::move(*answer));
                asked.forgets = loop_.at(asked.at + ledger_keeps,
                                         [this, back] { told_[back].happened.reset(); });
                made = asked.happened;
            }
            for (const auto& waiting : std::exchange(asked.waiting, {})) {
                waiting(made);
            }
        });
}

void StatusPages::overview(const Request& request, const Answer& answer) {
    if (request.path != "/") {
        answer(not_found("", "There is no such page."));
        return;
    }
    const auto back = back_of(request);
    const auto number = std::max<std::size_t>(query_number<std::size_t>(request, "page", 1), 1);
    happened(back, [this, back, number, answer](const Happened& happened) {
        OverviewData data{.now = ports_.now(),
                          .facts = ports_.facts(),
                          .health = ports_.health(),
                          .host = ports_.host(),
                          .targets = ports_.targets(),
                          .explained = {},
                          .sources = ports_.sources(),
                          .providers = ports_.providers(),
                          .happened = happened,
                          .back = back,
                          .page = number};
        const auto ill = ill_of(data.targets);
        for (std::size_t i = 0; i < std::min(ill.size(), max_ill_explained); ++i) {
            if (auto explanation = ports_.explain(ill[i].name)) {
                data.explained.push_back(std::move(*explanation));
            }
        }
        const auto title = ill.empty() ? std::string{"Status"} : fmt::format("{} ill", ill.size());
        answer(page(frame(title, "status"), data.facts, data.now, overview_html(data)));
    });
}

void StatusPages::target(const Request& request, const Answer& answer) {
    const std::string name{beneath(request, targets_path)};
    if (!ports_.explain(name)) {
        answer(not_found("status", "There is no such target."));
        return;
    }
    const auto back = back_of(request);
    happened(back, [this, name, back, answer](const Happened& happened) {
        auto explanation = ports_.explain(name);
        if (!explanation) {
            answer(not_found("status", "The target is gone from the rules."));
            return;
        }
        const TargetData data{.now = ports_.now(),
                              .host = ports_.host(),
                              .explanation = std::move(*explanation),
                              .charts = ports_.charts(name),
                              .happened = happened,
                              .back = back};
        auto around = frame(name, "status");
        around.with_charts = library_.has_value();
        answer(page(around, ports_.facts(), data.now, target_html(data)));
    });
}

void StatusPages::incidents(const Request& request, const Answer& answer) {
    if (const auto below = beneath(request, incidents_path); !below.empty()) {
        const auto id = number_of<std::uint64_t>(below);
        id ? incident(*id, answer) : answer(not_found("incidents", "An incident has a number."));
        return;
    }
    using List = std::vector<RestoredIncident>;
    const auto before = query_number<std::uint64_t>(request, "before", 0);
    ask<List>(
        [this, before](LedgerAnswer<List> done) {
            ports_.incidents(incidents_per_page, before, std::move(done));
        },
        [this, before, answer](const Result<List, std::string>& list) {
            auto around = frame("Incidents", "incidents");
            const auto now = ports_.now();
            if (!list) {
                around.status = 503;
                answer(error_page(around, ports_.facts(), now, list.error()));
                return;
            }
            answer(page(around, ports_.facts(), now, incidents_html(*list, before, now)));
        });
}

void StatusPages::incident(std::uint64_t id, const Answer& answer) {
    using Found = std::optional<IncidentPage>;
    ask<Found>([this, id](LedgerAnswer<Found> done) { ports_.incident(id, std::move(done)); },
               [this, id, answer](const Result<Found, std::string>& found) {
                   auto around = frame(fmt::format("Incident #{}", id), "incidents");
                   const auto now = ports_.now();
                   if (!found) {
                       around.status = 503;
                       answer(error_page(around, ports_.facts(), now, found.error()));
                   } else if (!*found) {
                       answer(not_found("incidents", "There is no such incident on record."));
                   } else {
                       answer(page(around, ports_.facts(), now, incident_html(**found, now)));
                   }
               });
}

Reply StatusPages::changes() const {
    std::string body;
    event::JsonWriter json{body};
    json.begin_object();
    json.key("change");
    json.value(change_text());
    json.end_object();
    auto reply = json_reply(std::move(body));
    // Else the connections of those who look on would be taken from those who ask now and then.
    reply.headers.emplace_back("Connection", "close");
    return reply;
}

Reply StatusPages::charts(const Request& request) const {
    std::string body;
    event::JsonWriter json{body};
    json.begin_object();
    json.key("v");
    json.value(1);
    json.key("charts");
    json.begin_array();
    for (const auto& chart : ports_.charts(beneath(request, charts_path))) {
        json.begin_object();
        json.key("indicator");
        json.value(chart.indicator);
        json.key("points");
        json.begin_array();
        for (const auto& point : chart.points) {
            json.begin_array();
            json.value(to_us(point.at) / 1'000);
            std::isfinite(point.value) ? json.value(point.value) : json.null();
            json.end_array();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json_reply(std::move(body));
}

Frame StatusPages::frame(std::string title, std::string_view section) const {
    return {.title = std::move(title), .section = section, .change = change_text()};
}

// Another start is another count.
std::string StatusPages::change_text() const {
    return fmt::format("{}-{}", to_us(ports_.facts().started), change_);
}

Reply StatusPages::not_found(std::string_view section, std::string_view text) const {
    auto around = frame("Not there", section);
    around.status = 404;
    return error_page(around, ports_.facts(), ports_.now(), text);
}

}  // namespace primum::http

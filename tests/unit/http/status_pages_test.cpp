// SPDX-License-Identifier: MIT
#include "http/status_pages.hpp"

#include "client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace primum::http {
namespace {

using std::chrono::minutes;

constexpr auto attack = "<script>alert(1)</script>\"'&<img src=x onerror=y>\x1b[2J\xE2\x80\xAE";

class StatusPagesTest : public testing::Test {
protected:
    void SetUp() override {
        auto server = Server::listen(loop_, clock_, "127.0.0.1:0");
        ASSERT_TRUE(server) << server.error().message;
        server_ = std::move(*server);
        pages_ = std::make_unique<StatusPages>(
            *server_, loop_, clock_, ports(), ChartLibrary{"lib();", "a{}", "\"1-2\"", "\"3-4\""});
        host_.mode = Mode::enforce;
        host_.host_budget = {6, std::chrono::hours{1}};
    }
    StatusPorts ports() {
        StatusPorts ports;
        ports.now = [this] { return now_; };
        ports.facts = [this] { return facts_; };
        ports.health = [this] { return health_; };
        ports.host = [this] { return host_; };
        ports.targets = [this] { return targets_; };
        ports.sources = [this] { return sources_; };
        ports.providers = [] { return std::vector<ProviderView>{}; };
        ports.explain = [this](std::string_view name) -> std::optional<Explanation> {
            ++explained_;
            const auto found = std::find_if(
                targets_.begin(), targets_.end(), [&](const auto& t) { return t.name == name; });
            if (found == targets_.end()) {
                return std::nullopt;
            }
            auto explanation = explanation_;
            explanation.target = *found;
            return explanation;
        };
        ports.charts = [this](std::string_view) { return charts_; };
        ports.happenings = [this](WallTime, LedgerAnswer<Happenings> answer) {
            ++asked_;
            silent_ ? waiting_.push_back(std::move(answer)) : answer(happened_);
        };
        ports.incidents = [this](std::uint32_t limit,
                                 std::uint64_t before,
                                 LedgerAnswer<std::vector<RestoredIncident>> answer) {
            std::vector<RestoredIncident> rows;
            for (const auto& row : happened_.incidents) {
                if (rows.size() < limit && (before == 0 || row.incident.id < before)) {
                    rows.push_back(row);
                }
            }
            answer(std::move(rows));
        };
        ports.incident = [this](std::uint64_t id,
                                LedgerAnswer<std::optional<IncidentPage>> answer) {
            std::optional<IncidentPage> found;
            for (const auto& row : happened_.incidents) {
                if (row.incident.id == id) {
                    found = IncidentPage{row, happened_.decisions, {}, {}};
                }
            }
            answer(std::move(found));
        };
        return ports;
    }
    std::string get(const std::string& path) { return ask(loop_, server_->port(), "GET", path); }
    static bool has(const std::string& page, std::string_view text) {
        return page.find(text) != std::string::npos;
    }
    static std::size_t count(const std::string& page, std::string_view text) {
        std::size_t found = 0;
        for (auto at = page.find(text); at != std::string::npos; at = page.find(text, at + 1)) {
            ++found;
        }
        return found;
    }
    void add_target(const std::string& name, Level level = Level::steady) {
        TargetSummary target;
        target.name = name;
        target.level = level;
        target.severity = level == Level::steady ? Severity::ok : Severity::error;
        target.incident = level == Level::steady ? 0 : 7;
        targets_.push_back(target);
    }
    Stamp before(minutes ago) const { return {now_.t - ago, now_.wall - ago}; }
    void decide(DecisionKind kind, Level level, minutes ago, const std::string& reason = "") {
        DecisionRecord decision;
        decision.incident = 7;
        decision.target = "web";
        decision.at = before(ago);
        decision.kind = kind;
        decision.level = level;
        decision.reason = reason;
        decision.evidence = {{"load", Severity::error, "3", "above 2"}};
        happened_.decisions.push_back(decision);
    }
    void add_incident(std::uint64_t id, const std::string& target, bool open) {
        RestoredIncident row;
        row.incident.id = id;
        row.incident.target = target;
        row.incident.open = open;
        row.opened.at = before(minutes{30});
        row.updated.at = before(minutes{2});
        row.closed.at = open ? Stamp{} : before(minutes{2});
        happened_.incidents.push_back(row);
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    Stamp now_{instant_from_us(0) + std::chrono::hours{9},
               wall_from_us(1'795'312'800'000'000)};  // 2026-11-22 04:00:00 UTC
    DaemonFacts facts_{.hostname = "db1", .version = "1.2.3", .started = now_.wall};
    Health health_;
    HostView host_;
    std::vector<TargetSummary> targets_;
    std::vector<SourceView> sources_;
    Explanation explanation_;
    std::vector<IndicatorChart> charts_;
    Happenings happened_;
    std::vector<LedgerAnswer<Happenings>> waiting_;
    bool silent_ = false;
    int asked_ = 0;
    int explained_ = 0;
    std::unique_ptr<Server> server_;
    std::unique_ptr<StatusPages> pages_;
};

TEST_F(StatusPagesTest, TheStateIsSaidFirst) {
    add_target("web");
    auto page = get("/");
    EXPECT_TRUE(page.starts_with("HTTP/1.1 200 ")) << page;
    EXPECT_TRUE(has(page, "Content-Type: text/html; charset=utf-8\r\n"));
    EXPECT_TRUE(has(page, "Cache-Control: no-store\r\n"));
    EXPECT_TRUE(has(page, "<title>Status – primum on db1</title>"));
    EXPECT_TRUE(has(page, "<h1 id=\"state\">Acting</h1>"));
    EXPECT_TRUE(has(page, "The one target is well."));
    EXPECT_TRUE(has(page, "primumctl disable --for 1h --reason"));
    host_.mode = Mode::dry_run;
    EXPECT_TRUE(has(get("/"), ">Dry run: nothing is really done</h1>"));
    host_.mode = Mode::observe;
    EXPECT_TRUE(has(get("/"), ">Observing: nothing acts</h1>"));
    host_.ledger_healthy = false;
    EXPECT_TRUE(has(get("/"), ">No ledger: nothing acts</h1>"));
    BreakerRecord breaker;
    breaker.tripped = true;
    host_.breakers = {breaker};
    page = get("/");
    EXPECT_TRUE(has(page, ">Breaker tripped: nothing acts</h1>"));
    EXPECT_TRUE(has(page, "primumctl reset-breaker --reason"));
    facts_.off_switch_etc = true;
    page = get("/");
    EXPECT_TRUE(has(page, ">Off: nothing acts</h1>"));
    EXPECT_TRUE(has(page, "rm /etc/primum/disabled"));
}

TEST_F(StatusPagesTest, TheIllComeBeforeTheWellTheWorstFirst) {
    add_target("fine");
    add_target("poorly", Level::retry);
    add_target("worst", Level::restart);
    explanation_.next = "restart it";
    explanation_.next_at = now_.t + minutes{3};
    const auto page = get("/");
    EXPECT_TRUE(has(page, "2 of 3 targets are ill."));
    const auto worst = page.find("/targets/worst");
    const auto poorly = page.find("/targets/poorly");
    const auto fine = page.find("/targets/fine");
    EXPECT_LT(worst, poorly);
    EXPECT_LT(poorly, fine);
    EXPECT_EQ(count(page, "restart it"), 2U);
    EXPECT_TRUE(has(page, "<time datetime=\"2026-11-22T03:23:00Z\">") || has(page, "in 3m</span>"));
}

TEST_F(StatusPagesTest, NothingThatComesFromElsewhereIsMarkup) {
    add_target("web", Level::retry);
    targets_[0].unit = attack;
    targets_[0].reason = attack;
    facts_.hostname = attack;
    facts_.reload_errors = {attack};
    health_.reasons = {attack};
    HoldView hold;
    hold.hold.reason = attack;
    hold.hold.target = attack;
    host_.holds = {hold};
    host_.busy = attack;
    BreakerRecord breaker;
    breaker.detail = attack;
    host_.breakers = {breaker};
    SourceView source;
    source.name = attack;
    source.error_detail = attack;
    sources_ = {source};
    explanation_.next = attack;
    explanation_.undo = attack;
    explanation_.evidence.resize(1);
    explanation_.evidence[0].evidence = {attack, Severity::error, attack, attack};
    explanation_.guards = {{Guard::held, Verdict::veto, attack}};
    charts_ = {{attack, {{now_.wall, 1}, {now_.wall + minutes{1}, 2}}}};
    add_incident(7, "web", true);
    add_incident(6, attack, true);
    happened_.incidents[0].incident.reason = attack;
    decide(DecisionKind::acted, Level::retry, minutes{5}, attack);
    for (const auto* path : {"/", "/targets/web", "/incidents", "/incidents/7", "/incidents/6"}) {
        const auto page = get(path);
        EXPECT_TRUE(page.starts_with("HTTP/1.1 200 ")) << path;
        EXPECT_FALSE(has(page, "<script>alert")) << path;
        EXPECT_FALSE(has(page, "<img")) << path;
        EXPECT_FALSE(has(page, "\x1b")) << path;
        EXPECT_FALSE(has(page, "\xE2\x80\xAE")) << path;
        EXPECT_TRUE(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;")) << path;
        EXPECT_FALSE(has(page, " style=")) << path;
    }
    EXPECT_FALSE(has(get("/targets/%3Cscript%3Ealert(1)%3C/script%3E"), "<script>alert"));
    EXPECT_TRUE(get("/api/v1/charts/web").ends_with("}"));
}

TEST_F(StatusPagesTest, AThousandTargetsAreBoundedPages) {
    for (int i = 0; i < 1'000; ++i) {
        add_target("well" + std::to_string(i));
        add_target("ill" + std::to_string(i), Level::observe);
    }
    const auto first = get("/");
    EXPECT_LT(first.size(), 400'000U);
    EXPECT_EQ(explained_, static_cast<int>(max_ill_explained));
    EXPECT_EQ(count(first, "\"/targets/ill"), max_ill_shown);
    EXPECT_EQ(count(first, "\"/targets/well"), targets_per_page);
    EXPECT_TRUE(has(first, "The worst 100 of 1000"));
    EXPECT_TRUE(has(first, "Page 1 of 10"));
    EXPECT_TRUE(has(get("/?page=10"), "\"/targets/well999\""));
    for (const auto* page : {"/?page=11", "/?page=99999999999999999999", "/?page=-1", "/?page=x"}) {
        EXPECT_TRUE(get(page).starts_with("HTTP/1.1 200 ")) << page;
    }
}

TEST_F(StatusPagesTest, TheTimelineHasLevelsActionsAndATable) {
    add_target("web", Level::retry);
    add_incident(7, "web", true);
    decide(DecisionKind::opened, Level::observe, minutes{30});
    decide(DecisionKind::entered, Level::retry, minutes{20});
    decide(DecisionKind::acted, Level::retry, minutes{20});
    decide(DecisionKind::verified, Level::retry, minutes{10}, "worse");
    decide(DecisionKind::rolled_back, Level::retry, minutes{9});
    for (const auto* path : {"/", "/targets/web", "/?minutes=60"}) {
        const auto page = get(path);
        EXPECT_TRUE(has(page, "<svg class=\"timeline\" role=\"img\"")) << path;
        EXPECT_TRUE(has(page, "class=\"lv lv-1\"") && has(page, "class=\"lv lv-2\"")) << path;
        EXPECT_TRUE(has(page, "<g class=\"mark acted\"") && has(page, "<g class=\"mark worse\""));
        EXPECT_TRUE(has(page, "<g class=\"mark rolled-back\"")) << path;
        EXPECT_TRUE(has(page, "class=\"sv error\"")) << path;
        EXPECT_TRUE(has(page, "<caption>What was decided, newest first</caption>")) << path;
    }
    const auto calm = get("/targets/web?minutes=15");
    EXPECT_FALSE(has(calm, "<g class=\"mark acted\""));
}

TEST_F(StatusPagesTest, ASilentLedgerDelaysAPageForSoLongAndTheRestIsShown) {
    add_target("web");
    silent_ = true;
    const auto page = get("/");
    EXPECT_TRUE(page.starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(has(page, "The ledger does not answer now"));
    EXPECT_TRUE(has(page, "/targets/web"));
    waiting_.at(0)(happened_);  // late
}

TEST_F(StatusPagesTest, ManyWhoLookOnAskTheLedgerOnce) {
    silent_ = true;
    std::list<Client> clients;
    for (int i = 0; i < 20; ++i) {
        clients.emplace_back(server_->port())
            .say("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }
    for (int i = 0; i < 100; ++i) {
        loop_.run_once(Duration{0});
    }
    ASSERT_EQ(waiting_.size(), 1U);
    waiting_[0](happened_);
    for (auto& client : clients) {
        EXPECT_TRUE(client.hear_all(loop_).starts_with("HTTP/1.1 200 "));
    }
    silent_ = false;
    get("/");
    EXPECT_EQ(asked_, 1);
    pages_->changed();
    get("/");
    EXPECT_EQ(asked_, 2);
}

TEST_F(StatusPagesTest, TellsWhetherThereIsAnythingNew) {
    const auto before = get("/api/v1/changes");
    EXPECT_TRUE(has(before, "Connection: close\r\n")) << before;
    const auto change = before.substr(before.find("{\"change\":\"") + 11);
    EXPECT_TRUE(has(get("/"), "data-change=\"" + change.substr(0, change.find('"')) + "\""));
    EXPECT_TRUE(get("/api/v1/changes").ends_with(change));
    pages_->changed();
    EXPECT_FALSE(get("/api/v1/changes").ends_with(change));
}

// Twice as many as may be connected: none keeps its connection.
TEST_F(StatusPagesTest, ManyMayAskForChanges) {
    std::list<Client> clients;
    for (int i = 0; i < 130; ++i) {
        auto& client = clients.emplace_back(server_->port());
        client.say("GET /api/v1/changes HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_TRUE(client.hear_all(loop_, 45).ends_with("\"}")) << i;
        EXPECT_TRUE(client.closed()) << i;
    }
}

TEST_F(StatusPagesTest, GivesTheValuesOfATargetAsJson) {
    charts_ = {{"load", {{now_.wall, 1.5}, {now_.wall, std::numeric_limits<double>::quiet_NaN()}}}};
    EXPECT_TRUE(get("/api/v1/charts/web")
                    .ends_with("{\"v\":1,\"charts\":[{\"indicator\":\"load\","
                               "\"points\":[[1795312800000,1.5],"
                               "[1795312800000,null]]}]}"));
}

TEST_F(StatusPagesTest, ChartsAreLinesWithoutAScriptAndMoreWithIt) {
    add_target("web");
    EXPECT_FALSE(has(get("/"), "dygraph.js"));
    EXPECT_FALSE(has(get("/targets/web"), "<figure"));
    charts_ = {{"load", {{now_.wall, 1}, {now_.wall + minutes{1}, 2}}}};
    const auto page = get("/targets/web");
    EXPECT_TRUE(has(page, "dygraph.js"));
    EXPECT_TRUE(has(page, "<svg class=\"line\" role=\"img\" aria-label=\"load: least 1, most 2"));
}

TEST_F(StatusPagesTest, FilesHaveATypeAndATag) {
    for (const auto& [file, type] : {std::pair{"page.css", "text/css"},
                                     std::pair{"page.js", "text/javascript"},
                                     std::pair{"charts.js", "text/javascript"},
                                     std::pair{"icon.svg", "image/svg+xml"},
                                     std::pair{"dygraph.js", "text/javascript"}}) {
        const auto path = std::string{"/assets/"} + file;
        const auto reply = get(path);
        EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 ")) << file;
        EXPECT_TRUE(has(reply, std::string{"Content-Type: "} + type)) << file;
        const auto at = reply.find("ETag: ") + 6;
        const auto tag = reply.substr(at, reply.find("\r\n", at) - at);
        Client client{server_->port()};
        client.say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: " + tag +
                   "\r\nConnection: close\r\n\r\n");
        EXPECT_TRUE(client.hear_all(loop_).starts_with("HTTP/1.1 304 ")) << file;
    }
    for (const auto* path : {"/assets/", "/assets", "/assets/../page.css", "/assets/x"}) {
        EXPECT_TRUE(get(path).starts_with("HTTP/1.1 404 ")) << path;
    }
}

TEST_F(StatusPagesTest, WhatIsNotThereIsNotFoundAndNothingCanBeDone) {
    add_target("web");
    for (const auto* path : {"/nonsense",
                             "/targets",
                             "/targets/",
                             "/targets/nobody",
                             "/targets/web/x",
                             "/incidents/x",
                             "/incidents/1"}) {
        EXPECT_TRUE(get(path).starts_with("HTTP/1.1 404 ")) << path;
    }
    for (const auto* path : {"/", "/targets/web", "/incidents", "/api/v1/changes"}) {
        for (const auto* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
            EXPECT_TRUE(ask(loop_, server_->port(), method, path).starts_with("HTTP/1.1 405 "));
        }
        const auto head = ask(loop_, server_->port(), "HEAD", path);
        EXPECT_TRUE(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n")) << head;
    }
    const auto page = get("/") + get("/targets/web");
    EXPECT_FALSE(has(page, "<form"));
    EXPECT_FALSE(has(page, "http://"));
    EXPECT_FALSE(has(page, "https://"));
}

TEST_F(StatusPagesTest, SaysHowGraveAnIncidentIsAndWhoHasSeenIt) {
    add_target("web", Level::retry);
    targets_[0].sev = Sev::sev1;
    targets_[0].acknowledged = true;
    add_incident(7, "web", true);
    happened_.incidents[0].incident.sev = Sev::sev1;
    happened_.incidents[0].incident.overdue = 2;
    const auto overview = get("/");
    EXPECT_TRUE(has(overview, "SEV-1") && has(overview, ">acknowledged<"));
    EXPECT_TRUE(has(get("/incidents"), "SEV-1"));
    const auto unseen = get("/incidents/7");
    EXPECT_TRUE(has(unseen, "by nobody, paged again 2 times"));
    EXPECT_TRUE(has(unseen, "primumctl ack 7 --reason"));
    happened_.incidents[0].incident.acknowledged = before(minutes{3});
    happened_.incidents[0].incident.acknowledged_by = 1000;
    EXPECT_TRUE(has(get("/incidents/7"), " by uid 1000"));
}

TEST_F(StatusPagesTest, IncidentsArePaged) {
    for (std::uint64_t id = 120; id > 0; --id) {
        add_incident(id, "web", false);
    }
    const auto first = get("/incidents");
    EXPECT_EQ(count(first, "href=\"/incidents/"), incidents_per_page);
    EXPECT_TRUE(has(first, "/incidents?before=71"));
    const auto last = get("/incidents?before=21");
    EXPECT_EQ(count(last, "href=\"/incidents/"), 20U);
    EXPECT_FALSE(has(last, ">Older<"));
    EXPECT_TRUE(has(get("/incidents/5"), "Incident #5"));
}

}  // namespace
}  // namespace primum::http

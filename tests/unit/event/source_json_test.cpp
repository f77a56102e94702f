// SPDX-License-Identifier: MIT
#include "event/source_json.hpp"

#include <gmock/gmock.h>

namespace primum::event {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;
using testing::StartsWith;

SourceReport report() {
    SourceReport report;
    report.view.name = "metrics";
    report.view.ok = report.view.ever = true;
    report.view.last = instant_from_us(5);
    report.view.series = 12;
    report.kind = SourceKind::tcp;
    report.figures.bytes = 77;
    report.figures.latest = microseconds{300};
    report.figures.failure = SourceFailure::timeout;
    return report;
}

TEST(SourceJsonTest, GivesInstantsWithBothClocks) {
    auto source = report();
    EXPECT_THAT(
        to_json(source, microseconds{1'000}),
        StartsWith(R"({"name":"metrics","ok":true,"ever":true,"error_class":"","error_detail":"",)"
                   R"("last":{"t_us":5,"wall_us":1005},"incident":0,"since_wall_us":null,)"
                   R"("series":12,"kind":"tcp","figures":{"collections":0,)"));
    source.view.last.reset();
    EXPECT_THAT(to_json(source, microseconds{0}), HasSubstr(R"("last":null)"));
}

TEST(SourceJsonTest, HasTheFiguresWithTheirUnits) {
    EXPECT_THAT(to_json(report(), microseconds{0}),
                HasSubstr(R"("bytes":77,"series":0,"took_us":0,"late_us":0,"latest_us":300,)"
                          R"("last":null,"next":null,"failure":"timeout","failure_detail":"",)"
                          R"("failed":null,"failing_since":null,"note":""})"));
}

TEST(SourceJsonTest, TellsEverythingOfOne) {
    SourceStory story{report(), {}, {{"web", "", "errors", "critical"}}};
    story.rule.plan = TcpPlan{{"127.0.0.1:80", "[::1]:80"}, {1, 2}, TimeoutMeans::failure};
    const auto json = to_json(story, microseconds{0});
    EXPECT_THAT(json, HasSubstr(R"("rule":{"url":"","interval_us":15000000,)"));
    EXPECT_THAT(json,
                HasSubstr(R"("retries":{"attempts":1,"backoff_us":250000,"max_us":2000000})"));
    EXPECT_THAT(
        json,
        HasSubstr(R"("plan":{"addresses":["127.0.0.1:80","[::1]:80"],"agree":{"k":1,"n":2},)"
                  R"("timeout_means":"failure"})"));
    EXPECT_THAT(json,
                HasSubstr(R"("used_by":[{"target":"web","provider":"","name":"errors",)"
                          R"("state":"critical"}]})"));
}

// Every plan can be written; a variant with a kind that cannot would not compile.
TEST(SourceJsonTest, WritesEveryPlan) {
    SourceStory story{report(), {}, {}};
    JournalPlan journal{{{"oom", {{"MESSAGE_ID", {"a", "b"}}}}}};
    PressurePlan pressure{"", {{PressureResource::io, true, microseconds{5}, microseconds{9}}}};
    PromqlPlan promql;
    promql.queries = {{"up", "up > 0"}};
    HttpProbePlan http;
    http.json = JsonExpectation{"/status", "ok"};
    const std::vector<std::pair<SourcePlan, std::string>> plans{
        {std::monostate{}, R"("plan":{})"},
        {PrometheusPlan{}, R"("plan":{"format":"auto","access":{"unix_socket":"",)"},
        {promql, R"("plan":{"queries":[{"name":"up","text":"up > 0"}],)"},
        {PushPlan{{"root"}}, R"("plan":{"users":["root"],"lines_per_second":1000})"},
        {journal,
         R"("plan":{"counts":[{"name":"oom",)"
         R"("match":[{"field":"MESSAGE_ID","values":["a","b"]}]}]})"},
        {pressure, R"({"resource":"io","full":true,"stall_us":5,"window_us":9})"},
        {CgroupPlan{"a.service"}, R"("plan":{"unit":"a.service"})"},
        {FilePlan{"/x", FileLook::age}, R"("plan":{"path":"/x","look":"age"})"},
        {http, R"("json":{"pointer":"/status","equals":"ok"},"body":null)"},
        {DnsPlan{"h"}, R"("plan":{"name":"h","type":"A","servers":[],"expect":[])"},
        {ExecProbePlan{}, R"("plan":{"run":[],"memory":67108864,"tasks":16,)"},
        {AlertmanagerPlan{"/t"}, R"("plan":{"token_file":"/t"})"}};
    for (const auto& [plan, expected] : plans) {
        story.rule.plan = plan;
        EXPECT_THAT(to_json(story, microseconds{0}), HasSubstr(expected));
    }
}

}  // namespace
}  // namespace primum::event

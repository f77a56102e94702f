// SPDX-License-Identifier: MIT
#include "event/source_json.hpp"

#include "event/describe.hpp"
#include "event/field_writer.hpp"

#include <variant>

namespace primum::event {

template <class V, Is<SourceView> T>
void describe(V& v, T& x) {
    v.field("name", x.name);
    v.field("ok", x.ok);
    v.field("ever", x.ever);
    v.field("error_class", x.error_class);
    v.field("error_detail", x.error_detail);
    v.field("last", x.last);
    v.field("incident", x.incident);
    v.field("since_wall_us", x.since);
    v.field("series", x.series);
}

template <class V, Is<SourceStats> T>
void describe(V& v, T& x) {
    v.field("collections", x.collections);
    v.field("failures", x.failures);
    v.field("retries", x.retries);
    v.field("samples", x.samples);
    v.field("refused", x.refused);
    v.field("partial", x.partial);
    v.field("bytes", x.bytes);
    v.field("series", x.series);
    v.field("took", x.took);
    v.field("late", x.late);
    v.field("latest", x.latest);
    v.field("last", x.last);
    v.field("next", x.next);
    v.field("failure", x.failure);
    v.field("failure_detail", x.failure_detail);
    v.field("failed", x.failed);
    v.field("failing_since", x.failing_since);
    v.field("note", x.note);
}

template <class V, Is<HttpAccess> T>
void describe(V& v, T& x) {
    v.field("unix_socket", x.unix_socket);
    v.field("redirects", x.redirects);
    v.field("max_bytes", x.max_bytes);
    v.field("ca_file", x.ca_file);
    v.field("cert_file", x.cert_file);
    v.field("key_file", x.key_file);
    v.field("user", x.user);
    v.field("password_file", x.password_file);
    v.field("bearer_file", x.bearer_file);
}

template <class V, Is<Agreement> T>
void describe(V& v, T& x) {
    v.field("k", x.k);
    v.field("n", x.n);
}

template <class V, Is<PromqlQuery> T>
void describe(V& v, T& x) {
    v.field("name", x.name);
    v.field("text", x.text);
}

template <class V, Is<JournalField> T>
void describe(V& v, T& x) {
    v.field("field", x.field);
    v.field("values", x.values);
}

template <class V, Is<JournalCount> T>
void describe(V& v, T& x) {
    v.field("name", x.name);
    v.field("match", x.match);
}

template <class V, Is<PressureTrigger> T>
void describe(V& v, T& x) {
    v.field("resource", x.resource);
    v.field("full", x.full);
    v.field("stall", x.stall);
    v.field("window", x.window);
}

template <class V, Is<JsonExpectation> T>
void describe(V& v, T& x) {
    v.field("pointer", x.pointer);
    v.field("equals", x.equals);
}

template <class V, Is<std::monostate> T>
void describe(V& /*v*/, T& /*x*/) {}

template <class V, Is<PrometheusPlan> T>
void describe(V& v, T& x) {
    v.field("format", x.format);
    v.field("access", x.access);
}

template <class V, Is<PromqlPlan> T>
void describe(V& v, T& x) {
    v.field("queries", x.queries);
    v.field("max_age", x.max_age);
    v.field("accept_partial", x.accept_partial);
    v.field("access", x.access);
}

template <class V, Is<PushPlan> T>
void describe(V& v, T& x) {
    v.field("users", x.users);
    v.field("lines_per_second", x.lines_per_second);
}

template <class V, Is<JournalPlan> T>
void describe(V& v, T& x) {
    v.field("counts", x.counts);
}

template <class V, Is<PressurePlan> T>
void describe(V& v, T& x) {
    v.field("unit", x.unit);
    v.field("triggers", x.triggers);
}

template <class V, Is<CgroupPlan> T>
void describe(V& v, T& x) {
    v.field("unit", x.unit);
}

template <class V, Is<FilePlan> T>
void describe(V& v, T& x) {
    v.field("path", x.path);
    v.field("look", x.look);
}

template <class V, Is<TcpPlan> T>
void describe(V& v, T& x) {
    v.field("addresses", x.addresses);
    v.field("agree", x.agree);
    v.field("timeout_means", x.timeout_means);
}

template <class V, Is<HttpProbePlan> T>
void describe(V& v, T& x) {
    v.field("urls", x.urls);
    v.field("statuses", x.statuses);
    v.field("json", x.json);
    v.field("body", x.body);
    v.field("agree", x.agree);
    v.field("timeout_means", x.timeout_means);
    v.field("access", x.access);
}

template <class V, Is<DnsPlan> T>
void describe(V& v, T& x) {
    v.field("name", x.name);
    v.field("type", x.type);
    v.field("servers", x.servers);
    v.field("expect", x.expect);
    v.field("agree", x.agree);
    v.field("timeout_means", x.timeout_means);
}

template <class V, Is<ExecProbePlan> T>
void describe(V& v, T& x) {
    v.field("run", x.run);
    v.field("memory", x.memory);
    v.field("tasks", x.tasks);
    v.field("timeout_means", x.timeout_means);
}

template <class V, Is<AlertmanagerPlan> T>
void describe(V& v, T& x) {
    v.field("token_file", x.token_file);
}

template <class V, Is<Retries> T>
void describe(V& v, T& x) {
    v.field("attempts", x.attempts);
    v.field("backoff", x.backoff);
    v.field("max", x.max);
}

template <class V, Is<SourceRule> T>
void describe(V& v, T& x) {
    v.field("url", x.url);
    v.field("interval", x.interval);
    v.field("timeout", x.timeout);
    v.field("retries", x.retries);
    v.field("max_series", x.max_series);
    v.field("digest", x.digest);
    std::visit([&v](auto& plan) { v.field("plan", plan); }, x.plan);
}

template <class V, Is<SourceUse> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.field("provider", x.provider);
    v.field("name", x.name);
    v.field("state", x.state);
}

template <class V, Is<SourceReport> T>
void describe(V& v, T& x) {
    describe(v, x.view);
    v.field("kind", x.kind);
    v.field("figures", x.figures);
}

template <class V, Is<SourceStory> T>
void describe(V& v, T& x) {
    describe(v, x.report);
    v.field("rule", x.rule);
    v.field("used_by", x.used_by);
}

namespace {

template <class T>
std::string object_of(const T& value, Duration wall_minus_t) {
    std::string out;
    JsonWriter json{out};
    FieldWriter{json, Defaults::write, wall_minus_t}.object(value);
    return out;
}

}  // namespace

std::string to_json(const SourceReport& report, Duration wall_minus_t) {
    return object_of(report, wall_minus_t);
}

std::string to_json(const SourceStory& story, Duration wall_minus_t) {
    return object_of(story, wall_minus_t);
}

}  // namespace primum::event

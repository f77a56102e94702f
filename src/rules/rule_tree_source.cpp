// SPDX-License-Identifier: MIT
#include "rules/duration.hpp"
#include "rules/rule_tree.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace primum::rules {
namespace {

void put_access(Node& table, const HttpAccess& access) {
    put_text(table, "unix_socket", access.unix_socket);
    put(table, "redirects", integer_node(access.redirects));
    put(table, "max_bytes", integer_node(access.max_bytes));
    put_text(table, "ca_file", access.ca_file);
    put_text(table, "cert_file", access.cert_file);
    put_text(table, "key_file", access.key_file);
    put_text(table, "user", access.user);
    put_text(table, "password_file", access.password_file);
    put_text(table, "bearer_file", access.bearer_file);
}

void put_vantages(Node& table,
                  std::string_view one,
                  std::string_view many,
                  const std::vector<std::string>& vantages) {
    if (vantages.size() == 1) {
        put(table, one, text_node(vantages.front()));
    } else {
        put(table, many, list_node(vantages));
    }
}

void put_verdict(Node& table, const Agreement& agree, TimeoutMeans means) {
    put(table, "agree", text_node(fmt::format("{} of {}", agree.k, agree.n)));
    put(table, "timeout_means", text_node(std::string{name_of(means)}));
}

// Adds the keys of one kind.
struct PlanWriter {
    Node& table;

    void operator()(const std::monostate& /*none*/) const {}
    void operator()(const PrometheusPlan& plan) const {
        put_access(table, plan.access);
        put(table, "format", text_node(std::string{name_of(plan.format)}));
    }
    void operator()(const PromqlPlan& plan) const {
        put_access(table, plan.access);
        put(table, "accept_partial", flag_node(plan.accept_partial));
        put(table, "max_age", span_node(plan.max_age));
        Node queries = table_node(false);
        for (const PromqlQuery& query : plan.queries) {
            put(queries, query.name, text_node(query.text));
        }
        put(table, "query", std::move(queries));
    }
    void operator()(const PushPlan& plan) const {
        if (!plan.users.empty()) {
            put(table, "users", list_node(plan.users));
        }
        put(table, "lines_per_second", integer_node(plan.lines_per_second));
    }
    void operator()(const JournalPlan& plan) const {
        Node counts = table_node(false);
        for (const JournalCount& count : plan.counts) {
            Node match = table_node(true);
            for (const JournalField& field : count.match) {
                put(match, field.field, list_node(field.values));
            }
            put(counts, count.name, std::move(match));
        }
        put(table, "count", std::move(counts));
    }
    void operator()(const PressurePlan& plan) const {
        put_text(table, "unit", plan.unit);
        Node triggers;
        triggers.kind = Node::Kind::array;
        for (const PressureTrigger& each : plan.triggers) {
            Node trigger = table_node(true);
            put(trigger, "resource", text_node(std::string{name_of(each.resource)}));
            put(trigger, "share", text_node(each.full ? "full" : "some"));
            put(trigger, "stall", span_node(each.stall));
            put(trigger, "window", span_node(each.window));
            triggers.items.push_back(std::move(trigger));
        }
        if (!triggers.items.empty()) {
            put(table, "triggers", std::move(triggers));
        }
    }
    void operator()(const CgroupPlan& plan) const { put_text(table, "unit", plan.unit); }
    void operator()(const FilePlan& plan) const {
        put(table, "path", text_node(plan.path));
        put(table, "look", text_node(std::string{name_of(plan.look)}));
    }
    void operator()(const TcpPlan& plan) const {
        put_vantages(table, "address", "addresses", plan.addresses);
        put_verdict(table, plan.agree, plan.timeout_means);
    }
    void operator()(const HttpProbePlan& plan) const {
        put_vantages(table, "url", "urls", plan.urls);
        put_access(table, plan.access);
        Node statuses;
        statuses.kind = Node::Kind::array;
        for (const std::uint32_t status : plan.statuses) {
            statuses.items.push_back(integer_node(status));
        }
        put(table, "statuses", std::move(statuses));
        if (plan.json) {
            Node json = table_node(true);
            put(json, "pointer", text_node(plan.json->pointer));
            put(json, "equals", text_node(plan.json->equals));
            put(table, "json", std::move(json));
        }
        if (plan.body) {
            put(table, "body", text_node(*plan.body));
        }
        put_verdict(table, plan.agree, plan.timeout_means);
    }
    void operator()(const DnsPlan& plan) const {
        put(table, "name", text_node(plan.name));
        put(table, "type", text_node(std::string{name_of(plan.type)}));
        put_vantages(table, "server", "servers", plan.servers);
        if (!plan.expect.empty()) {
            put(table, "expect", list_node(plan.expect));
        }
        put_verdict(table, plan.agree, plan.timeout_means);
    }
    void operator()(const ExecProbePlan& plan) const {
        put(table, "run", list_node(plan.run));
        put(table, "memory", text_node(format_size(plan.memory)));
        put(table, "tasks", integer_node(plan.tasks));
        put(table, "timeout_means", text_node(std::string{name_of(plan.timeout_means)}));
    }
    void operator()(const AlertmanagerPlan& plan) const {
        put(table, "token_file", text_node(plan.token_file));
    }
};

}  // namespace

Node source_tree(const SourceRule& source) {
    Node table = table_node(false);
    put(table, "kind", text_node(std::string{name_of(source.kind)}));
    put_text(table, "url", source.url);
    std::visit(PlanWriter{table}, source.plan);
    put(table, "interval", span_node(source.interval));
    put(table, "timeout", span_node(source.timeout));
    Node retries = table_node(true);
    put(retries, "attempts", integer_node(source.retries.attempts));
    put(retries, "backoff", span_node(source.retries.backoff));
    put(retries, "max", span_node(source.retries.max));
    put(table, "retries", std::move(retries));
    put(table, "max_series", integer_node(source.max_series));
    return table;
}

}  // namespace primum::rules

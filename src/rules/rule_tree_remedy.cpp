// SPDX-License-Identifier: MIT
#include "rules/rule_tree_remedy.hpp"

#include "rules/duration.hpp"
#include "rules/rule_tree.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace primum::rules {
namespace {

void put_argv(Node& table, std::string_view key, const std::vector<std::string>& words) {
    if (!words.empty()) {
        put(table, key, list_node(words));
    }
}

void put_call(Node& table, const HttpCall& call) {
    put(table, "url", text_node(call.url));
    put(table, "method", text_node(call.method));
    put_text(table, "body", call.body);
    put(table, "content_type", text_node(call.content_type));
}

Node argument_node(const DbusArgument& argument) {
    if (const auto* text = std::get_if<std::string>(&argument)) {
        return text_node(*text);
    }
    if (const auto* integer = std::get_if<std::int64_t>(&argument)) {
        return integer_node(*integer);
    }
    if (const auto* number = std::get_if<double>(&argument)) {
        Node node;  // a number with a point, whatever its value: it is of another type
        node.kind = Node::Kind::number;
        node.number = *number;
        return node;
    }
    return flag_node(std::get<bool>(argument));
}

void put_call(Node& table, const DbusCall& call) {
    put(table, "destination", text_node(call.destination));
    put(table, "path", text_node(call.path));
    put(table, "interface", text_node(call.interface));
    put(table, "member", text_node(call.member));
    if (!call.arguments.empty()) {
        Node arguments;
        arguments.kind = Node::Kind::array;
        for (const DbusArgument& argument : call.arguments) {
            arguments.items.push_back(argument_node(argument));
        }
        put(table, "arguments", std::move(arguments));
        put(table, "signature", text_node(call.signature));
    }
}

template <class Plan>
void put_calls(Node& table, const Plan& plan) {
    put_call(table, plan.call);
    if (plan.undo) {
        Node undo = table_node(true);
        put_call(undo, *plan.undo);
        put(table, "undo", std::move(undo));
    }
}

// Adds the parameters of one kind.
struct PlanWriter {
    Node& table;

    void operator()(const std::monostate& /*none*/) const {}
    void operator()(const SignalPlan& plan) const {
        put(table, "signal", text_node(plan.signal));
        put(table, "whom", text_node(std::string{name_of(plan.whom)}));
    }
    void operator()(const HttpPlan& plan) const { put_calls(table, plan); }
    void operator()(const DbusPlan& plan) const { put_calls(table, plan); }
    void operator()(const ExecPlan& plan) const {
        put_argv(table, "run", plan.run);
        put_argv(table, "undo", plan.undo);
        put_text(table, "user", plan.user);
        put_argv(table, "writes", plan.writes);
        put(table, "memory", text_node(format_size(plan.memory)));
        put(table, "tasks", integer_node(plan.tasks));
    }
    void operator()(const FailoverPlan& plan) const {
        put(table, "provider", text_node(plan.provider));
        put(table, "then", text_node(std::string{name_of(plan.then)}));
    }
    void operator()(const RestartPlan& plan) const {
        put_argv(table, "save", plan.save);
        put_argv(table, "state", plan.state);
        put_argv(table, "restore", plan.restore);
        put(table, "hook_timeout", span_node(plan.hook_timeout));
    }
    void operator()(const FallbackPlan& plan) const {
        Node files;
        files.kind = Node::Kind::array;
        for (const ReplacedFile& each : plan.files) {
            Node file = table_node(true);
            put(file, "path", text_node(each.path));
            put(file, "good", text_node(each.good));
            files.items.push_back(std::move(file));
        }
        put(table, "files", std::move(files));
        put_argv(table, "check", plan.check);
        put(table, "then", text_node(std::string{name_of(plan.then)}));
    }
};

}  // namespace

Node remedy_tree(const RemedyRule& remedy) {
    Node parameters = table_node(true);
    std::visit(PlanWriter{parameters}, remedy.plan);
    put(parameters, "timeout", span_node(remedy.timeout));
    put_text(parameters, "irreversible", remedy.irreversible);
    Node entry = table_node(true);
    put(entry, name_of(remedy.kind), std::move(parameters));
    return entry;
}

}  // namespace primum::rules

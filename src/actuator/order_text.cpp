// SPDX-License-Identifier: MIT
#include "actuator/order_text.hpp"

#include "event/json_writer.hpp"

#include <primum/names.hpp>

#include <utility>
#include <vector>

#include <simdjson.h>

namespace primum::actuator {
namespace {

void put(event::JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key);
    json.value(text);
}

void put(event::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    json.key(key);
    json.begin_array();
    for (const auto& text : texts) {
        json.value(text);
    }
    json.end_array();
}

void write_plan(event::JsonWriter& json, const RemedyPlan& plan) {
    if (const auto* exec = std::get_if<ExecPlan>(&plan)) {
        put(json, "run", exec->run);
    } else if (const auto* failover = std::get_if<FailoverPlan>(&plan)) {
        put(json, "provider", failover->provider);
        put(json, "then", name_of(failover->then));
    } else if (const auto* restart = std::get_if<RestartPlan>(&plan)) {
        put(json, "save", restart->save);
        put(json, "state", restart->state);
        put(json, "restore", restart->restore);
        json.key("hook_timeout_us");
        json.value(std::int64_t{restart->hook_timeout.count()});
    } else if (const auto* fallback = std::get_if<FallbackPlan>(&plan)) {
        std::vector<std::string> paths;
        std::vector<std::string> good;
        for (const auto& file : fallback->files) {
            paths.push_back(file.path);
            good.push_back(file.good);
        }
        put(json, "paths", paths);
        put(json, "good", good);
        put(json, "check", fallback->check);
        put(json, "then", name_of(fallback->then));
    }
}

std::string text_of(simdjson::dom::object object, std::string_view key) {
    std::string_view value;
    return object.at_key(key).get(value) == simdjson::SUCCESS ? std::string(value) : "";
}

std::vector<std::string> texts_of(simdjson::dom::object object, std::string_view key) {
    std::vector<std::string> all;
    simdjson::dom::array array;
    if (object.at_key(key).get(array) == simdjson::SUCCESS) {
        for (const auto element : array) {
            std::string_view value;
            if (element.get(value) == simdjson::SUCCESS) {
                all.emplace_back(value);
            }
        }
    }
    return all;
}

Then then_of(simdjson::dom::object object) {
    return from_name<Then>(text_of(object, "then")).value_or(Then::nothing);
}

RemedyPlan read_plan(RemedyKind kind, simdjson::dom::object object) {
    switch (kind) {
        case RemedyKind::exec: {
            ExecPlan plan;
            plan.run = texts_of(object, "run");
            return plan;
        }
        case RemedyKind::failover:
            return FailoverPlan{text_of(object, "provider"), then_of(object)};
        case RemedyKind::restart: {
            RestartPlan plan;
            plan.save = texts_of(object, "save");
            plan.state = texts_of(object, "state");
            plan.restore = texts_of(object, "restore");
            std::int64_t timeout_us = 0;
            if (object.at_key("hook_timeout_us").get(timeout_us) == simdjson::SUCCESS) {
                plan.hook_timeout = Duration{timeout_us};
            }
            return plan;
        }
        case RemedyKind::config_fallback: {
            FallbackPlan plan;
            const auto paths = texts_of(object, "paths");
            const auto good = texts_of(object, "good");
            for (std::size_t i = 0; i < paths.size() && i < good.size(); ++i) {
                plan.files.push_back({paths[i], good[i]});
            }
            plan.check = texts_of(object, "check");
            plan.then = then_of(object);
            return plan;
        }
        default:
            return {};
    }
}

}  // namespace

std::string write_order(const remedy::Order& order) {
    std::string out;
    event::JsonWriter json(out);
    json.begin_object();
    put(json, "plan_digest", order.rule.plan_digest);
    put(json, "user", order.user);
    put(json, "candidate", order.candidate);
    put(json, "way_back", name_of(order.rule.way_back));
    if (order.provider.has_value()) {
        const auto& pointer = order.provider->pointer;
        put(json, "pointer_form", name_of(pointer.form));
        put(json, "pointer_path", pointer.path);
        put(json, "pointer_key", pointer.key);
        std::vector<std::string> names;
        std::vector<std::string> points_to;
        for (const auto& candidate : order.provider->candidates) {
            names.push_back(candidate.name);
            points_to.push_back(candidate.points_to);
        }
        put(json, "candidates", names);
        put(json, "points_to", points_to);
    }
    write_plan(json, order.rule.plan);
    json.end_object();
    return out;
}

bool read_order(std::string_view text, remedy::Order& order) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(text);
    simdjson::dom::object object;
    if (text.empty() || parser.parse(padded).get(object) != simdjson::SUCCESS) {
        return false;
    }
    order.rule.plan_digest = text_of(object, "plan_digest");
    order.user = text_of(object, "user");
    order.candidate = text_of(object, "candidate");
    order.rule.way_back = from_name<WayBack>(text_of(object, "way_back")).value_or(WayBack::none);
    order.rule.plan = read_plan(order.rule.kind, object);
    const auto form = from_name<PointerForm>(text_of(object, "pointer_form"));
    if (form.has_value()) {
        ProviderRule provider;
        if (const auto* plan = std::get_if<FailoverPlan>(&order.rule.plan)) {
            provider.name = plan->provider;
        }
        provider.pointer = {*form, text_of(object, "pointer_path"), text_of(object, "pointer_key")};
        const auto names = texts_of(object, "candidates");
        const auto points_to = texts_of(object, "points_to");
        for (std::size_t i = 0; i < names.size() && i < points_to.size(); ++i) {
            provider.candidates.push_back({names[i], points_to[i], {}, {}});
        }
        order.provider = std::move(provider);
    }
    return true;
}

}  // namespace primum::actuator

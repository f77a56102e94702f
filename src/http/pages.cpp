// SPDX-License-Identifier: MIT
#include "http/pages.hpp"

#include "event/json_writer.hpp"

#include <string_view>
#include <utility>

namespace primum::http {
namespace {

constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view json_type = "application/json";

Reply health_reply(const Health& health) {
    const bool ok = health.reasons.empty();
    Reply reply{ok ? 200U : 503U, std::string{json_type}, {}};
    event::JsonWriter json{reply.body};
    json.begin_object();
    json.key("status");
    json.value(ok ? "ok" : "degraded");
    if (!ok) {
        json.key("reasons");
        json.begin_array();
        for (const auto& reason : health.reasons) {
            json.value(reason);
        }
        json.end_array();
    }
    json.end_object();
    reply.body += '\n';
    return reply;
}

}  // namespace

void add_pages(Server& server,
               std::function<std::string()> metrics,
               std::function<Health()> health) {
    server.handle("/metrics", [metrics = std::move(metrics)] {
        return Reply{200, std::string{metrics_type}, metrics()};
    });
    server.handle("/healthz", [health = std::move(health)] { return health_reply(health()); });
}

}  // namespace primum::http

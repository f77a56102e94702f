// SPDX-License-Identifier: MIT
#include "daemon/daemon.hpp"
#include "daemon/status_ports.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <variant>

// What primumd gives over HTTP.
namespace primum::daemon {

void Daemon::start_http() {
    auto server = http::Server::listen(loop_, clock_, settings_.http_listen);
    if (!server) {
        journal_->warning("no /metrics: " + server.error().message + ", ignoring");
        return;
    }
    http_ = std::move(*server);
    http_->handle_posts(std::string{source::alerts_path}, webhook_handler());
    http::add_pages(*http_, [this] { return metrics_page(); }, [this] { return health(); });
    pages_ = std::make_unique<http::StatusPages>(
        *http_,
        loop_,
        clock_,
        status_ports(*backend_, engine_, history_, [this] { return health(); }),
        http::load_charts(PRIMUM_DYGRAPHS_DIR));
    history_.follow(*rules_);
}

void Daemon::show_change() {
    if (pages_) {
        pages_->changed();
    }
}

// What the indicators say, for the charts of the status page.
void Daemon::keep_values(const Event& event) {
    if (!pages_) {
        return;
    }
    if (std::holds_alternative<RulesEvent>(event.body)) {
        history_.follow(*rules_);
        return;
    }
    const auto* sample = std::get_if<SampleEvent>(&event.body);
    const auto* samples = std::get_if<SamplesEvent>(&event.body);
    if (sample == nullptr && samples == nullptr) {
        return;
    }
    const auto& source = sample != nullptr ? sample->source : samples->source;
    for (const auto& target : history_.due(source, event.at.t)) {
        if (const auto explanation = engine_.explain(target)) {
            history_.add(target, event.at.wall, explanation->evidence);
        }
    }
}

http::PostHandler Daemon::webhook_handler() {
    const auto as_webhook = [](const http::Post& post) {
        return source::WebhookPost{post.path, post.authorization, post.content_type, post.body};
    };
    const auto as_reply = [](source::WebhookReply reply) {
        return http::Reply{reply.status, http::Reply{}.content_type, std::move(reply.text)};
    };
    return {
        .body_bytes = source::WebhookLimits{}.bytes,
        .admit =
            [this, as_webhook, as_reply](const http::Post& post) -> std::optional<http::Reply> {
            auto refused = alerts_.admit(as_webhook(post));
            return refused ? std::optional{as_reply(std::move(*refused))} : std::nullopt;
        },
        .take = [this, as_webhook, as_reply](
                    const http::Post& post) { return as_reply(alerts_.take(as_webhook(post))); }};
}

std::string Daemon::metrics_page() {
    metrics_.queue_dropped("ledger", ledger_->counters().refused_batches);
    metrics_.queue_dropped("journal", journal_->dropped());
    if (recorder_) {
        const auto figures = recorder_->figures();
        metrics_.queue_dropped("recording", figures.dropped);
        metrics_.recording(figures.recording);
    }
    if (push_) {
        const auto refused = push_->figures().refused;
        for (std::size_t i = 0; i < refused.size(); ++i) {
            metrics_.push_refused(enum_names<source::PushRefusal>[i], refused[i]);
        }
    }
    metrics_.webhooks_refused(alerts_.refused());
    notices_->measure();
    metrics_.sources(sources_->figures(), clock_.now().t);
    metrics_.refresh(engine_.host(), clock_.now().t, telemetry::process_usage());
    return metrics_.page();
}

http::Health Daemon::health() const {
    http::Health found;
    if (!ledger_health_->problem().empty()) {
        found.reasons.push_back("ledger: " + ledger_health_->problem());
    }
    if (!reloader_->status().ok) {
        found.reasons.push_back("rules: those on disk have errors");
    }
    if (bus_->connection() == nullptr) {
        found.reasons.emplace_back("bus: the system bus is away");
    }
    if (!actuator_->connected()) {
        found.reasons.push_back("actuator: " + actuator_->trouble());
    }
    return found;
}

}  // namespace primum::daemon

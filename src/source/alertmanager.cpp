// SPDX-License-Identifier: MIT
#include "source/alertmanager.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>
#include <vector>

namespace primum::source {
namespace {

constexpr int intervals_of_silence = 3;

}  // namespace

AlertmanagerSource::AlertmanagerSource(const Tools& tools, SourceRule rule, SeriesId first_id)
    : Source(tools.clock, std::move(rule), first_id, tools.emit),
      loop_(tools.loop),
      desk_(tools.alerts),
      heard_(now()) {
    if (desk_ != nullptr) {
        desk_->attach(*this);
    }
    timer_ = loop_.at(heard_, [this] { look(); });
}

AlertmanagerSource::~AlertmanagerSource() {
    if (desk_ != nullptr) {
        desk_->detach(*this);
    }
}

const std::string& AlertmanagerSource::token_file() const {
    return std::get<AlertmanagerPlan>(rule().plan).token_file;
}

void AlertmanagerSource::take(const Webhook& webhook) {
    heard_ = now();
    ++figures().collections;
    if (webhook.truncated > 0) {
        ++figures().partial;
        figures().note = fmt::format("{} alerts were left out of a webhook", webhook.truncated);
    }
    std::set<std::string_view> seen;
    std::vector<Measured> values;
    for (const auto& [firing, fingerprint, series] : webhook.alerts) {
        if (!seen.insert(fingerprint).second) {
            ++figures().refused;  // the first one counts
            continue;
        }
        if (!firing) {
            firing_.erase(fingerprint);
        } else if (firing_.size() < rule().max_series) {
            firing_.insert(fingerprint);
        }
        values.push_back({series, firing ? 1.0 : 0.0});
    }
    names().begin_part();
    static_cast<void>(add(values));
}

void AlertmanagerSource::look() {
    const auto at = now();
    if (desk_ == nullptr) {
        fail(SourceFailure::missing, "nothing listens for webhooks: http.listen is empty");
    } else if (!firing_.empty() && at >= heard_ + intervals_of_silence * rule().interval) {
        fail(SourceFailure::silent,
             fmt::format("{} alerts fire, and nothing was said of them for {} s",
                         firing_.size(),
                         std::chrono::duration_cast<std::chrono::seconds>(at - heard_).count()));
    }
    timer_ = loop_.at(at + rule().interval, [this] { look(); });
}

std::unique_ptr<Source> make_alertmanager(const Tools& tools,
                                          const SourceRule& rule,
                                          SeriesId first_id) {
    return std::make_unique<AlertmanagerSource>(tools, rule, first_id);
}

}  // namespace primum::source

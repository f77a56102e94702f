// SPDX-License-Identifier: MIT
#include "webhook.hpp"

#include "event/event_json.hpp"
#include "source/exposition.hpp"
#include "source/series_reader.hpp"
#include "source/webhook.hpp"

#include <primum/check.hpp>

#include <string_view>

namespace primum::fuzz {

void take_webhook(std::span<const std::uint8_t> bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const auto webhook = source::read_webhook(text);
    if (!webhook) {
        PRIMUM_CHECK(!webhook.error().message.empty());
        return;
    }
    PRIMUM_CHECK(webhook->alerts.size() <= text.size());
    for (const auto& alert : webhook->alerts) {
        // A series as both readers of names take it.
        const auto read = source::read_series(alert.series, source::WebhookLimits{}.labels);
        const auto again = event::parse_series_name(alert.series);
        PRIMUM_CHECK(read.has_value() && again.has_value());
        PRIMUM_CHECK(read->name == "alert" && read->labels.size() == again->labels.size());
        PRIMUM_CHECK(!alert.fingerprint.empty());
    }
}

}  // namespace primum::fuzz

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

struct WebhookAlert {
    bool firing = false;      // else resolved
    std::string fingerprint;  // Alertmanager's own; the series where it gave none
    std::string series;       // alert{alertname="…",…}: all its labels, by name
};

// What Alertmanager told: one group of alerts of one receiver.
struct Webhook {
    std::string receiver;
    std::uint64_t truncated = 0;  // alerts that were left out of it
    std::vector<WebhookAlert> alerts;
};

struct WebhookError {
    std::string message;  // for people
};

struct WebhookLimits {
    std::size_t bytes = std::size_t{1} << 20U;
    std::size_t depth = 16;
    std::size_t alerts = 10'000;
    std::size_t labels = 64;  // of an alert
};

// Reads the body of Alertmanager's webhook, version 4. Members that are not known are passed over;
// whatever is missing, of another type or over its limit refuses the whole.
[[nodiscard]] Result<Webhook, WebhookError> read_webhook(std::string_view body,
                                                         const WebhookLimits& limits = {});

}  // namespace primum::source

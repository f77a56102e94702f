// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/alert_book.hpp"
#include "daemon/notice/notice.hpp"

#include <primum/engine.hpp>
#include <primum/record.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace primum::notice {

// What people read on an alert. It may change while the alert stands.
struct AlertText {
    std::string summary;      // one line
    std::string description;  // what is known, what was done, what comes next
};

// `incident`: of the alert, while it is open; `explained`: of its target, where there is one.
[[nodiscard]] AlertText text_of(const Alert& alert,
                                const IncidentRecord* incident,
                                const std::optional<Explanation>& explained);

using Explain = std::function<std::optional<Explanation>(const std::string& target)>;

// The body of a POST to /api/v2/alerts (https://github.com/prometheus/alertmanager,
// api/v2/openapi.yaml). What fires ends `resolve_after` from now, unless it is sent again.
[[nodiscard]] std::string alerts_json(const std::vector<AlertBook::Sending>& sendings,
                                      const AlertBook& book,
                                      const Origin& origin,
                                      const Explain& explain,
                                      WallTime fires_until);

}  // namespace primum::notice

// SPDX-License-Identifier: MIT
#include "source/webhook.hpp"

#include "source/series_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <simdjson.h>

namespace primum::source {
namespace {

namespace dom = simdjson::dom;

using Label = std::pair<std::string_view, std::string_view>;

auto refuse(std::string message) {
    return fail(WebhookError{std::move(message)});
}

std::optional<std::string_view> text_of(dom::object object, std::string_view key) {
    std::string_view text;
    return object.at_key(key).get(text) == simdjson::SUCCESS ? std::optional{text} : std::nullopt;
}

bool is_label_name(std::string_view name) {
    return !name.empty() && starts_label(name.front()) &&
           std::all_of(
               name.begin(), name.end(), [](char c) { return starts_label(c) || is_digit(c); });
}

void append_value(std::string& out, std::string_view value) {
    for (const char c : value) {
        if (c == '\\' || c == '"') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
}

std::string series_of(const std::vector<Label>& labels) {
    std::string series = "alert{";
    for (const auto& [name, value] : labels) {
        series += series.back() == '{' ? "" : ",";
        series += name;
        series += "=\"";
        append_value(series, value);
        series += '"';
    }
    return series + "}";
}

Result<std::string, WebhookError> read_labels(dom::object labels, const WebhookLimits& limits) {
    if (labels.size() > limits.labels) {
        return refuse(fmt::format("more than {} labels on an alert", limits.labels));
    }
    std::vector<Label> read;
    for (const auto [name, element] : labels) {
        std::string_view value;
        if (element.get(value) != simdjson::SUCCESS) {
            return refuse(fmt::format("label {} is no string", name));
        }
        if (!is_label_name(name)) {
            return refuse(fmt::format("{} is no name of a label", name));
        }
        if (value.find('\0') != std::string_view::npos) {
            return refuse(fmt::format("label {} has a NUL in it", name));
        }
        read.emplace_back(name, value);
    }
    std::sort(read.begin(), read.end());
    const auto twice = std::adjacent_find(
        read.begin(), read.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != read.end()) {
        return refuse(fmt::format("label {} stands there twice", twice->first));
    }
    return series_of(read);
}

Result<WebhookAlert, WebhookError> read_alert(dom::element element, const WebhookLimits& limits) {
    dom::object object;
    dom::object labels;
    if (element.get(object) != simdjson::SUCCESS ||
        object.at_key("labels").get(labels) != simdjson::SUCCESS) {
        return refuse("an alert without labels");
    }
    const auto status = text_of(object, "status");
    if (status != "firing" && status != "resolved") {
        return refuse("an alert's status is neither firing nor resolved");
    }
    auto series = read_labels(labels, limits);
    if (!series) {
        return fail(std::move(series.error()));
    }
    const auto fingerprint = text_of(object, "fingerprint").value_or(std::string_view{});
    return WebhookAlert{status == "firing",
                        std::string{fingerprint.empty() ? std::string_view{*series} : fingerprint},
                        std::move(*series)};
}

Result<Webhook, WebhookError> read_root(dom::element root, const WebhookLimits& limits) {
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS) {
        return refuse("a JSON object is expected");
    }
    const auto version = text_of(object, "version");
    if (version != "4") {
        return refuse(fmt::format("version \"4\" of Alertmanager's webhook is expected, not {}",
                                  version ? fmt::format("\"{}\"", version->substr(0, 16))
                                          : std::string{"a body without one"}));
    }
    const auto receiver = text_of(object, "receiver");
    dom::array alerts;
    if (!receiver || object.at_key("alerts").get(alerts) != simdjson::SUCCESS) {
        return refuse("a receiver and a list of alerts are expected");
    }
    if (alerts.size() > limits.alerts) {
        return refuse(fmt::format("more than {} alerts", limits.alerts));
    }
    Webhook webhook;
    webhook.receiver = *receiver;
    dom::element truncated;
    if (object.at_key("truncatedAlerts").get(truncated) == simdjson::SUCCESS &&
        truncated.get(webhook.truncated) != simdjson::SUCCESS) {
        return refuse("truncatedAlerts is no count");
    }
    for (const auto element : alerts) {
        auto alert = read_alert(element, limits);
        if (!alert) {
            return fail(std::move(alert.error()));
        }
        webhook.alerts.push_back(std::move(*alert));
    }
    return webhook;
}

}  // namespace

Result<Webhook, WebhookError> read_webhook(std::string_view body, const WebhookLimits& limits) {
    if (body.size() > limits.bytes) {
        return refuse(fmt::format("more than {} bytes", limits.bytes));
    }
    try {
        dom::parser parser;
        dom::element root;
        const auto allocated = parser.allocate(body.size() + 1, limits.depth);
        const auto code = allocated != simdjson::SUCCESS
                              ? allocated
                              : parser.parse(body.data(), body.size()).get(root);
        if (code != simdjson::SUCCESS) {
            return refuse(fmt::format("not JSON: {}", simdjson::error_message(code)));
        }
        return read_root(root, limits);
    } catch (const simdjson::simdjson_error& error) {
        return refuse(fmt::format("not JSON: {}", error.what()));
    }
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "rules/settings.hpp"

#include "rules/budget.hpp"
#include "rules/duration.hpp"
#include "rules/file.hpp"
#include "rules/section.hpp"
#include "rules/toml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

namespace primum::rules {
namespace {

using std::chrono::hours;

void read_path(Section& section, std::string_view key, std::filesystem::path& out) {
    std::string text;
    if (!section.read(key, text)) {
        return;
    }
    if (!text.starts_with('/')) {
        section.fail_at(*section.find(key), "an absolute path is expected");
        return;
    }
    out = text;
}

void read_size(Section& section, std::string_view key, std::uint64_t& out) {
    std::string text;
    if (!section.read(key, text)) {
        return;
    }
    if (const auto size = parse_size(text)) {
        out = *size;
    } else {
        section.fail_at(*section.find(key), size.error().message);
    }
}

void read_paths(Section& top, std::string_view key, std::vector<std::filesystem::path>& out) {
    std::vector<std::string> paths;
    if (!top.read(key, paths)) {
        return;
    }
    out.clear();
    for (const std::string& path : paths) {
        if (!path.starts_with('/')) {
            top.fail_at(*top.find(key), "absolute paths are expected");
            return;
        }
        out.emplace_back(path);
    }
}

bool is_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return false;
    }
    const std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number > 65'535) {
        return false;
    }
    const bool v6 = host.starts_with('[') && host.ends_with(']') && host.size() > 3;
    return host.find_first_not_of(v6 ? "[]0123456789abcdefABCDEF:.%" : "0123456789.") ==
           std::string_view::npos;
}

void read_http(Section& top, Settings& settings) {
    auto http = top.table("http");
    if (!http) {
        return;
    }
    std::string listen;
    if (http->read("listen", listen)) {
        if (!listen.empty() && !is_listen_address(listen)) {
            http->fail_at(*http->find("listen"),
                          "a numeric \"address:port\" is expected, like \"127.0.0.1:9763\" or "
                          "\"[::1]:9763\", or \"\" for off");
        }
        settings.http_listen = listen;
    }
    http->refuse_unknown_keys();
}

void read_push(Section& top, Settings& settings) {
    auto push = top.table("push");
    if (!push) {
        return;
    }
    read_path(*push, "socket", settings.push.socket);
    push->read("max_line_bytes", settings.push.max_line_bytes, {256, 1U << 20U});
    push->read("max_series_per_source", settings.push.max_series_per_source, {1, 100'000});
    push->refuse_unknown_keys();
}

void read_recording(Section& top, Settings& settings) {
    auto recording = top.table("recording");
    if (!recording) {
        return;
    }
    if (auto keep = recording->table("keep")) {
        read_size(*keep, "size", settings.recording.size_bytes);
        keep->read("age", settings.recording.age, {hours{1}, hours{24 * 366}});
        keep->refuse_unknown_keys();
    }
    recording->refuse_unknown_keys();
}

void read_budgets(Section& top, DecisionSettings& decision) {
    auto budget = top.table("budget");
    if (!budget) {
        return;
    }
    budget->read("in_flight", decision.in_flight, {1, 16});
    if (auto host = budget->table("host")) {
        decision.host = read_budget(*host);
    }
    if (auto level = budget->table("level")) {
        for (std::size_t i = index_of(Level::retry); i < level_count; ++i) {
            if (auto one = level->table(name_of(static_cast<Level>(i)))) {
                decision.per_level.at(i) = read_budget(*one);
            }
        }
        level->refuse_unknown_keys();
    }
    budget->refuse_unknown_keys();
}

void read_breaker(Section& top, BreakerRule& breaker) {
    auto section = top.table("breaker");
    if (!section) {
        return;
    }
    section->read("window", breaker.window, {1, 1000});
    for (const auto& [key, out] :
         {std::pair{"worse", &breaker.worse}, std::pair{"no_effect", &breaker.no_effect}}) {
        if (section->find(key) == nullptr) {
            *out = std::min(*out, breaker.window);  // else it could never trip
        } else {
            section->read(key, *out, {1, breaker.window});
        }
    }
    section->refuse_unknown_keys();
}

void read_hold(Section& top, DecisionSettings& decision) {
    if (auto hold = top.table("hold")) {
        hold->read("max", decision.max_hold, {std::chrono::minutes{1}, hours{24 * 31}});
        hold->refuse_unknown_keys();
    }
}

void read_response(Section& top, ResponseRule& response) {
    auto section = top.table("incidents");
    if (!section) {
        return;
    }
    constexpr auto longest = hours{24 * 31};
    section->read("sev2_after", response.sev2_after, {std::chrono::minutes{1}, longest});
    section->read("sev1_after", response.sev1_after, {std::chrono::minutes{1}, longest});
    constexpr std::array keys{"sev1_respond", "sev2_respond", "sev3_respond"};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        section->read(keys.at(i), response.respond.at(i), {std::chrono::minutes{1}, longest});
    }
    section->read("max_overdue", response.max_overdue, {0, 16});
    section->refuse_unknown_keys();
}

void read_promotion(Section& top, PromotionSettings& promotion) {
    auto section = top.table("promotion");
    if (!section) {
        return;
    }
    section->read("required", promotion.required);
    section->read("min_dry_run", promotion.min_dry_run, {Duration{0}, hours{24 * 366}});
    if (section->read("min_precision", promotion.min_precision) &&
        !(promotion.min_precision >= 0 && promotion.min_precision <= 1)) {
        section->fail_at(*section->find("min_precision"), "a precision is 0 to 1");
    }
    section->refuse_unknown_keys();
}

}  // namespace

SettingsLoad parse_settings(std::string_view text, const std::string& file) {
    SettingsLoad load;
    ErrorList errors;
    const std::uint32_t index = errors.add_file(file);
    if (const auto tree = read_toml(text, index, errors)) {
        Section top{*tree, Place{index, 1, 1}, {}, errors};
        read_paths(top, "rules", load.settings.rules);
        read_paths(top, "library", load.settings.library);
        read_path(top, "state_dir", load.settings.state_dir);
        top.read_name("mode", load.settings.decision.mode);
        read_http(top, load.settings);
        read_push(top, load.settings);
        read_recording(top, load.settings);
        read_budgets(top, load.settings.decision);
        read_breaker(top, load.settings.decision.breaker);
        read_hold(top, load.settings.decision);
        read_response(top, load.settings.decision.response);
        read_notify(top, load.settings.notify);
        read_promotion(top, load.settings.promotion);
        top.refuse_unknown_keys();
    }
    load.errors = errors.take();
    return load;
}

SettingsLoad load_settings(const std::filesystem::path& path) {
    auto text = read_file(path);
    if (!text) {
        SettingsLoad load;
        if (text.error() != ENOENT) {
            load.errors.push_back(unreadable(path, text.error()));
        }
        return load;
    }
    return parse_settings(*text, path.string());
}

}  // namespace primum::rules

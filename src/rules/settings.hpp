// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"
#include "rules/settings_notify.hpp"

#include <primum/rules.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

// Actions per hour, over all targets, that no setting and no rule can raise.
inline constexpr std::uint32_t max_actions_per_hour = 120;

struct PushSettings {
    std::filesystem::path socket{"/run/primum/push.sock"};
    std::uint32_t max_line_bytes = 65'536;
    std::uint32_t max_series_per_source = 10'000;
};

struct RecordingSettings {
    std::uint64_t size_bytes = 256ULL * 1024 * 1024;
    Duration age{std::chrono::hours{24 * 14}};
};

// What the gate to enforce asks for.
struct PromotionSettings {
    bool required = false;  // a target enforces nothing that was not promoted
    Duration min_dry_run{std::chrono::hours{24 * 7}};
    double min_precision = 0.9;  // 0 to 1
};

// What /etc/primum/primum.toml says. Every member has the default that an empty file gives.
struct Settings {
    std::vector<std::filesystem::path> rules{"/etc/primum/rules.d"};
    // Directories of templates; the first that has NAME.toml is taken.
    std::vector<std::filesystem::path> library{"/etc/primum/library", "/usr/share/primum/rules"};
    std::filesystem::path state_dir{"/var/lib/primum"};
    std::string http_listen{"127.0.0.1:9763"};  // "address:port" or "[v6]:port"; empty: off
    PushSettings push;
    RecordingSettings recording;
    NotifySettings notify;
    PromotionSettings promotion;
    // mode, [budget], [breaker] and [hold]; and the machine, which the program fills in.
    DecisionSettings decision;
};

struct SettingsLoad {
    Settings settings;              // the defaults where `errors` speak; do not use it then
    std::vector<RuleError> errors;  // by line
};

// Reads the daemon's settings. A file that is missing or empty is all defaults (dry_run); one that
// is there but cannot be read is an error.
[[nodiscard]] SettingsLoad load_settings(const std::filesystem::path& path);

// The same from text; `file` is what errors name.
[[nodiscard]] SettingsLoad parse_settings(std::string_view text, const std::string& file);

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "telemetry/log_line.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace primum::telemetry {
namespace {

spdlog::level::level_enum level_of(Priority priority) {
    switch (priority) {
        case Priority::alert:
            return spdlog::level::critical;
        case Priority::error:
            return spdlog::level::err;
        case Priority::warning:
            return spdlog::level::warn;
        case Priority::notice:
        case Priority::info:
            return spdlog::level::info;
        case Priority::debug:
            return spdlog::level::debug;
    }
    return spdlog::level::info;
}

}  // namespace

class LogLine::Impl {
public:
    explicit Impl(const std::string& identifier)
        : logger_(identifier, std::make_shared<spdlog::sinks::stderr_color_sink_st>()) {
        logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%e %n %^%l%$ %v");
        logger_.set_level(spdlog::level::debug);
    }
    void write(const Entry& entry) { logger_.log(level_of(entry.priority), text_of(entry)); }

private:
    spdlog::logger logger_;
};

LogLine::LogLine(const std::string& identifier) : impl_(std::make_unique<Impl>(identifier)) {}

LogLine::~LogLine() = default;

void LogLine::write(const Entry& entry) {
    impl_->write(entry);
}

std::string text_of(const Entry& entry) {
    std::string text = entry.message;
    const auto add = [&text](std::string_view name, std::string_view value) {
        if (!value.empty() && text.find(value) == std::string::npos) {
            text += fmt::format(" {}={}", name, value);
        }
    };
    add("target", entry.target);
    add("level", entry.level);
    add("reason", entry.reason);
    if (entry.incident != 0) {
        add("incident", std::to_string(entry.incident));
    }
    add("action", entry.action);
    return text;
}

Writer stderr_writer(std::string identifier) {
    return [line = std::make_shared<LogLine>(std::move(identifier))](const Entry& entry) {
        line->write(entry);
        return true;
    };
}

}  // namespace primum::telemetry

// SPDX-License-Identifier: MIT
#include "ctl/replay_input.hpp"

#include "ctl/text.hpp"
#include "rules/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace primum::ctl {
namespace {

std::string_view heading(replay::Remark::Kind kind) {
    switch (kind) {
        case replay::Remark::Kind::bad_line:
            return "not an event, passed over";
        case replay::Remark::Kind::torn:
            return "cut after this line";
        case replay::Remark::Kind::missing:
            break;
    }
    return "from here on it may not be what happened";
}

}  // namespace

Progress::~Progress() {
    if (shown_ > 0) {
        world_.err << "\r\x1b[K" << std::flush;
    }
}

void Progress::show() {
    if (!world_.progress || ++calls_ % 1024 != 0) {
        return;
    }
    const std::uint64_t percent =
        events_.read_bytes() * 100 / std::max<std::uint64_t>(events_.total_bytes(), 1);
    if (percent > shown_) {
        shown_ = percent;
        world_.err << "\r" << doing_ << ": " << percent << " %" << std::flush;
    }
}

Exit tell_replay_error(const replay::ReplayError& error, Surroundings& world) {
    world.err << "primumctl: " << printable(error.message) << "\n";
    return error.missing ? Exit::no_input : Exit::bad_data;
}

std::vector<std::string> remarks_of(const replay::RecordedEvents& events) {
    std::vector<std::string> lines;
    for (const replay::Remark& remark : events.remarks()) {
        lines.push_back(printable(fmt::format("{}:{}: {}: {}",
                                              remark.path.string(),
                                              remark.line,
                                              heading(remark.kind),
                                              remark.text)));
    }
    const std::uint64_t bad = events.count(replay::Remark::Kind::bad_line);
    if (bad > 0) {
        lines.push_back(fmt::format("primumctl: lines passed over: {}", bad));
    }
    return lines;
}

// The settings that rules on disk are compiled under: those named, else those recorded.
Result<rules::Settings, Exit> settings_of(const std::string& settings,
                                          const std::vector<std::string>& recordings,
                                          Surroundings& world) {
    rules::SettingsLoad load;
    auto events = replay::RecordedEvents::open({recordings.begin(), recordings.end()});
    while (events) {
        const auto event = events->next();
        if (!event || *event == nullptr) {
            break;
        }
        if (const auto* recorded = std::get_if<RulesEvent>(&(*event)->body)) {
            load = rules::recorded_settings(recorded->text);
            break;
        }
    }
    if (!settings.empty()) {
        std::error_code ignored;
        if (!std::filesystem::exists(settings, ignored)) {
            return fail(tell_replay_error({settings + ": there is no such file", true}, world));
        }
        const std::string machine = load.settings.decision.machine;
        load = rules::load_settings(settings);
        load.settings.decision.machine = machine;  // it decided there
    }
    for (const rules::RuleError& error : load.errors) {
        world.err << printable(rules::format_error(error)) << "\n";
    }
    return load.errors.empty() ? Result<rules::Settings, Exit>{load.settings}
                               : Result<rules::Settings, Exit>{fail(Exit::bad_data)};
}

Result<std::shared_ptr<const RuleSet>, Exit> rules_at(const std::string& path,
                                                      const rules::Settings& settings,
                                                      Surroundings& world) {
    if (path.empty()) {
        return std::shared_ptr<const RuleSet>{};
    }
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        return fail(tell_replay_error({path + ": there is no such file", true}, world));
    }
    const auto load = rules::load_rules({path}, settings);
    for (const rules::RuleError& error : load.errors) {
        world.err << printable(rules::format_error(error)) << "\n";
    }
    return load.rules != nullptr
               ? Result<std::shared_ptr<const RuleSet>, Exit>{load.rules}
               : Result<std::shared_ptr<const RuleSet>, Exit>{fail(Exit::bad_data)};
}

}  // namespace primum::ctl

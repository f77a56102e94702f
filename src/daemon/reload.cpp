// SPDX-License-Identifier: MIT
#include "daemon/reload.hpp"

#include "systemd/machine.hpp"

#include <utility>

namespace primum::daemon {

namespace {

std::vector<std::string> lines(const std::vector<rules::RuleError>& errors) {
    std::vector<std::string> text;
    text.reserve(errors.size());
    for (const auto& error : errors) {
        text.push_back(rules::format_error(error));
    }
    return text;
}

}  // namespace

rules::SettingsLoad load_settings_here(const std::string& settings) {
    rules::SettingsLoad load = rules::load_settings(settings);
    load.settings.decision.machine = systemd::machine_key();
    return load;
}

Reloader::Reloader(systemd::EventLoop& loop,
                   const Clock& clock,
                   std::string program,
                   std::string settings,
                   Hooks hooks)
    : clock_(clock),
      settings_(std::move(settings)),
      hooks_(std::move(hooks)),
      check_(loop, clock, std::move(program)) {}

void Reloader::request(Answer answer) {
    waiting_.push_back(std::move(answer));
    if (!check_.running() && asking_.empty()) {
        begin();
    }
}

void Reloader::begin() {
    asking_ = std::exchange(waiting_, {});
    check_.start(settings_, [this](CheckOutcome outcome) { checked(std::move(outcome)); });
}

void Reloader::checked(CheckOutcome outcome) {
    bus::ReloadStatus next;
    next.ever = true;
    next.ok = outcome.ok;
    next.at = clock_.now().wall;
    next.digest = status_.digest;
    next.errors = std::move(outcome.errors);
    if (next.ok) {
        load(next);
    }
    status_ = std::move(next);
    hooks_.told(status_);
    for (const auto& answer : std::exchange(asking_, {})) {
        answer(status_);
    }
    if (!waiting_.empty()) {
        begin();
    }
}

void Reloader::load(bus::ReloadStatus& next) {
    const auto settings = load_settings_here(settings_);
    next.errors = lines(settings.errors);
    if (next.errors.empty()) {
        const auto loaded = rules::load_rules(settings.settings.rules, settings.settings);
        next.errors = lines(loaded.errors);
        if (next.errors.empty()) {
            next.unchanged = loaded.rules->digest == status_.digest;
            next.digest = loaded.rules->digest;
            if (!next.unchanged) {
                hooks_.put_in_force(loaded, settings.settings);
            }
        }
    }
    next.ok = next.errors.empty();
}

std::vector<std::string> check_settings_and_rules(const std::string& settings) {
    const auto loaded = load_settings_here(settings);
    if (!loaded.errors.empty()) {
        return lines(loaded.errors);
    }
    return lines(rules::load_rules(loaded.settings.rules, loaded.settings).errors);
}

}  // namespace primum::daemon

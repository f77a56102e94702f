// SPDX-License-Identifier: MIT
#include "ctl/promotion_parts.hpp"

#include "rules/file.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace primum::ctl {

DiskRules rules_on_disk(const Surroundings& world) {
    rules::SettingsLoad settings = rules::load_settings(world.settings_file);
    settings.settings.decision.machine = world.machine;
    DiskRules disk{settings.settings,
                   rules::load_rules(settings.settings.rules, settings.settings)};
    std::move(settings.errors.begin(), settings.errors.end(), std::back_inserter(disk.load.errors));
    return disk;
}

const TargetRule* find_target(const rules::RulesLoad& load, const std::string& name) {
    if (load.rules == nullptr) {
        return nullptr;
    }
    const auto& targets = load.rules->targets;
    const auto found = std::find_if(
        targets.begin(), targets.end(), [&](const TargetRule& each) { return each.name == name; });
    return found == targets.end() ? nullptr : &*found;
}

std::optional<std::string> text_at(const std::filesystem::path& path) {
    auto text = rules::read_file(path);
    return text ? std::optional{*std::move(text)} : std::nullopt;
}

Result<void, CallFailure> reload_rules(const std::string& reason, Surroundings& world) {
    Request request{"Reload", {reason}};
    request.interactive = true;
    request.timeout = polkit_timeout;
    const auto reply = world.client.call(request);
    return reply ? Result<void, CallFailure>{} : fail(reply.error());
}

}  // namespace primum::ctl

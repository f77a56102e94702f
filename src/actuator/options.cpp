// SPDX-License-Identifier: MIT
#include "actuator/options.hpp"

#include <array>
#include <functional>
#include <string_view>

namespace primum::actuator {
namespace {

struct Option {
    std::string_view name;
    std::string_view value;
    std::string_view help;
    void (*take)(Options&, const std::string&);
};

constexpr std::array<Option, 7> options{{
    {"--settings",
     "FILE",
     "the daemon's settings (default /etc/primum/primum.toml)",
     [](Options& to, const std::string& value) { to.settings = value; }},
    {"--rules",
     "PATH",
     "rules instead of those that the settings name; may be repeated",
     [](Options& to, const std::string& value) { to.rules.push_back(value); }},
    {"--state",
     "DIR",
     "where its database is (default /var/lib/primum-actuator)",
     [](Options& to, const std::string& value) { to.state = value; }},
    {"--socket",
     "PATH",
     "listen here instead of on the socket that systemd passes",
     [](Options& to, const std::string& value) { to.socket = value; }},
    {"--off-switch",
     "FILE",
     "an off switch file instead of primum's own; may be repeated",
     [](Options& to, const std::string& value) { to.off_switch.push_back(value); }},
    {"--peer-user",
     "USER",
     "whom primumd runs as (default primum)",
     [](Options& to, const std::string& value) { to.peer_user = value; }},
    {"--look",
     "UNIT",
     "only print what there is to know of a unit now, as evidence is taken",
     [](Options& to, const std::string& value) { to.look = value; }},
}};

}  // namespace

Result<Options, UsageError> parse_options(const std::vector<std::string>& arguments) {
    Options parsed;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const auto equals = argument.find('=');
        const auto name = argument.substr(0, equals);
        if (name == "--help" || name == "--version") {
            (name == "--help" ? parsed.help : parsed.version) = true;
            continue;
        }
        const Option* found = nullptr;
        for (const auto& option : options) {
            found = option.name == name ? &option : found;
        }
        if (found == nullptr) {
            return fail(UsageError{"unknown argument " + argument + "; see --help"});
        }
        const bool joined = equals != std::string::npos;
        if (!joined && i + 1 == arguments.size()) {
            return fail(UsageError{name + " needs a value: " + std::string(found->value)});
        }
        const std::string value = joined ? argument.substr(equals + 1) : arguments[++i];
        if (value.empty()) {
            return fail(UsageError{name + " needs a value: " + std::string(found->value)});
        }
        found->take(parsed, value);
    }
    return parsed;
}

std::string usage() {
    std::string text =
        "primum-actuator [OPTION]...\n"
        "Carries out remedies for primumd, as root. systemd starts it through its socket.\n\n";
    for (const auto& option : options) {
        std::string line = "  " + std::string(option.name) + ' ' + std::string(option.value);
        line.resize(22, ' ');
        text += line + std::string(option.help) + '\n';
    }
    return text + "  --help              this text\n  --version           the version\n";
}

}  // namespace primum::actuator

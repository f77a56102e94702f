// SPDX-License-Identifier: MIT
#include "ctl/new_rules.hpp"

#include "ctl/lint_units.hpp"
#include "rules/duration.hpp"
#include "rules/rule_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace primum::ctl {
namespace {

using rules::format_duration;
using std::chrono::minutes;
using std::chrono::seconds;

std::string quoted(const std::string& text) {
    return rules::value_text(rules::text_node(text));
}

// The first that is not in step with what the unit does by itself.
template <std::size_t n>
Duration out_of_step(const UnitSight& unit, const std::array<Duration, n>& candidates) {
    const auto beats = periods_of(unit);
    const auto fits = [&beats](Duration candidate) {
        return std::none_of(beats.begin(), beats.end(), [candidate](Duration beat) {
            return in_step(candidate, beat);
        });
    };
    const auto found = std::find_if(candidates.begin(), candidates.end(), fits);
    return found == candidates.end() ? candidates.back() : *found;
}

bool is_probed(const Listening& socket) {
    return socket.any_address || socket.loopback;
}

std::string facts_of(const NewRule& rule) {
    const UnitSight& unit = rule.unit;
    std::string out = fmt::format("# {} is {}{}.\n",
                                  unit.id,
                                  unit.active_state,
                                  unit.type.empty() ? "" : ", of Type=" + unit.type);
    if (unit.service) {
        out += fmt::format("# systemd restarts it: Restart={}, RestartSec={}",
                           unit.restart,
                           format_duration(unit.restart_after));
        out += unit.start_limit_interval == Duration{0}
                   ? "; without a limit.\n"
                   : fmt::format("; at most {} starts in {}.\n",
                                 unit.start_limit,
                                 format_duration(unit.start_limit_interval));
    }
    if (unit.watchdog > Duration{0}) {
        out += fmt::format("# It has a watchdog (WatchdogSec={}): systemd ends it when it hangs.\n",
                           format_duration(unit.watchdog));
    }
    for (const TimerSight& timer : unit.timers) {
        out += fmt::format("# {} acts on it every {}: is that still wanted?\n",
                           timer.name,
                           format_duration(timer.period));
    }
    return out;
}

std::string library_of(const NewRule& rule) {
    if (rule.library_file.empty()) {
        return {};
    }
    const std::string stem = std::filesystem::path{rule.library_file}.stem().string();
    return fmt::format(
        "#\n# The library has a rule by this name, {}. If it is for this program, use\n"
        "# it instead of what follows, with the parameters that it asks for:\n"
        "#\n#     [target.{}]\n#     use = \"{}\"\n#     with = {{ unit = {} }}\n",
        rule.library_file,
        rules::value_text(rules::text_node(target_name(rule.unit.id))),
        stem,
        quoted(rule.unit.id));
}

std::string sources_of(const NewRule& rule, const std::string& name) {
    std::string out;
    if (!rule.sockets) {
        out +=
            "\n# On which ports it listens could not be read (it does not run, or that takes "
            "root): "
            "a probe\n# would tell more than the unit's state. See docs/sources.md, tcp and "
            "http.\n";
        return out;
    }
    for (const Listening& socket : *rule.sockets) {
        if (!is_probed(socket)) {
            out +=
                fmt::format("\n# It listens on port {} too, on an address that is not loopback.\n",
                            socket.port);
            continue;
        }
        out += fmt::format(
            "\n# It listens on port {}. What it speaks there is not known; if it is "
            "HTTP, kind = \"http\"\n# with a url tells more than a connection.\n"
            "[source.\"{}_port_{}\"]\nkind = \"tcp\"\naddress = \"127.0.0.1:{}\"\n"
            "interval = \"15s\"\n",
            socket.port,
            name,
            socket.port,
            socket.port);
    }
    return out;
}

std::string indicators_of(const NewRule& rule, const std::string& name) {
    std::string out = fmt::format(
        "\n[target.\"{}\".indicator.unit]\nvalue = \"unit_state\"  # failed "
        "is critical\n",
        name);
    for (const Listening& socket : rule.sockets.value_or(std::vector<Listening>{})) {
        if (is_probed(socket)) {
            out += fmt::format(
                "\n# Nobody takes connections any more: an error, for which nothing "
                "is restarted.\n[target.\"{0}\".indicator.port_{1}]\nsource = "
                "\"{0}_port_{1}\"\nvalue = \"probe\"\n",
                name,
                socket.port);
        }
    }
    return out;
}

std::string ladder_of(const NewRule& rule, const std::string& name) {
    const UnitSight& unit = rule.unit;
    constexpr std::array<Duration, 6> dwells{
        seconds{30}, seconds{45}, seconds{70}, seconds{100}, seconds{160}, seconds{230}};
    constexpr std::array<Duration, 6> cooldowns{
        minutes{5}, minutes{7}, minutes{9}, minutes{13}, minutes{17}, minutes{23}};
    const std::string times =
        fmt::format("for = \"{}\"\ncooldown = {{ initial = \"{}\", factor = 2, max = \"1h\" }}\n",
                    format_duration(out_of_step(unit, dwells)),
                    format_duration(out_of_step(unit, cooldowns)));
    std::string out = fmt::format("\n[target.\"{}\".ladder.observe]\n", name);
    const bool probed =
        rule.sockets && std::any_of(rule.sockets->begin(), rule.sockets->end(), is_probed);
    if (unit.can_reload && probed) {
        out += fmt::format(
            "\n# It has ExecReload=: the gentlest that can be tried.\n"
            "[target.\"{}\".ladder.retry]\nremedy = [{{ reload = {{}} }}]\n{}",
            name,
            times);
    }
    if (rule.restarts) {
        out += fmt::format(
            "\n# When it has failed, and systemd's own restarts have not helped.\n"
            "[target.\"{}\".ladder.restart]\nremedy = [{{ restart = {{}} }}]\n{}",
            name,
            times);
    } else {
        out += fmt::format("\n# No restart: {}.\n", rule.why_not);
    }
    if (!rule.configs.empty()) {
        out += fmt::format(
            "\n# Its command line names {}. With a known-good copy and a check of it, the last "
            "resort\n# could be (fill in what is in <>):\n#\n# [target.\"{}\".ladder.fallback]\n"
            "# remedy = [{{ config_fallback = {{ files = [{{ path = {}, good = \"<copy>\" }}], "
            "check = [\"<program>\"] }} }}]\n",
            fmt::join(rule.configs, ", "),
            name,
            quoted(rule.configs.front()));
    }
    return out;
}

}  // namespace

std::string target_name(const std::string& unit) {
    std::string name = unit.substr(0, unit.rfind('.'));
    for (char& c : name) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '@';
        c = fits ? c : '_';
    }
    constexpr std::size_t longest = 48;  // sources add to it
    name = name.substr(0, longest);
    return name.find_first_of("-.@") == 0 ? "_" + name : name;
}

std::string library_file_of(const std::string& unit, const std::vector<std::string>& directories) {
    const std::string name = unit.substr(0, unit.rfind('.'));
    for (const std::string& stem :
         {name.substr(0, name.find('@')), name.substr(0, name.find_first_of("@-"))}) {
        for (const std::string& directory : directories) {
            const std::string file = fmt::format("{}/{}.toml", directory, stem);
            std::error_code ignored;
            if (!stem.empty() && std::filesystem::is_regular_file(file, ignored)) {
                return file;
            }
        }
    }
    return {};
}

std::vector<std::string> configs_of(const UnitSight& unit) {
    constexpr std::size_t most = 8;
    std::vector<std::string> files;
    for (const Argv& program : unit.runs) {
        for (const std::string& argument : program) {
            const auto at = argument.find("/etc/");
            const std::string path = at == std::string::npos ? "" : argument.substr(at);
            const bool whole = at == 0 || (at != std::string::npos && argument[at - 1] == '=');
            const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
                return c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '$';
            });
            if (whole && plain && files.size() < most &&
                std::find(files.begin(), files.end(), path) == files.end()) {
                files.push_back(path);
            }
        }
    }
    return files;
}

std::string new_rule_text(const NewRule& rule) {
    const std::string name = target_name(rule.unit.id);
    std::string out = fmt::format(
        "# A rule for {}, made by primumctl rules new from what this host "
        "says of it.\n# Nothing is enforced; see what it would do first: "
        "primumctl explain {}\n#\n",
        rule.unit.id,
        name);
    out += facts_of(rule) + library_of(rule) + sources_of(rule, name);
    const std::size_t attempts = 2;  // a reload and a restart
    out += fmt::format(
        "\n[target.\"{}\"]\nunit = {}\nmode = \"{}\"\nbudget = {{ actions = {}, per = "
        "\"1h\" }}\n",
        name,
        quoted(rule.unit.id),
        rule.unit.service ? "dry_run" : "observe",
        attempts);
    return out + indicators_of(rule, name) + ladder_of(rule, name);
}

}  // namespace primum::ctl

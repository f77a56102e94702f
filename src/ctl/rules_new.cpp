// SPDX-License-Identifier: MIT
#include "ctl/rules_new.hpp"

#include "ctl/lint_units.hpp"
#include "ctl/new_rules.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "rules/compilation.hpp"
#include "rules/lint.hpp"
#include "rules/loader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

// What is wrong with the file that was made, as people see it; empty: nothing.
std::vector<rules::Lint> lints_of(const std::string& text, const UnitSight& unit) {
    rules::Places places;
    const auto load = rules::compile_rules({rules::RuleFile{"new rule", text}}, {}, &places);
    rules::LintList lints{places};
    if (load.rules != nullptr) {
        rules::lint_rules(*load.rules, lints);
        for (const TargetRule& target : load.rules->targets) {
            lint_unit(target, unit, lints);
        }
    }
    return lints.take();
}

// Leaves out the restart where systemd would not stand it.
std::string fitted_text(NewRule rule) {
    if (!rule.unit.service || rule.unit.type == "oneshot") {
        rule.restarts = false;
        rule.why_not = rule.unit.service ? "it is of Type=oneshot, which ends by itself"
                                         : "only services are restarted";
    }
    if (rule.unit.refuses_manual) {
        rule.restarts = false;
        rule.unit.can_reload = false;
        rule.why_not = "systemd refuses to start or stop it by hand";
    }
    std::string text = new_rule_text(rule);
    for (const rules::Lint& lint : lints_of(text, rule.unit)) {
        if (lint.code == rules::LintCode::start_limit) {
            rule.restarts = false;
            rule.why_not = lint.message;
            return new_rule_text(rule);
        }
    }
    return text;
}

// The errno of what went wrong; 0: written.
int write_new(const std::string& path, const std::string& text) {
    constexpr mode_t readable = 0644;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readable);
    if (file < 0) {
        return errno;
    }
    std::size_t done = 0;
    int failure = 0;
    while (done < text.size() && failure == 0) {
        const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
        if (wrote > 0) {
            done += static_cast<std::size_t>(wrote);
        } else if (errno != EINTR) {
            failure = errno;
        }
    }
    if (::close(file) != 0 && failure == 0) {
        failure = errno;
    }
    return failure;
}

// What stands against a rule for it, and the exit code of that; empty: nothing.
std::pair<std::string, Exit> refusal(const std::string& name,
                                     const Result<UnitSight, std::string>& unit) {
    if (!unit.has_value()) {
        return {fmt::format("systemd does not tell of {}: {}", printable(name), unit.error()),
                Exit::unreachable};
    }
    if (unit->load_state == "not-found") {
        return {fmt::format("there is no unit {}; systemctl list-units --all shows them",
                            printable(name)),
                Exit::usage};
    }
    if (unit->load_state != "loaded") {
        return {fmt::format("systemd says of {}: {}; what cannot be started is left alone",
                            printable(name),
                            unit->load_state),
                Exit::usage};
    }
    const std::string_view mistake = rules::mistake_in_unit(unit->id);
    return mistake.empty() ? std::pair{std::string{}, Exit::ok}
                           : std::pair{fmt::format("{}: {}", unit->id, mistake), Exit::usage};
}

std::string json_of(const std::string& text, const std::string& unit, const std::string& file) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("unit");
    writer.value(unit);
    writer.key("file");
    writer.value(file);
    writer.key("toml");
    writer.value(text);
    writer.end_object();
    return json + "\n";
}

}  // namespace

Exit rules_new(const Command& command, Surroundings& world) {
    std::string name = command.rules_work.unit;
    if (name.find('.') == std::string::npos) {
        name += ".service";
    }
    const auto refuse = [&](const std::string& why, Exit exit) {
        return tell_problem(why, exit, command.json, world);
    };
    if (const auto mistake = rules::mistake_in_unit(name); !mistake.empty()) {
        return refuse(fmt::format("{}: {}", printable(name), mistake), Exit::usage);
    }
    if (world.units == nullptr || !world.units->there()) {
        return refuse("no systemd answers here; write the rule by hand, see docs/rules.md",
                      Exit::unreachable);
    }
    const auto unit = world.units->look(name);
    if (const auto [why, exit] = refusal(name, unit); !why.empty()) {
        return refuse(why, exit);
    }
    NewRule rule;
    rule.unit = *unit;
    if (!unit->control_group.empty()) {
        rule.sockets = listening_of(unit->control_group);
    }
    rule.configs = configs_of(*unit);
    std::vector<std::string> library;
    for (const auto& directory : rules::Settings{}.library) {
        library.push_back(directory.string());
    }
    rule.library_file = library_file_of(unit->id, library);
    const std::string text = fitted_text(std::move(rule));
    if (!command.output.empty()) {
        if (const int failure = write_new(command.output, text); failure != 0) {
            return refuse(
                fmt::format("{} cannot be written: {}",
                            printable(command.output),
                            failure == EEXIST ? "it is there already" : std::strerror(failure)),
                failure == EACCES || failure == EPERM ? Exit::denied : Exit::no_input);
        }
    }
    if (command.json) {
        world.out << json_of(text, unit->id, command.output);
    } else if (command.output.empty()) {
        world.out << text;
    } else {
        world.out << fmt::format(
            "{}: primumctl rules check {}\n", printable(command.output), printable(command.output));
    }
    return Exit::ok;
}

}  // namespace primum::ctl

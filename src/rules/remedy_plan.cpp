// SPDX-License-Identifier: MIT
#include "rules/remedy_plan.hpp"

#include "rules/program_parts.hpp"
#include "rules/protected.hpp"
#include "rules/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace primum::rules {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t max_files = 64;
constexpr std::size_t max_arguments = 32;

// Of a gentle reset that keeps the process: not those that end it.
constexpr std::array<std::string_view, 4> signals{"SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"};
constexpr std::array<std::string_view, 5> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
// The basic types of D-Bus that an argument of a rule can have.
constexpr std::string_view basic_types = "sogbynqiuxtd";

std::vector<std::string> read_paths(Section& section, std::string_view key) {
    std::vector<std::string> paths;
    const Member* member = section.find(key);
    if (member == nullptr || !section.read(key, paths)) {
        return {};
    }
    for (const std::string& path : paths) {
        if (const auto mistake = mistake_in_written_path(path); !mistake.empty()) {
            section.fail_at(*member, fmt::format("{} {}", path, mistake));
        }
    }
    return paths;
}

std::string one_of(Section& section,
                   std::string_view key,
                   std::string fallback,
                   const std::vector<std::string_view>& known) {
    std::string text = std::move(fallback);
    if (section.read(key, text) && std::find(known.begin(), known.end(), text) == known.end()) {
        section.refuse_name(*section.find(key), text, known);
    }
    return text;
}

SignalPlan read_signal(CanonicalText& text, Section& section) {
    SignalPlan plan;
    plan.signal = one_of(section, "signal", plan.signal, {signals.begin(), signals.end()});
    section.read_name("whom", plan.whom);
    text.add("signal", plan.signal);
    text.add("whom", name_of(plan.whom));
    return plan;
}

HttpCall read_http_call(CanonicalText& text, Section& section) {
    HttpCall call;
    if (section.find("url") == nullptr) {
        section.fail_here("an http call needs its url");
    } else {
        read_url(section, call.url);
    }
    call.method = one_of(section, "method", call.method, {methods.begin(), methods.end()});
    section.read("body", call.body);
    section.read("content_type", call.content_type);
    text.add("method", call.method);
    text.add("url", call.url);
    text.add("body", call.body);
    text.add("content_type", call.content_type);
    return call;
}

std::optional<DbusArgument> read_argument(const Node& node) {
    switch (node.kind) {
        case Node::Kind::string:
            return DbusArgument{node.text};
        case Node::Kind::integer:
            return DbusArgument{node.integer};
        case Node::Kind::number:
            return DbusArgument{node.number};
        case Node::Kind::boolean:
            return DbusArgument{node.boolean};
        default:
            return std::nullopt;
    }
}

bool fits(const DbusArgument& argument, char type) {
    constexpr std::array<std::string_view, 4> types{"sog", "ynqiuxt", "d", "b"};
    return types.at(argument.index()).find(type) != std::string_view::npos;
}

void read_arguments(DbusCall& call, Section& section) {
    constexpr std::string_view own_types = "sxdb";
    const Member* member = section.find("arguments");
    const bool is_list = member != nullptr && member->value.kind == Node::Kind::array;
    if (member != nullptr && (!is_list || member->value.items.size() > max_arguments)) {
        section.fail_at(*member, fmt::format("a list of at most {} is expected", max_arguments));
        return;
    }
    for (std::size_t i = 0; is_list && i < member->value.items.size(); ++i) {
        const auto argument = read_argument(member->value.items[i]);
        if (!argument) {
            section.fail_at(*member, "an argument is a text, a number or a truth value");
            return;
        }
        call.arguments.push_back(*argument);
        call.signature += own_types[argument->index()];
    }
    std::string given;
    if (!section.read("signature", given)) {
        return;
    }
    bool right = given.size() == call.arguments.size();
    for (std::size_t i = 0; right && i < given.size(); ++i) {
        right = fits(call.arguments[i], given[i]);
    }
    if (!right) {
        section.fail_at(
            *section.find("signature"),
            fmt::format("one of \"{}\" for each argument, of its kind, is expected", basic_types));
        return;
    }
    call.signature = given;
}

DbusCall read_dbus_call(CanonicalText& text, Section& section) {
    DbusCall call;
    for (const auto& [key, out] : {std::pair{"destination", &call.destination},
                                   std::pair{"path", &call.path},
                                   std::pair{"interface", &call.interface},
                                   std::pair{"member", &call.member}}) {
        const Member* member = section.find(key);
        if (member == nullptr) {
            section.fail_here(fmt::format("a dbus_call needs its {}", key));
        } else if (section.read(key, *out) && out->empty()) {
            section.fail_at(*member, "must not be empty");
        }
        text.add(key, *out);
    }
    if (is_protected_bus_name(call.destination)) {
        section.fail_at(*section.find("destination"),
                        call.destination + " is protected: no remedy calls it");
    }
    if (!call.path.empty() && !call.path.starts_with('/')) {
        section.fail_at(*section.find("path"), "an object path begins with /");
    }
    read_arguments(call, section);
    text.add("signature", call.signature);
    for (const DbusArgument& argument : call.arguments) {
        std::visit([&text](const auto& value) { text.add("argument", fmt::format("{}", value)); },
                   argument);
    }
    return call;
}

// `call` at the top, `undo` beneath it.
template <class Plan, class Read>
Plan read_call(CanonicalText& text, RemedyRule& remedy, Section& section, Read read) {
    Plan plan;
    plan.call = read(text, section);
    if (auto undo = section.table("undo")) {
        text.add("undo", "");
        plan.undo = read(text, *undo);
        undo->refuse_unknown_keys();
        remedy.way_back = WayBack::call;
    }
    return plan;
}

ExecPlan read_exec(CanonicalText& text, RemedyRule& remedy, Section& section) {
    ExecPlan plan;
    if (section.find("run") == nullptr) {
        section.fail_here("an exec needs its program, like run = [\"/usr/bin/true\"]");
    }
    read_argv(section, "run", plan.run);
    if (read_argv(section, "undo", plan.undo)) {
        remedy.way_back = WayBack::call;
    }
    section.read("user", plan.user);
    plan.writes = read_paths(section, "writes");
    read_memory(section, plan.memory);
    section.read("tasks", plan.tasks, CountRange{1, max_tasks});
    text.add("run", plan.run);
    text.add("undo", plan.undo);
    text.add("user", plan.user);
    text.add("writes", plan.writes);
    text.add("memory", static_cast<std::int64_t>(plan.memory));
    text.add("tasks", plan.tasks);
    return plan;
}

FailoverPlan read_failover(CanonicalText& text,
                           RemedyRule& remedy,
                           Section& section,
                           const Compilation& all) {
    remedy.way_back = WayBack::files;
    FailoverPlan plan;
    const Member* member = section.find("provider");
    if (member == nullptr) {
        section.fail_here("a failover needs a provider");
    } else if (section.read("provider", plan.provider) && !all.providers.contains(plan.provider) &&
               !all.incomplete) {
        std::vector<std::string_view> known;
        for (const auto& [name, digest] : all.providers) {
            known.push_back(name);
        }
        section.refuse_reference(*member, "provider", plan.provider, known);
    }
    section.read_name("then", plan.then);
    const auto found = all.providers.find(plan.provider);
    text.add("provider", found == all.providers.end() ? plan.provider : found->second);
    text.add("then", name_of(plan.then));
    return plan;
}

RestartPlan read_restart(CanonicalText& text, RemedyRule& remedy, Section& section) {
    RestartPlan plan;
    read_argv(section, "save", plan.save);
    plan.state = read_paths(section, "state");
    read_argv(section, "restore", plan.restore);
    section.read("hook_timeout", plan.hook_timeout, {seconds{1}, minutes{10}});
    if (!plan.state.empty()) {
        remedy.way_back = WayBack::by_hand;
    }
    if (plan.save.empty() && plan.state.empty() && plan.restore.empty()) {
        return plan;
    }
    text.add("save", plan.save);
    text.add("state", plan.state);
    text.add("restore", plan.restore);
    text.add("hook_timeout", plan.hook_timeout);
    return plan;
}

std::string read_path(Section& section, std::string_view key, bool written) {
    std::string path;
    const Member* member = section.find(key);
    if (member == nullptr) {
        section.fail_here(fmt::format("{} is missing", key));
    } else if (section.read(key, path)) {
        const auto mistake = written ? mistake_in_written_path(path) : mistake_in_path(path);
        if (!mistake.empty()) {
            section.fail_at(*member, mistake);
        }
    }
    return path;
}

void read_files(FallbackPlan& plan, Section& section) {
    const Member* list = section.find("files");
    const bool is_list = list != nullptr && list->value.kind == Node::Kind::array;
    if (!is_list || list->value.items.empty() || list->value.items.size() > max_files) {
        section.fail_here(
            fmt::format("a config_fallback needs 1 to {} files, like files = [{{ path = "
                        "\"/etc/a\", good = \"/usr/share/a\" }}]",
                        max_files));
        return;
    }
    for (const Node& item : list->value.items) {
        if (item.kind != Node::Kind::table) {
            section.fail_at(item.at, section.path_to("files"), "a table is expected", {});
            continue;
        }
        Section file{item, item.at, section.path_to("files"), section.errors()};
        ReplacedFile read;
        read.path = read_path(file, "path", true);
        read.good = read_path(file, "good", false);
        for (const ReplacedFile& other : plan.files) {
            if (other.path == read.path) {
                file.fail_here(read.path + " stands in the list already");
            }
        }
        plan.files.push_back(std::move(read));
        file.refuse_unknown_keys();
    }
}

FallbackPlan read_fallback(CanonicalText& text, RemedyRule& remedy, Section& section) {
    remedy.way_back = WayBack::files;
    FallbackPlan plan;
    plan.then = Then::restart;
    read_files(plan, section);
    read_argv(section, "check", plan.check);
    section.read_name("then", plan.then);
    for (const ReplacedFile& file : plan.files) {
        text.add("path", file.path);
        text.add("good", file.good);
    }
    text.add("check", plan.check);
    text.add("then", name_of(plan.then));
    return plan;
}

}  // namespace

std::string_view mistake_in_path(std::string_view path) {
    if (!path.starts_with('/')) {
        return "an absolute path is expected";
    }
    if (path.size() > 1 && std::filesystem::path{path}.lexically_normal() != path) {
        return "a path without \".\", \"..\", \"//\" and a \"/\" at its end is expected";
    }
    return path == "/" ? std::string_view{"the root itself is never meant"} : std::string_view{};
}

std::string_view mistake_in_written_path(std::string_view path) {
    const auto mistake = mistake_in_path(path);
    return mistake.empty() && is_protected_file(path)
               ? std::string_view{"is protected: no remedy writes there"}
               : mistake;
}

RemedyPlan read_plan(CanonicalText& text,
                     RemedyRule& remedy,
                     Section& parameters,
                     const Compilation& all) {
    switch (remedy.kind) {
        case RemedyKind::signal:
            return read_signal(text, parameters);
        case RemedyKind::http:
            return read_call<HttpPlan>(text, remedy, parameters, read_http_call);
        case RemedyKind::dbus_call:
            return read_call<DbusPlan>(text, remedy, parameters, read_dbus_call);
        case RemedyKind::exec:
            return read_exec(text, remedy, parameters);
        case RemedyKind::failover:
            return read_failover(text, remedy, parameters, all);
        case RemedyKind::restart:
            return read_restart(text, remedy, parameters);
        case RemedyKind::config_fallback:
            return read_fallback(text, remedy, parameters);
        case RemedyKind::reload:
        case RemedyKind::reset_failed:
            break;
    }
    return {};
}

}  // namespace primum::rules

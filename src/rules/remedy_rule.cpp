// SPDX-License-Identifier: MIT
#include "rules/canonical_text.hpp"
#include "rules/compilation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::size_t max_files = 64;

// What happens to the unit after a file or pointer was changed.
enum class Then : std::uint8_t { nothing, reload, restart };

// Of a gentle reset that keeps the process: not those that end it.
constexpr std::array<std::string_view, 4> signals{"SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"};

struct KindRules {
    RemedyKind kind;
    Level lowest;
    Level highest;
    bool needs_way_back;  // `undo` or `irreversible`
    bool available;
    bool known;
};

constexpr std::array<KindRules, enum_names<RemedyKind>.size()> kinds{{
    {RemedyKind::reload, Level::retry, Level::retry, false, true, true},
    {RemedyKind::signal, Level::retry, Level::retry, false, false, true},
    {RemedyKind::reset_failed, Level::retry, Level::retry, false, false, true},
    {RemedyKind::http, Level::retry, Level::retry, true, false, false},
    {RemedyKind::dbus_call, Level::retry, Level::retry, true, false, false},
    {RemedyKind::exec, Level::retry, Level::restart, true, false, true},
    {RemedyKind::failover, Level::failover, Level::failover, false, false, true},
    {RemedyKind::restart, Level::restart, Level::restart, false, true, true},
    {RemedyKind::config_fallback, Level::fallback, Level::fallback, false, false, true},
}};

const KindRules& rules_of(RemedyKind kind) {
    return kinds.at(static_cast<std::size_t>(kind));
}

void check_level(const Member& kind, const KindRules& known, Section& entry, Level level) {
    if (may_stand_on(known.kind, level)) {
        return;
    }
    const bool one = known.lowest == known.highest;
    entry.fail_key(kind,
                   fmt::format("\"{}\" may not stand on level {}, only on {}{}{}",
                               kind.key,
                               name_of(level),
                               name_of(known.lowest),
                               one ? "" : " to ",
                               one ? std::string_view{} : name_of(known.highest)));
}

// A program by its absolute path, and its arguments. False when it is not there or wrong.
bool read_argv(Section& section, std::string_view key, std::vector<std::string>& out) {
    const Member* member = section.find(key);
    if (member == nullptr || !section.read(key, out)) {
        return false;
    }
    if (out.empty() || !out.front().starts_with('/')) {
        section.fail_at(*member, "a program by its absolute path is expected, and its arguments");
        return false;
    }
    return true;
}

std::string read_path(Section& section, std::string_view key) {
    std::string path;
    const Member* member = section.find(key);
    if (member == nullptr) {
        section.fail_here(fmt::format("{} is missing", key));
    } else if (section.read(key, path) && !path.starts_with('/')) {
        section.fail_at(*member, "an absolute path is expected");
    }
    return path;
}

Then read_then(Section& section, Then out) {
    std::string text;
    if (!section.read("then", text)) {
        return out;
    }
    for (const auto& [name, value] : {std::pair{std::string_view{"nothing"}, Then::nothing},
                                      std::pair{std::string_view{"reload"}, Then::reload},
                                      std::pair{std::string_view{"restart"}, Then::restart}}) {
        if (text == name) {
            return value;
        }
    }
    section.refuse_name(*section.find("then"), text, {"nothing", "reload", "restart"});
    return out;
}

void read_signal(CanonicalText& text, Section& section) {
    std::string name = "SIGHUP";
    if (section.read("signal", name) &&
        std::find(signals.begin(), signals.end(), name) == signals.end()) {
        section.refuse_name(*section.find("signal"), name, {signals.begin(), signals.end()});
    }
    text.add("signal", name);
}

void read_exec(CanonicalText& text, RemedyRule& remedy, Section& section) {
    std::vector<std::string> run;
    std::vector<std::string> undo;
    if (section.find("run") == nullptr) {
        section.fail_here("an exec needs its program, like run = [\"/usr/bin/true\"]");
    }
    read_argv(section, "run", run);
    if (read_argv(section, "undo", undo)) {
        remedy.way_back = WayBack::call;
    }
    text.add("run", run);
    text.add("undo", undo);
}

void read_failover(CanonicalText& text,
                   RemedyRule& remedy,
                   Section& section,
                   const Compilation& all) {
    remedy.way_back = WayBack::files;
    std::string provider;
    const Member* member = section.find("provider");
    if (member == nullptr) {
        section.fail_here("a failover needs a provider");
    } else if (section.read("provider", provider) && !all.providers.contains(provider) &&
               !all.incomplete) {
        std::vector<std::string_view> known;
        for (const auto& [name, digest] : all.providers) {
            known.push_back(name);
        }
        section.refuse_reference(*member, "provider", provider, known);
    }
    const auto found = all.providers.find(provider);
    text.add("provider", found == all.providers.end() ? provider : found->second);
    text.add("then", static_cast<std::uint32_t>(read_then(section, Then::reload)));
}

void read_restart(CanonicalText& text, Section& section, const Compilation& all) {
    for (const std::string_view key : {"save", "state", "restore"}) {
        const Member* member = section.find(key);
        if (member == nullptr) {
            continue;
        }
        std::vector<std::string> words;
        if (all.kinds == Kinds::built) {
            section.fail_key(*member, fmt::format("restart's {} is not available yet", key));
        } else if (read_argv(section, key, words)) {
            text.add(key, words);
        }
    }
}

void read_files(CanonicalText& text, Section& section) {
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
        text.add("path", read_path(file, "path"));
        text.add("good", read_path(file, "good"));
        file.refuse_unknown_keys();
    }
}

void read_fallback(CanonicalText& text, RemedyRule& remedy, Section& section) {
    remedy.way_back = WayBack::files;
    read_files(text, section);
    std::vector<std::string> check;
    read_argv(section, "check", check);
    text.add("check", check);
    text.add("then", static_cast<std::uint32_t>(read_then(section, Then::restart)));
}

void read_parameters(RemedyRule& remedy, Section& parameters, const Compilation& all) {
    parameters.read("timeout", remedy.timeout, {seconds{1}, hours{1}});
    parameters.read("irreversible", remedy.irreversible);
    CanonicalText text;
    switch (remedy.kind) {
        case RemedyKind::signal:
            read_signal(text, parameters);
            break;
        case RemedyKind::exec:
            read_exec(text, remedy, parameters);
            break;
        case RemedyKind::failover:
            read_failover(text, remedy, parameters, all);
            break;
        case RemedyKind::restart:
            read_restart(text, parameters, all);
            break;
        case RemedyKind::config_fallback:
            read_fallback(text, remedy, parameters);
            break;
        case RemedyKind::reload:
        case RemedyKind::reset_failed:
        case RemedyKind::http:
        case RemedyKind::dbus_call:
            break;
    }
    if (!text.empty()) {
        remedy.plan_digest = text.digest();
    }
    if (remedy.way_back != WayBack::none && !remedy.irreversible.empty()) {
        parameters.fail_key(*parameters.find("irreversible"),
                            "there is a way back: it is not irreversible");
    }
    parameters.refuse_unknown_keys();
}

}  // namespace

bool is_available(RemedyKind kind) {
    return rules_of(kind).available;
}

bool is_known(RemedyKind kind) {
    return rules_of(kind).known;
}

bool may_stand_on(RemedyKind kind, Level level) {
    return level >= rules_of(kind).lowest && level <= rules_of(kind).highest;
}

std::optional<RemedyRule> compile_remedy(const Node& entry,
                                         Section& rung,
                                         Level level,
                                         const Compilation& all) {
    const std::string path = rung.path_to("remedy");
    if (entry.kind != Node::Kind::table || entry.members.size() != 1) {
        rung.fail_at(entry.at, path, "a remedy is one kind, like { restart = {} }", {});
        return std::nullopt;
    }
    Section section{entry, entry.at, path, rung.errors()};
    for (const KindRules& known : kinds) {
        section.find(name_of(known.kind));
    }
    const Member& member = entry.members.front();
    const auto kind = from_name<RemedyKind>(member.key);
    if (!kind) {
        section.refuse_unknown_keys();
        return std::nullopt;
    }
    const KindRules& known = rules_of(*kind);
    check_level(member, known, section, level);
    auto parameters = section.table_of(member);
    if (!parameters) {
        return std::nullopt;
    }
    if (known.needs_way_back && parameters->find("undo") == nullptr &&
        parameters->find("irreversible") == nullptr) {
        section.fail_key(
            member,
            fmt::format("{} has no way back: give undo, or irreversible = \"why\"", member.key));
    }
    if (!(all.kinds == Kinds::known ? known.known : known.available)) {
        section.fail_key(member, fmt::format("remedy \"{}\" is not available yet", member.key));
        return std::nullopt;  // its parameters are not known
    }
    RemedyRule remedy;
    remedy.kind = *kind;
    read_parameters(remedy, *parameters, all);
    return remedy;
}

}  // namespace primum::rules

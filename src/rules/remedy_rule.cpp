// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/remedy_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

struct KindRules {
    RemedyKind kind;
    Level lowest;
    Level highest;
    bool needs_way_back;  // `undo` or `irreversible`
};

constexpr std::array<KindRules, enum_names<RemedyKind>.size()> kinds{{
    {RemedyKind::reload, Level::retry, Level::retry, false},
    {RemedyKind::signal, Level::retry, Level::retry, false},
    {RemedyKind::reset_failed, Level::retry, Level::retry, false},
    {RemedyKind::http, Level::retry, Level::retry, true},
    {RemedyKind::dbus_call, Level::retry, Level::retry, true},
    {RemedyKind::exec, Level::retry, Level::restart, true},
    {RemedyKind::failover, Level::failover, Level::failover, false},
    {RemedyKind::restart, Level::restart, Level::restart, false},
    {RemedyKind::config_fallback, Level::fallback, Level::fallback, false},
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

void read_parameters(RemedyRule& remedy, Section& parameters, const Compilation& all) {
    parameters.read("timeout", remedy.timeout, {seconds{1}, hours{1}});
    parameters.read("irreversible", remedy.irreversible);
    CanonicalText text;
    remedy.plan = read_plan(text, remedy, parameters, all);
    if (!text.empty()) {
        remedy.plan_digest = text.digest();
    }
    if (remedy.way_back >= WayBack::call && !remedy.irreversible.empty()) {
        parameters.fail_key(*parameters.find("irreversible"),
                            "there is a way back: it is not irreversible");
    }
    parameters.refuse_unknown_keys();
}

}  // namespace

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
    RemedyRule remedy;
    remedy.kind = *kind;
    read_parameters(remedy, *parameters, all);
    return remedy;
}

}  // namespace primum::rules

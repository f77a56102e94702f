// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/duration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t max_remedies = 16;

struct KindRules {
    RemedyKind kind;
    Level lowest;
    Level highest;
    bool needs_way_back;  // `undo` or `irreversible`
    bool available;
};

constexpr std::array<KindRules, enum_names<RemedyKind>.size()> kinds{{
    {RemedyKind::reload, Level::retry, Level::retry, false, true},
    {RemedyKind::signal, Level::retry, Level::retry, false, false},
    {RemedyKind::reset_failed, Level::retry, Level::retry, false, false},
    {RemedyKind::http, Level::retry, Level::retry, true, false},
    {RemedyKind::dbus_call, Level::retry, Level::retry, true, false},
    {RemedyKind::exec, Level::retry, Level::restart, true, false},
    {RemedyKind::failover, Level::failover, Level::failover, false, false},
    {RemedyKind::restart, Level::restart, Level::restart, false, true},
    {RemedyKind::config_fallback, Level::fallback, Level::fallback, false, false},
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

// The parameters of reload and restart.
void read_parameters(RemedyRule& remedy, Section& parameters) {
    parameters.read("timeout", remedy.timeout, {seconds{1}, hours{1}});
    parameters.read("irreversible", remedy.irreversible);
    if (remedy.kind == RemedyKind::restart) {
        for (const std::string_view key : {"save", "state", "restore"}) {
            if (const Member* member = parameters.find(key)) {
                parameters.fail_key(*member, fmt::format("restart's {} is not available yet", key));
            }
        }
    }
    parameters.refuse_unknown_keys();
}

Severity default_when(Level level) {
    switch (level) {
        case Level::steady:
        case Level::observe:
            return Severity::warning;
        case Level::retry:
        case Level::failover:
            return Severity::error;
        case Level::restart:
        case Level::fallback:
            return Severity::critical;
    }
    return Severity::critical;
}

void read_remedies(RungRule& rung, Section& section, Level level) {
    const Member* list = section.find("remedy");
    if (list == nullptr) {
        return;
    }
    if (level == Level::observe) {
        section.fail_key(*list, "level observe takes no remedy: it only watches");
        return;
    }
    if (list->value.kind != Node::Kind::array || list->value.items.empty()) {
        section.fail_at(*list, "a list of remedies is expected, like [{ reload = {} }]");
        return;
    }
    if (list->value.items.size() > max_remedies) {
        section.fail_at(*list, fmt::format("a rung takes at most {} remedies", max_remedies));
        return;
    }
    for (const Node& entry : list->value.items) {
        if (auto remedy = compile_remedy(entry, section, level)) {
            rung.remedies.push_back(*std::move(remedy));
        }
    }
}

void read_cooldown(Cooldown& cooldown, Section& section) {
    auto table = section.table("cooldown");
    if (!table) {
        return;
    }
    constexpr double max_factor = 100;
    table->read("initial", cooldown.initial, {Duration{0}, hours{24}});
    if (table->read("factor", cooldown.factor) &&
        (cooldown.factor < 1 || cooldown.factor > max_factor)) {
        table->fail_at(*table->find("factor"), "the factor is out of range (1 to 100)");
    }
    if (!table->read("max", cooldown.max, {Duration{0}, hours{24}})) {
        cooldown.max = std::max(cooldown.max, cooldown.initial);
    }
    if (cooldown.max < cooldown.initial) {
        table->fail_at(
            *table->find("max"),
            fmt::format("max is less than initial ({})", format_duration(cooldown.initial)));
    }
    table->refuse_unknown_keys();
}

}  // namespace

bool is_available(RemedyKind kind) {
    return rules_of(kind).available;
}

bool may_stand_on(RemedyKind kind, Level level) {
    return level >= rules_of(kind).lowest && level <= rules_of(kind).highest;
}

std::optional<RemedyRule> compile_remedy(const Node& entry, Section& rung, Level level) {
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
    if (!known.available) {
        section.fail_key(member, fmt::format("remedy \"{}\" is not available yet", member.key));
        return std::nullopt;  // its parameters are not known
    }
    RemedyRule remedy;
    remedy.kind = *kind;
    read_parameters(remedy, *parameters);
    return remedy;
}

RungRule compile_rung(Level level, Section& section) {
    RungRule rung;
    rung.named = true;
    rung.when = default_when(level);
    section.read_name("when", rung.when, Severity::info);
    section.read("indicators", rung.indicators, {1, 1000});
    section.read("for", rung.dwell, {Duration{0}, hours{24}});
    read_remedies(rung, section, level);
    rung.attempts = static_cast<std::uint32_t>(rung.remedies.size());
    const Member* attempts = section.find("attempts");
    section.read("attempts", rung.attempts, {1, 100});
    if (attempts != nullptr && section.find("remedy") == nullptr) {
        section.fail_key(*attempts, "attempts without a remedy: nothing would be tried");
    }
    section.read("settle", rung.settle, {Duration{0}, hours{1}});
    section.read("verify", rung.verify, {Duration{0}, hours{24}});
    read_cooldown(rung.cooldown, section);
    section.read("max_blast_radius", rung.max_blast_radius, {0, 1000});
    section.read("max_plan_age", rung.max_plan_age, {seconds{1}, minutes{10}});
    section.read("max_wait", rung.max_wait, {seconds{1}, hours{24 * 7}});
    section.refuse_unknown_keys();
    return rung;
}

}  // namespace primum::rules

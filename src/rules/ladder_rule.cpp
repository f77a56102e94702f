// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/duration.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t max_remedies = 16;

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

void read_remedies(RungRule& rung, Section& section, Level level, const Compilation& all) {
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
        if (auto remedy = compile_remedy(entry, section, level, all)) {
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

RungRule compile_rung(Level level, Section& section, const Compilation& all) {
    RungRule rung;
    rung.named = true;
    rung.when = default_when(level);
    section.read_name("when", rung.when, Severity::info);
    section.read("indicators", rung.indicators, {1, 1000});
    section.read("for", rung.dwell, {Duration{0}, hours{24}});
    read_remedies(rung, section, level, all);
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

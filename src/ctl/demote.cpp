// SPDX-License-Identifier: MIT
#include "ctl/promote.hpp"
#include "ctl/promotion_dropin.hpp"
#include "ctl/promotion_gate.hpp"
#include "ctl/promotion_parts.hpp"
#include "event/json_writer.hpp"
#include "rules/promotion.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace primum::ctl {
namespace {

// What has come of it, each in words; empty where there is nothing to say.
struct Demotion {
    std::string target;
    Level level = Level::retry;  // the lowest that is taken back
    std::string file;
    std::string not_in_force;  // why primumd does not go by it yet
    std::string not_recorded;
};

// Whether the rules enforce anything of the target by themselves, without a promotion. Rules that
// cannot be read are taken to.
bool enforces_unpromoted(const rules::RulesLoad& load, const std::string& name) {
    const TargetRule* target = find_target(load, name);
    return load.rules == nullptr || (target != nullptr && target->mode == Mode::enforce);
}

// What is left below `level`; nothing: nothing is, and the file may go.
std::optional<DropIn> left_below(const DiskRules& disk,
                                 const std::filesystem::path& path,
                                 const Demotion& demotion,
                                 WallTime now) {
    DropIn drop_in;
    drop_in.target = demotion.target;
    drop_in.note =
        fmt::format("# {} taken back on {}.\n", name_of(demotion.level), rules::format_utc(now));
    bool any = false;
    const TargetRule* target = find_target(disk.load, demotion.target);
    for (std::size_t i = 0; target != nullptr && i < index_of(demotion.level); ++i) {
        if (is_promoted(*target, static_cast<Level>(i), now)) {
            drop_in.promoted[i] = target->promoted[i];
            any = true;
        }
        any = any || (!target->rungs[i].remedies.empty() &&
                      target->enforces(static_cast<Level>(i), Mode::enforce, now));
    }
    if (any) {
        drop_in.mode = Mode::enforce;
        drop_in.enforce_up_to = static_cast<Level>(index_of(demotion.level) - 1);
        return drop_in;
    }
    const auto without = rules_with(disk.load, disk.settings, path, std::nullopt);
    return enforces_unpromoted(without, demotion.target) ? std::optional{drop_in} : std::nullopt;
}

void record(Demotion& demotion, const std::string& reason, Surroundings& world) {
    Request request{
        "Demote",
        {demotion.target,
         std::string{name_of(demotion.level)},
         fmt::format("{} and above taken back in {}", name_of(demotion.level), demotion.file),
         reason}};
    request.interactive = true;
    request.timeout = polkit_timeout;
    if (const auto reply = world.client.call(request); !reply) {
        demotion.not_recorded = advice(reply.error());
    }
}

// The actuator reads the rules itself before each action, so what stands on disk holds whatever
// primumd goes by.
void put_in_force(Demotion& demotion, const std::string& reason, Surroundings& world) {
    const auto reloaded = reload_rules(reason, world);
    if (reloaded) {
        return;
    }
    const bool stopped = reloaded.error().kind == CallFailure::Kind::not_running;
    demotion.not_in_force = stopped
                                ? "primumd is not running; its next start goes by it"
                                : "primumd did not take the rules (" + advice(reloaded.error()) +
                                      "); primum-actuator goes by the files, and refuses";
}

std::string json_of(const Demotion& demotion) {
    std::string json;
    event::JsonWriter writer{json};
    const auto member = [&](std::string_view key, const auto& value) {
        writer.key(key);
        writer.value(value);
    };
    writer.begin_object();
    member("v", 1);
    member("ok", true);
    member("target", demotion.target);
    member("level", name_of(demotion.level));
    member("file", demotion.file);
    member("in_force", demotion.not_in_force.empty());
    member("recorded", demotion.not_recorded.empty());
    member("message", demotion.not_in_force);
    writer.end_object();
    return json + "\n";
}

std::string text_of(const Demotion& demotion) {
    std::string text = fmt::format("{} enforces {} and above no more ({})\n",
                                   printable(demotion.target),
                                   name_of(demotion.level),
                                   demotion.file);
    if (!demotion.not_in_force.empty()) {
        text += "note: " + printable(demotion.not_in_force) + "\n";
    }
    if (!demotion.not_recorded.empty()) {
        text += "note: it is not in the ledger: " + printable(demotion.not_recorded) + "\n";
    }
    return text + fmt::format("To enforce it again: primumctl promote {} {}\n",
                              printable(demotion.target),
                              name_of(demotion.level));
}

}  // namespace

Exit demote(const PromoteOptions& options, bool json, Surroundings& world) {
    if (world.uid != 0) {
        return tell_problem(
            "demote needs root: it writes beside the rules; primumctl hold and "
            "primumctl disable do not",
            Exit::denied,
            json,
            world);
    }
    const DiskRules disk = rules_on_disk(world);
    const auto path = drop_in_of(disk.load, options.target);
    if (!path) {
        return tell_problem(
            fmt::format("no rule file that can be read has a target \"{}\"{}; to stop it whatever "
                        "the rules say: primumctl disable {} --for 24h --reason \"...\"",
                        options.target,
                        disk.load.errors.empty() ? "" : " (some have mistakes)",
                        options.target),
            Exit::usage,
            json,
            world);
    }
    const std::string reason = options.reason.empty() ? "primumctl demote" : options.reason;
    Demotion demotion{options.target,
                      from_name<Level>(options.level).value_or(Level::retry),
                      path->string(),
                      "",
                      ""};
    const auto left = left_below(disk, *path, demotion, world.clock.now().wall);
    const auto put = put_drop_in(*path, left ? std::optional{drop_in_text(*left)} : std::nullopt);
    if (!put) {
        return tell_problem(
            put.error() + "; primumctl disable " + options.target + " stops it meanwhile",
            Exit::breach,
            json,
            world);
    }
    put_in_force(demotion, reason, world);
    record(demotion, reason, world);
    world.out << (json ? json_of(demotion) : text_of(demotion));
    return Exit::ok;
}

}  // namespace primum::ctl

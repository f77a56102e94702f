// SPDX-License-Identifier: MIT
#include "ctl/promote.hpp"

#include "ctl/promotion_dropin.hpp"
#include "ctl/promotion_gate.hpp"
#include "ctl/promotion_parts.hpp"
#include "ctl/time_text.hpp"
#include "event/json_writer.hpp"
#include "rules/promotion.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace primum::ctl {
namespace {

constexpr Duration longest_waiver{std::chrono::hours{24 * 31}};

std::string json_of(const GateReport& report, bool promoted, const std::string& file) {
    std::string json;
    event::JsonWriter writer{json};
    const auto member = [&](std::string_view key, const auto& value) {
        writer.key(key);
        writer.value(value);
    };
    writer.begin_object();
    member("v", 1);
    member("ok", report.open());
    member("promoted", promoted);
    member("target", report.target);
    member("level", name_of(report.level));
    member("digest", report.digest);
    member("file", file);
    writer.key("conditions");
    writer.begin_array();
    for (const Condition& each : report.conditions) {
        writer.begin_object();
        member("name", each.name);
        member("met", each.met);
        member("waived", each.waived);
        member("waivable", is_waivable(each.name));
        member("figure", each.figure);
        member("missing", each.missing);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

// What the options say of a waiver: none, one, or why it is no good one.
Result<std::optional<Waiver>, std::string> waiver_of(const PromoteOptions& options, WallTime now) {
    if (options.waive.empty()) {
        return std::optional<Waiver>{};
    }
    for (const std::string& each : options.waive) {
        if (!is_waivable(each)) {
            return fail(fmt::format(
                "\"{}\" cannot be waived; dry_run_time, illness and precision can", each));
        }
    }
    if (options.owner.empty() || options.reason.empty() || options.until.empty()) {
        return fail(std::string{"a waiver needs --owner, --reason and --until"});
    }
    const auto until = parse_time(options.until, now, Direction::future);
    if (!until || *until <= now || *until - now > longest_waiver) {
        return fail(
            fmt::format("--until \"{}\" is no time within the next 31 days; write "
                        "2026-12-31, or \"in 72h\"",
                        options.until));
    }
    return std::optional{Waiver{options.waive,
                                options.owner,
                                options.reason,
                                std::chrono::floor<std::chrono::seconds>(*until)}};
}

// The ledger's entry. A refused promotion is answered by an error that says just that.
Result<void, CallFailure> record(const GateReport& report,
                                 const std::string& reason,
                                 Surroundings& world) {
    const bool open = report.open();
    Request request{"Promote",
                    {report.target,
                     std::string{name_of(report.level)},
                     std::string{open ? "promoted" : "refused"},
                     report.summary(),
                     reason}};
    request.interactive = true;
    request.timeout = polkit_timeout;
    const auto reply = world.client.call(request);
    const bool recorded =
        reply.has_value() || (!open && reply.error().name == "org.primum.Error.NotPromoted");
    return recorded ? Result<void, CallFailure>{} : fail(reply.error());
}

Exit refused(const GateReport& report,
             const PromoteOptions& options,
             const std::string& reason,
             bool json,
             Surroundings& world) {
    std::string note = "it was not recorded: --check only looks";
    if (!options.check) {
        const auto recorded = record(report, reason, world);
        note = recorded ? "the ledger has it: primumctl ledger"
                        : "it could not be recorded: " + advice(recorded.error());
    }
    world.out << (json ? json_of(report, false, "") : gate_text(report, world.painter()));
    world.err << fmt::format("primumctl: {} is not promoted to {}; {}\n",
                             printable(report.target),
                             name_of(report.level),
                             printable(note));
    return Exit::breach;
}

std::string note_of(const PromotionCase& asked, const GateReport& report, WallTime now) {
    std::string note = fmt::format("# {} on {}.\n", name_of(asked.level), rules::format_utc(now));
    for (const Condition& each : report.conditions) {
        note += fmt::format(
            "#   {}: {}{}\n", each.name, each.waived ? "waived, " : "", printable(each.figure));
    }
    if (asked.waiver) {
        note += fmt::format("# Waived by {} until {}: {}\n",
                            printable(asked.waiver->owner),
                            rules::format_utc(asked.waiver->until),
                            printable(asked.waiver->reason));
    }
    return note;
}

DropIn drop_in_for(const PromotionCase& asked, const GateReport& report, WallTime now) {
    DropIn drop_in{asked.target.name, Mode::enforce, asked.level, {}, note_of(asked, report, now)};
    for (std::size_t i = 0; i < index_of(asked.level); ++i) {
        if (is_promoted(asked.target, static_cast<Level>(i), now)) {
            drop_in.promoted[i] = asked.target.promoted[i];
        }
    }
    const bool waived = std::any_of(report.conditions.begin(),
                                    report.conditions.end(),
                                    [](const Condition& each) { return each.waived; });
    drop_in.promoted[index_of(asked.level)] =
        Promotion{report.digest, waived ? asked.waiver->until : WallTime{}};
    return drop_in;
}

// What keeps the target from acting though it is promoted; empty: nothing.
std::string still_kept(const TargetRule& target, const rules::RulesLoad& load) {
    if (load.rules->settings.mode != Mode::enforce) {
        return fmt::format(
            "primumd itself is in mode {}: nothing acts until its settings say "
            "mode = \"enforce\"",
            name_of(load.rules->settings.mode));
    }
    return target.in_share ? "" : "on this host it stays dry-run: " + target.held_back;
}

// The drop-in, in place and in force. Before it is in place, the rules have been read whole with
// it; where primumd does not take them, what was there before is back.
Exit put_in_force(const PromotionCase& asked,
                  const GateReport& report,
                  const std::string& reason,
                  bool json,
                  Surroundings& world) {
    const auto path = drop_in_of(asked.load, asked.target.name);
    if (!path) {
        return tell_problem("no file has this target", Exit::internal, json, world);
    }
    const std::string text = drop_in_text(drop_in_for(asked, report, world.clock.now().wall));
    const rules::RulesLoad whole = rules_with(asked.load, asked.settings, *path, text);
    const TargetRule* target = find_target(whole, asked.target.name);
    if (target == nullptr || target->mode != Mode::enforce || target->enforce_up_to < asked.level) {
        return tell_problem(
            fmt::format("with {} the rules would not enforce {}: {}",
                        path->string(),
                        name_of(asked.level),
                        whole.errors.empty() ? "another file says otherwise"
                                             : rules::format_error(whole.errors.front())),
            Exit::bad_data,
            json,
            world);
    }
    if (const auto recorded = record(report, reason, world); !recorded) {
        return tell_failure(recorded.error(), json, world);
    }
    const auto before = text_at(*path);
    if (const auto put = put_drop_in(*path, text); !put) {
        return tell_problem(put.error(), Exit::internal, json, world);
    }
    if (const auto reloaded = reload_rules(reason, world); !reloaded) {
        static_cast<void>(put_drop_in(*path, before));
        return tell_failure(reloaded.error(), json, world);
    }
    if (json) {
        world.out << json_of(report, true, path->string());
        return Exit::ok;
    }
    const std::string kept = still_kept(*target, whole);
    world.out << gate_text(report, world.painter())
              << fmt::format("{} now enforces up to {} ({})\n{}To go back: primumctl demote {}\n",
                             printable(asked.target.name),
                             name_of(asked.level),
                             path->string(),
                             kept.empty() ? "" : "But: " + kept + "\n",
                             printable(asked.target.name));
    return Exit::ok;
}

}  // namespace

Exit promote(const PromoteOptions& options, bool json, Surroundings& world) {
    if (world.uid != 0) {
        return tell_problem("promote needs root: it drills, and writes beside the rules",
                            Exit::denied,
                            json,
                            world);
    }
    const WallTime now = world.clock.now().wall;
    const auto waiver = waiver_of(options, now);
    if (!waiver) {
        return tell_problem(waiver.error(), Exit::usage, json, world);
    }
    const std::string reason = options.reason.empty() ? "primumctl promote" : options.reason;
    const auto said = from_name<Level>(options.level);
    const DiskRules disk = rules_on_disk(world);
    if (disk.load.rules == nullptr || !disk.load.errors.empty()) {
        const GateReport report =
            mistaken_gate(disk.load, options.target, said.value_or(Level::retry));
        return refused(report, options, reason, json, world);
    }
    const TargetRule* target = find_target(disk.load, options.target);
    if (target == nullptr) {
        return tell_problem(
            "there is no target \"" + options.target + "\" in the rules", Exit::usage, json, world);
    }
    const auto level = said ? said : next_level(*target, now);
    if (!level || target->rungs[index_of(*level)].remedies.empty()) {
        return tell_problem(level ? fmt::format("{} has no remedy to enforce", name_of(*level))
                                  : "every level with remedies is promoted already",
                            Exit::usage,
                            json,
                            world);
    }
    const PromotionCase asked{disk.load, disk.settings, *target, *level, *waiver};
    const GateReport report = try_gate(asked, world);
    if (!report.open()) {
        return refused(report, options, reason, json, world);
    }
    if (options.check) {
        world.out << (json ? json_of(report, false, "") : gate_text(report, world.painter()));
        return Exit::ok;
    }
    return put_in_force(asked, report, reason, json, world);
}

}  // namespace primum::ctl

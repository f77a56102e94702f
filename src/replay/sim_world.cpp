// SPDX-License-Identifier: MIT
// Time, the runs of primumd, and the disk.
#include "replay/sim_world.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace primum::replay {
namespace {

// 2026-01-01T00:00:00Z, and a host that has been up for two days.
constexpr WallTime first_wall = wall_from_us(1'767'225'600'000'000);
constexpr Duration first_uptime = std::chrono::hours{48};
constexpr Duration boot_takes = std::chrono::seconds{20};
// No state of the engine needs more looks than this at one instant.
constexpr int max_ticks_at_once = 100;
// The daemon calls its ledger unhealthy when the oldest write is older than this.
constexpr Duration ledger_patience = std::chrono::seconds{2};
constexpr Duration longest_write = std::chrono::milliseconds{3};
constexpr Duration housekeeping_every = std::chrono::hours{1};

constexpr std::uint64_t draw_writes = 1;
constexpr std::uint64_t draw_crashes = 2;
constexpr std::uint64_t draw_noise = 3;

}  // namespace

SimWorld::SimWorld(const SimSetup& setup)
    : exhibit_(*setup.exhibit),
      timeline_(*setup.timeline),
      reloads_(setup.reloads),
      seed_(setup.seed),
      rules_(setup.exhibit->rules),
      uptime_then_(first_uptime),
      counts_availability_(setup.availability),
      noise_(SimRng::of(setup.seed, draw_noise)) {
    for (std::uint32_t i = 0; i < rules_->targets.size(); ++i) {
        const TargetRule& target = rules_->targets[i];
        Patient patient;
        if (!target.unit.empty()) {
            const auto known = std::find_if(units_.begin(), units_.end(), [&](const Unit& unit) {
                return unit.state.unit == target.unit;
            });
            patient.unit = static_cast<std::uint32_t>(known - units_.begin());
            if (known == units_.end()) {
                Unit unit;
                unit.state.unit = target.unit;
                unit.state.load_state = "loaded";
                unit.state.restart = "no";
                units_.push_back(std::move(unit));
                run_unit(*patient.unit);
            }
            units_[*patient.unit].targets.push_back(i);
        }
        patients_.push_back(patient);
    }
    well_.resize(patients_.size(), Duration{0});
    begin_providers();
    for (std::uint32_t i = 0; i < exhibit_.sources.size(); ++i) {
        Source source;
        SamplesEvent samples;
        samples.source = exhibit_.sources[i].rule.name;
        for (const SimChannel& channel : exhibit_.sources[i].channels) {
            samples.values.push_back({channel.id, 0});
        }
        source.collection.body = std::move(samples);
        sources_.push_back(std::move(source));
        add(Due::collection, Duration{std::int64_t{i} * 1'000 + 500}, i);
    }
    for (std::uint32_t i = 0; i < timeline_.deeds.size(); ++i) {
        add(Due::deed, timeline_.deeds[i].at, i);
    }
    add(Due::primumd, Duration{0});
    add(Due::housekeeping, housekeeping_every);
}

Stamp SimWorld::stamp() const {
    return {Instant{uptime_then_ + elapsed_}, first_wall + elapsed_ + asleep_ + wall_shift_};
}

void SimWorld::add(Due what, Duration delay, std::uint32_t index, std::uint64_t number) {
    agenda_.add({elapsed_ + delay, 0, number, index, 0, what});
}

void SimWorld::add_for_primumd(Due what,
                               Duration delay,
                               std::uint32_t index,
                               std::uint64_t number) {
    agenda_.add({elapsed_ + delay, 0, number, index, run_, what});
}

void SimWorld::pass_to(Duration next) {
    for (std::uint32_t i = 0; counts_availability_ && next > elapsed_ && i < well_.size(); ++i) {
        if (is_well(i)) {
            well_[i] += next - elapsed_;
        }
    }
    elapsed_ = next;
}

bool SimWorld::run_until(Duration end) {
    int ticks = 0;
    while (true) {
        std::optional<Duration> tick;
        if (engine_) {
            if (const auto deadline = engine_->next_deadline()) {
                tick = std::max(deadline->time_since_epoch() - uptime_then_, elapsed_);
            }
        }
        const bool tick_first = tick && (agenda_.empty() || *tick <= agenda_.next());
        if (!tick_first && agenda_.empty()) {
            pass_to(end);
            return true;
        }
        const Duration next = tick_first ? *tick : agenda_.next();
        if (next > end) {
            pass_to(end);
            return true;
        }
        ticks = next == elapsed_ && tick_first ? ticks + 1 : 0;
        if (ticks > max_ticks_at_once) {
            return false;
        }
        pass_to(next);
        if (tick_first) {
            send(TickEvent{});
        } else {
            take(agenda_.take());
        }
    }
}

void SimWorld::take(const AgendaEntry& entry) {
    if (entry.run != 0 && entry.run != run_) {
        return;
    }
    switch (entry.what) {
        case Due::deed:
            return perform(entry.index);
        case Due::deed_ends:
            return end_deed(entry.index);
        case Due::collection:
            return collect(entry.index);
        case Due::write:
            return write(entry.number);
        case Due::refused:
            return tell_ledger(LedgerNews::failed, entry.number);
        case Due::stuck:
            if (disk_ == SimDisk::hangs && entry.number == disk_generation_) {
                tell_ledger(LedgerNews::unhealthy, 0);
            }
            return;
        case Due::preflight: {
            PreflightEvent ready = std::move(slots_[entry.index]);
            free_slots_.push_back(entry.index);
            return send(std::move(ready));
        }
        case Due::action_begins:
            return begin(entry.number);
        case Due::action_ends:
            return finish(entry.number);
        case Due::settled:
            return settle(entry.number);
        case Due::rolled_back:
            return roll_back(entry.number);
        case Due::primumd:
            return start();
        case Due::effect:
            return take_effect(entry.number);
        case Due::leak:
            return leak(entry.index, entry.number);
        case Due::comes_up:
            if (units_[entry.index].generation == entry.number) {
                ++units_[entry.index].state.restarts;
                run_unit(entry.index);
            }
            return;
        case Due::goes_down:
            if (units_[entry.index].generation == entry.number && !can_run(units_[entry.index])) {
                fail_unit(entry.index);
            }
            return;
        case Due::job_ends:
            return hand_ends(entry.index, entry.number);
        case Due::tool:
            return use_tool(entry.index);
        case Due::pointer:
            return tell_pointer(entry.index);
        case Due::housekeeping:
            ledger_.prune(boot_id(), stamp());
            std::erase_if(actions_, [&](const auto& each) {
                return each.second.ended && each.second.at < elapsed_ - std::chrono::hours{48};
            });
            return add(Due::housekeeping, housekeeping_every);
    }
}

void SimWorld::send(EventBody body) {
    if (engine_) {
        step({stamp(), std::move(body)});
    }
}

// Every answer to an effect comes by the agenda, so that a crash can come before it.
void SimWorld::step(const Event& event) {
    ++steps_;
    const std::vector<Effect> effects = engine_->advance(event);
    for (SimObserver* observer : observers_) {
        observer->see({elapsed_, event, effects});
    }
    const bool crashes = crash_in_ > 0 && --crash_in_ == 0;
    if (crashes && crash_how_ == SimCrash::before_the_effects) {
        return crash();
    }
    if (!effects.empty()) {
        record(effects);
        for (const Effect& effect : effects) {
            answer(effect);
        }
    }
    if (crashes) {
        crash();
    }
}

void SimWorld::start() {
    if (engine_) {
        return;
    }
    ++run_;
    engine_ = std::make_unique<Engine>();
    RestoreEvent restored{ledger_.restore(boot_id(), stamp(), wall_is_true_)};
    restored.state.disabled = off_;
    restored.state.ledger_healthy = disk_ == SimDisk::writes || disk_ == SimDisk::refuses;
    const std::uint32_t run = run_;
    send(std::move(restored));
    if (run == run_ && engine_) {
        send(RulesEvent{rules_->digest, "", rules_});
    }
    if (run == run_ && engine_) {
        look_at_units();
    }
    if (run == run_ && engine_ && busy_) {
        send(HostEvent{HostChange::busy, off_, true, "package manager"});
    }
}

void SimWorld::crash() {
    engine_.reset();
    SimRng rng = SimRng::of(seed_, draw_crashes, run_);
    const std::size_t waiting = ledger_.waiting();
    const bool may_reach_the_disk = disk_ == SimDisk::writes && waiting > 0;
    ledger_.crash(may_reach_the_disk ? rng.below(waiting + 1) : 0, boot_id());
    ++run_;  // what was on its way to the old run is lost
    const bool new_boot = crash_how_ == SimCrash::of_the_host;
    for (auto& [sequence, action] : actions_) {
        action.attached = false;
        if (new_boot && !action.ended) {
            action.ended = ActionResult::ambiguous;
        }
    }
    if (new_boot) {
        ++boot_;
        uptime_then_ = boot_takes - (elapsed_ + crash_length_);
        for (std::uint32_t i = 0; i < units_.size(); ++i) {
            units_[i].job = 0;
            units_[i].stopped_by_person = false;
            run_unit(i);
        }
    }
    add(Due::primumd, crash_length_);
}

void SimWorld::record(const std::vector<Effect>& effects) {
    const bool refuses = disk_ == SimDisk::refuses || disk_ == SimDisk::unhealthy;
    const std::uint64_t before = ledger_.newest();
    ledger_.add(effects, refuses);
    for (const Effect& effect : effects) {
        const auto* recorded = std::get_if<RecordEffect>(&effect);
        if (recorded == nullptr) {
            continue;
        }
        if (const auto* action = std::get_if<ActionRecord>(&recorded->record)) {
            newest_action_ = action->sequence;
            if (refuses && !action->dry_run) {
                add_for_primumd(Due::refused, Duration{0}, 0, action->sequence);
            }
        } else if (const auto* incident = std::get_if<IncidentRecord>(&recorded->record)) {
            newest_incident_ = incident->id;
        }
    }
    if (ledger_.newest() != before && disk_ == SimDisk::writes) {
        SimRng rng = SimRng::of(seed_, draw_writes, ledger_.newest());
        add_for_primumd(
            Due::write, Duration{rng.between(0, longest_write.count())}, 0, ledger_.newest());
    }
}

void SimWorld::write(std::uint64_t batch) {
    if (disk_ != SimDisk::writes) {
        return;
    }
    const std::uint32_t run = run_;
    for (const std::string& intent : ledger_.write(batch, boot_id())) {
        if (run == run_) {
            send(LedgerEvent{LedgerNews::committed, intent, ""});
        }
    }
}

void SimWorld::set_disk(SimDisk disk) {
    const bool was_well = disk_ == SimDisk::writes;
    disk_ = disk;
    ++disk_generation_;
    if (disk == SimDisk::unhealthy) {
        tell_ledger(LedgerNews::unhealthy, 0);
    } else if (disk == SimDisk::hangs) {
        add_for_primumd(Due::stuck, ledger_patience, 0, disk_generation_);
    } else if (disk == SimDisk::writes && !was_well) {
        write(ledger_.newest());
        tell_ledger(LedgerNews::healthy, 0);
    }
}

void SimWorld::tell_ledger(LedgerNews news, std::uint64_t sequence) {
    const bool bad = news == LedgerNews::failed || news == LedgerNews::unhealthy;
    send(LedgerEvent{news,
                     sequence == 0 ? std::string{} : action_id(sequence),
                     bad ? "the disk does not take it" : ""});
}

std::string SimWorld::action_id(std::uint64_t sequence) const {
    return "sim-" + std::to_string(sequence);
}

std::optional<std::uint32_t> SimWorld::target_index(std::string_view name) const {
    const auto& targets = exhibit_.rules->targets;
    const auto found =
        std::lower_bound(targets.begin(), targets.end(), name, [](const TargetRule& a, auto b) {
            return a.name < b;
        });
    if (found == targets.end() || found->name != name) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(found - targets.begin());
}

bool SimWorld::is_stopped_by_person(std::uint32_t target) const {
    const auto& unit = patients_[target].unit;
    return unit && units_[*unit].stopped_by_person;
}

bool SimWorld::is_stopped(std::uint32_t target) const {
    const auto& unit = patients_[target].unit;
    return unit && units_[*unit].state.active_state == "inactive";
}

bool SimWorld::is_well(std::uint32_t target) const {
    const Patient& patient = patients_[target];
    return patient.ill == Severity::ok && felt(patient) == Severity::ok &&
           (!patient.unit || units_[*patient.unit].state.active_state == "active");
}

std::optional<Duration> SimWorld::collected(std::uint32_t source) const {
    return sources_[source].last;
}

bool SimWorld::is_lied_about(std::uint32_t target) const {
    return patients_[target].lie != Severity::unknown;
}

}  // namespace primum::replay

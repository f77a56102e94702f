// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_agenda.hpp"
#include "replay/sim_exhibit.hpp"
#include "replay/sim_ledger.hpp"
#include "replay/sim_rng.hpp"
#include "replay/sim_timeline.hpp"

#include <primum/engine.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace primum::replay {

// What a world is made of. Rule sets for reloads must have the same targets, indicators, sources
// and providers as the exhibit, in the same order. Everything pointed to must outlive the world.
struct SimSetup {
    const SimExhibit* exhibit = nullptr;
    std::vector<std::shared_ptr<const RuleSet>> reloads;
    const Timeline* timeline = nullptr;
    std::uint64_t seed = 1;
    bool availability = false;  // count how long each target is well
};

// One event that reached the engine, and what the engine made of it.
struct SimStep {
    Duration elapsed{0};  // since the world began; the same clock over reboots
    const Event& event;
    const std::vector<Effect>& effects;
};

// Looks at a world without touching it.
class SimObserver {
public:
    SimObserver() = default;
    SimObserver(const SimObserver&) = delete;
    SimObserver& operator=(const SimObserver&) = delete;
    virtual ~SimObserver() = default;

    virtual void see(const SimStep& step) = 0;
};

// A host with targets that have a hidden health, sources, systemd, an actuator, a disk and people,
// all simulated, and the very engine in it. Time is what the agenda says: it jumps from one entry
// or deadline to the next. No file, no clock, no thread; the same setup gives the same steps.
class SimWorld {
public:
    explicit SimWorld(const SimSetup& setup);
    SimWorld(const SimWorld&) = delete;
    SimWorld& operator=(const SimWorld&) = delete;

    void watch(SimObserver& observer) { observers_.push_back(&observer); }
    // Does all that is due up to and including `end`. False when the engine asks for ticks without
    // end at one instant.
    [[nodiscard]] bool run_until(Duration end);

    [[nodiscard]] Duration elapsed() const { return elapsed_; }
    // The same, with what the host has slept.
    [[nodiscard]] Duration passed() const { return elapsed_ + asleep_; }
    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    [[nodiscard]] bool is_up() const { return engine_ != nullptr; }
    [[nodiscard]] const Engine& engine() const { return *engine_; }
    // In force.
    [[nodiscard]] const RuleSet& rules() const { return *rules_; }
    [[nodiscard]] std::optional<std::uint32_t> target_index(std::string_view name) const;
    // Whether a person stopped the target's unit, and nothing has started it since.
    [[nodiscard]] bool is_stopped_by_person(std::uint32_t target) const;
    // Whether its unit is stopped, by whomever; a start hands it back.
    [[nodiscard]] bool is_stopped(std::uint32_t target) const;
    [[nodiscard]] bool is_well(std::uint32_t target) const;
    // How long it has been well so far (not what the host slept), where that is counted.
    [[nodiscard]] Duration well_time(std::uint32_t target) const { return well_[target]; }
    // When the source last brought values; nothing before the first time.
    [[nodiscard]] std::optional<Duration> collected(std::uint32_t source) const;
    // Whether a source's failure or the target's own lies decide what its evidence shows now.
    [[nodiscard]] bool is_lied_about(std::uint32_t target) const;

private:
    struct Unit {
        UnitEvent state;
        std::uint32_t job = 0;  // queued
        bool job_is_ours = false;
        bool stopped_by_person = false;
        std::uint32_t tries = 0;       // of Restart=
        std::uint64_t generation = 0;  // of its state: what was planned for an older one is void
        std::vector<std::uint32_t> targets;
    };
    struct Patient {
        std::optional<std::uint32_t> unit;
        Severity ill = Severity::ok;
        std::uint32_t mask = UINT32_MAX;  // indicators that show it
        bool down = false;                // its unit cannot run
        std::int64_t cured_by = 0;
        Severity lie = Severity::unknown;  // unknown: none
        std::int64_t lying = 0;            // 0: all its sources, else 1 + the source that lies
        std::uint64_t generation = 0;
        Duration leak_step{0};
        std::array<SimEffect, level_count> remedies{};
        std::optional<std::uint32_t> provider;  // whose pointer it is fed through
    };
    struct Provider {
        std::vector<CandidateState> truth;  // by candidate
        std::uint32_t pointer = 0;          // candidate; more than there are: none of them
    };
    struct Source {
        Event collection;               // its SamplesEvent, used again and again
        std::uint32_t declared_in = 0;  // run of primumd
        std::uint32_t failing = 0;
        std::uint32_t silent = 0;
        std::uint32_t nan = 0;
        std::optional<Duration> last;
    };
    struct Action {
        RunAction request;
        std::uint32_t target = 0;
        RemedyKind kind = RemedyKind::restart;
        SimCourse course = SimCourse::done;
        Duration takes{0};
        std::uint32_t boot = 0;
        std::uint32_t job = 0;
        std::optional<ActionResult> ended;
        bool attached = true;  // a run of primumd waits for its answer
        bool harmed = false;
        Severity ill_before = Severity::ok;
        bool down_before = false;
        std::optional<std::uint32_t> moved_from;  // what the pointer named before a failover
        Duration at{0};
    };

    // sim_world.cpp: time, primumd and the disk
    void pass_to(Duration next);
    [[nodiscard]] Stamp stamp() const;
    void add(Due what, Duration delay, std::uint32_t index = 0, std::uint64_t number = 0);
    void add_for_primumd(Due what, Duration delay, std::uint32_t index, std::uint64_t number);
    void take(const AgendaEntry& entry);
    void step(const Event& event);
    void send(EventBody body);
    void start();
    void crash();
    void record(const std::vector<Effect>& effects);
    void write(std::uint64_t batch);
    void set_disk(SimDisk disk);
    void tell_ledger(LedgerNews news, std::uint64_t sequence);
    [[nodiscard]] std::string action_id(std::uint64_t sequence) const;
    [[nodiscard]] std::string boot_id() const { return "boot-" + std::to_string(boot_); }

    // sim_world_host.cpp: targets, units, sources
    void collect(std::uint32_t source);
    void declare(std::uint32_t source);
    [[nodiscard]] Severity shown(const SimChannel& channel, std::uint32_t source) const;
    void look_at_units();
    void send_unit(std::uint32_t unit);
    void set_unit(std::uint32_t unit, const char* active, const char* sub, const char* result);
    void begin_job(std::uint32_t unit, const char* type, bool ours);
    void end_job(std::uint32_t unit, const char* result);
    void run_unit(std::uint32_t unit);
    void fail_unit(std::uint32_t unit);
    [[nodiscard]] bool can_run(const Unit& unit) const;
    void fall_ill(std::uint32_t target, Severity severity, std::int64_t cured_by);
    void heal(std::uint32_t target);
    void recover(std::uint32_t target);
    void worsen(std::uint32_t target, bool may_go_down);
    void leak(std::uint32_t target, std::uint64_t generation);
    void hand(std::uint32_t target, SimHand what, Duration takes);
    void hand_ends(std::uint32_t unit, std::uint64_t job);

    // sim_world_provider.cpp
    void begin_providers();
    [[nodiscard]] std::optional<std::uint32_t> provider_index(std::string_view name) const;
    [[nodiscard]] std::string candidate_name(std::uint32_t provider, std::uint32_t candidate) const;
    [[nodiscard]] Severity felt(const Patient& patient) const;
    [[nodiscard]] Severity shown_of_candidate(const SimChannel& channel) const;
    void perform_on_provider(const Deed& deed);
    void end_candidate(const Deed& deed);
    void ask_pointer(const AskPointer& question);
    void tell_pointer(std::uint32_t provider);
    void look_at_pointer(const AskPreflight& request, PreflightEvent& ready) const;
    void move_pointer(Action& action);
    bool move_pointer_back(Action& action);

    // sim_world_actuator.cpp: what comes of the engine's effects
    void answer(const Effect& effect);
    void preflight(const AskPreflight& request);
    void run(const RunAction& request);
    void begin(std::uint64_t sequence);
    void finish(std::uint64_t sequence);
    void take_effect(std::uint64_t sequence);
    void settle(std::uint64_t sequence);
    void roll_back(std::uint64_t sequence);
    void tell(std::uint64_t sequence, ActionPhase phase, ActionResult result, Refusal refusal);

    // sim_world_deeds.cpp
    void perform(std::uint32_t index);
    void perform_on_host(const Deed& deed);
    void perform_on_target(const Deed& deed);
    void end_deed(std::uint32_t index);
    void command(const Deed& deed);
    void use_tool(std::uint32_t index);

    const SimExhibit& exhibit_;
    const Timeline& timeline_;
    std::vector<std::shared_ptr<const RuleSet>> reloads_;
    std::uint64_t seed_;
    std::vector<SimObserver*> observers_;

    SimAgenda agenda_;
    SimLedger ledger_{"sim"};
    std::shared_ptr<const RuleSet> rules_;
    std::unique_ptr<Engine> engine_;

    Duration elapsed_{0};
    Duration uptime_then_;  // of this boot, when the world began
    Duration asleep_{0};    // in suspend, over all
    Duration wall_shift_{0};
    bool wall_is_true_ = true;  // it has never been set wrong
    std::uint32_t boot_ = 1;
    std::uint32_t run_ = 0;
    std::uint64_t steps_ = 0;
    std::int64_t crash_in_ = 0;  // steps; 0: no crash is near
    SimCrash crash_how_ = SimCrash::after_the_effects;
    Duration crash_length_{0};

    SimDisk disk_ = SimDisk::writes;
    std::uint64_t disk_generation_ = 0;
    SimAnswer answers_ = SimAnswer::can;
    SimCourse course_ = SimCourse::done;
    SimBack way_back_ = SimBack::rolled_back;
    bool off_ = false;
    bool busy_ = false;

    bool counts_availability_;
    std::vector<Duration> well_;  // by target
    std::vector<Patient> patients_;
    std::vector<Unit> units_;
    std::vector<Provider> providers_;
    std::vector<Source> sources_;
    std::unordered_map<std::uint64_t, Action> actions_;  // by sequence
    std::vector<PreflightEvent> slots_;
    std::vector<std::uint32_t> free_slots_;
    SimRng noise_;
    std::uint32_t next_job_ = 1'000;
    std::uint32_t next_invocation_ = 1;
    std::uint64_t next_ticket_ = 1;
    std::uint64_t newest_action_ = 0;
    std::uint64_t newest_incident_ = 0;
};

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include "support/agenda.hpp"
#include "support/behaviour.hpp"
#include "support/durable.hpp"
#include "support/temp_dir.hpp"

#include <primum/engine.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace primum::support {

// One event that reached the engine, and what the engine made of it.
struct Turn {
    Duration elapsed{0};    // since the world began
    std::uint32_t run = 0;  // which run of primumd, from 1
    Event event;
    std::vector<Effect> effects;
};

struct RestartOptions {
    Duration down{0};
    bool next_boot = false;
    bool synchronised = true;  // the wall clock, as the next start finds it
};

// A host with systemd, an actuator, a ledger and scraped sources, all simulated but the ledger's
// file, and the real engine in it. Time is what the agenda says: it jumps from one entry or
// deadline to the next, and a tick comes exactly at each Engine::next_deadline().
//
// By default everything goes well: units are active, an intent is durable at once, preflight says
// `can`, an action starts at once and is done. A restart that is done leaves an active unit active;
// one that was not active comes up only where a Cure says so.
//
// All members may throw std::runtime_error, for what a simulation cannot go on after.
class World {
public:
    using Values = std::vector<std::pair<std::string, std::string>>;

    explicit World(std::shared_ptr<const RuleSet> rules);

    // --- time
    void at(Duration when, std::function<void()> what) { agenda_.add(when, std::move(what)); }
    // Does all that is due up to and including `end`.
    void run_until(Duration end);
    [[nodiscard]] Duration elapsed() const { return elapsed_; }
    [[nodiscard]] Stamp stamp() const;

    // --- primumd
    void start(bool synchronised = true);
    void restart(const RestartOptions& options);
    void reload(std::shared_ptr<const RuleSet> rules);
    // To the engine as it is, if it runs.
    void send(EventBody body);
    void send_at(Stamp stamp, EventBody body);
    [[nodiscard]] bool is_up() const { return engine_ != nullptr; }
    [[nodiscard]] const Engine& engine() const { return *engine_; }
    [[nodiscard]] const RuleSet& rules() const { return *rules_; }
    // Called after every turn.
    void on_turn(std::function<void(const Turn&)> listener) { listener_ = std::move(listener); }

    // --- the host
    void jump_wall(Duration by, bool noticed = true);
    void set_disabled(bool disabled, const std::string& file);
    void set_busy(bool busy, const std::string& what);

    // --- systemd
    [[nodiscard]] UnitEvent unit(const std::string& name) const;
    void set_unit(UnitEvent state);
    void new_job(const std::string& unit, std::uint32_t id, const std::string& type, bool ours);
    void end_job(const std::string& unit, std::uint32_t id, const std::string& result);
    // A person's systemctl: "stop", "start", "restart" or "reload" as a job that is done at once,
    // or "reset-failed".
    void person_does(const std::string& unit, const std::string& what);

    // --- sources
    // One collection. A value is a number, or "+n" for n more than the series showed last.
    void scrape(const std::string& source, const Values& values);
    void fail_source(const std::string& source, const std::string& error, const std::string& why);

    // --- providers
    // Somebody points elsewhere; empty: at none of the candidates. Nobody is told.
    void point(const std::string& provider, const std::string& candidate);
    // While the pointer names this candidate, these series show these values.
    void show_through(const std::string& provider,
                      const std::string& candidate,
                      const Values& values);

    // --- the ledger
    // `never`: intents wait for their answer until it is `at_once` again.
    enum class Commits : std::uint8_t { at_once, refused, never };
    void set_commits(Commits commits);
    void set_ledger_healthy(bool healthy, const std::string& why);

    // --- the actuator
    std::vector<PreflightAnswer> preflights;  // the latest that applies counts
    std::vector<ActionCourse> courses;
    std::vector<UndoCourse> undos;
    std::vector<Cure> cures;
    std::vector<Harm> harms;
    // Every answer is sent twice.
    bool stutters = false;
    // Whether a restart now would lose records that are not durable.
    [[nodiscard]] bool would_lose_records() const { return durable_.would_lose(); }
    // The id that RunAction named last.
    [[nodiscard]] const std::string& last_action() const { return last_action_; }
    // The id of the action with this sequence; empty when none was run.
    [[nodiscard]] std::string action_with(std::uint32_t sequence) const;

private:
    struct Run {
        RunAction request;
        std::optional<ActionResult> ended;  // as the actuator knows it
        bool reattached = true;             // somebody waits for its answer
    };

    void boot_up(const RestoredState& state);
    void look_at_units();
    void answer(const Effect& effect);
    void record(const std::vector<Effect>& effects);
    void commit(const std::string& action);
    void preflight(const AskPreflight& request);
    void run(const RunAction& request);
    void work(const std::string& action, const ActionCourse& course, RemedyKind kind);
    void finish(const std::string& action, const ActionCourse& course);
    void leave_unit(const RunAction& request, bool done, RemedyKind kind);
    void settle(const std::string& action);
    void roll_back(const std::string& action);
    void tell(const std::string& action, ActionPhase phase, ActionResult result, Refusal refusal);
    // world_provider.cpp
    [[nodiscard]] std::string provider_of(const std::string& of_target,
                                          Level level,
                                          std::uint32_t index) const;
    std::string& pointer(const std::string& provider);
    const std::string* seen_through(const std::string& series);
    void tell_pointer(const std::string& provider);
    void answer_failover(const AskPreflight& request, PreflightEvent& answer);
    void fail_over(const RunAction& request);
    // False where somebody has moved the pointer since.
    bool point_back(const std::string& action);
    // While this run of primumd lasts, or this boot of the host.
    void later(Duration delay, std::function<void()> what);
    void on_host(Duration delay, std::function<void()> what);
    [[nodiscard]] std::string value_of(const std::string& series, const std::string& told);
    [[nodiscard]] RemedyKind kind_of(const RunAction& request) const;
    [[nodiscard]] std::string next_invocation();

    TempDir dir_;
    Durable durable_{dir_.path() / "ledger.db"};
    std::shared_ptr<const RuleSet> rules_;
    std::unique_ptr<Engine> engine_;
    Agenda agenda_;
    std::function<void(const Turn&)> listener_;

    Duration elapsed_{0};
    Duration uptime_then_;  // of the boot, when the world began
    Duration wall_shift_{0};
    std::uint32_t boot_ = 1;
    std::uint32_t run_ = 0;

    bool disabled_ = false;
    std::string busy_;  // what is at work; primumd finds out when it starts
    bool ledger_healthy_ = true;
    Commits commits_ = Commits::at_once;
    std::vector<std::string> uncommitted_;
    std::map<std::string, UnitEvent> units_;
    std::map<std::string, JobEvent> jobs_;  // queued, by unit
    std::uint32_t next_job_ = 1'000;
    std::uint32_t next_run_of_unit_ = 1;

    std::map<std::pair<std::string, std::string>, double> shown_;       // by source and series
    std::map<std::string, std::string> cured_;                          // series -> value
    std::map<std::string, std::map<std::string, std::string>> harmed_;  // action -> series
    std::map<std::string, std::string> pointers_;                       // by provider
    // By provider and candidate.
    std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> through_;
    // By action: the provider, and what its pointer named before.
    std::map<std::string, std::pair<std::string, std::string>> moved_;
    std::map<std::pair<std::string, std::string>, SeriesId> ids_;
    std::map<std::string, Run> runs_;
    std::set<std::string> tombstones_;
    std::string last_action_;
};

}  // namespace primum::support

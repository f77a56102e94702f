// SPDX-License-Identifier: MIT
#pragma once

#include "core/guards.hpp"
#include "core/phase_table.hpp"
#include "core/target_state.hpp"
#include "core/verification.hpp"
#include "core/world.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::core {

// How long an answer to a preflight is waited for, and how long a "not now" is left alone.
inline constexpr Duration preflight_patience = std::chrono::seconds{10};
inline constexpr Duration preflight_retry = std::chrono::seconds{10};
// What an action may take beyond its own timeout before nobody can say how it ended.
inline constexpr Duration answer_margin = std::chrono::seconds{5};

// The words for what would go down with an action.
std::string blast_text(const std::vector<std::string>& units, std::uint32_t most);
// What preflight found stands in the report.
void pass_after_preflight(GuardReport& report, const PreflightEvent& answer);

// Moves one target up and down its ladder. A short-lived view: it owns nothing.
class Ladder {
public:
    Ladder(World& world, TargetState& target) : world_(world), target_(target) {}

    // Does all that the present state of evidence and time calls for, arms the next deadline and
    // writes the incident down if it changed.
    void reconsider();

    void on_preflight(const PreflightEvent& answer);
    void on_intent(bool committed, const std::string& detail);
    void on_action(const ActionEvent& news);
    // A person has seen the incident, which is put on record, and re-arms an exhausted ladder.
    // False if it is not exhausted.
    bool acknowledge(const OperatorEvent& command);
    // A person runs the remedy of a rung now: docs/guards.md has what that passes over. Answered
    // (operator_reply.hpp) when it is refused, or when the actuator has been asked.
    void force(const OperatorEvent& command);
    // The same person, or another, has seen the incident.
    void note_acknowledged(std::uint32_t uid);
    // The target left the rules: what has not started is dropped, the incident is closed.
    void abandon();
    // A breaker that covers the target was reset: nothing that waited behind it is worked off,
    // every wait begins anew.
    void start_anew();
    // The breaker that tripped in this incident was reset.
    void note_reset(const std::string& reason);
    // What the plans were made for has changed: those not yet started are made anew.
    void drop_plans();
    // A person wants the action under way undone: at once when it has finished, else as soon as it
    // has. Gives what is being done, for people.
    std::string ask_undo(const std::string& reason);
    // Takes up a flight that the ledger gave back at start: what is not known to have finished is
    // asked for, what has finished gets its whole settle and verify anew, what was being rolled
    // back (`undoing` says why) is asked for again.
    void resume(Flight flight, ActionState state, const std::string& undoing);

private:
    // One change of state; false when there is nothing more to do now.
    bool step();
    bool step_phase();
    bool step_steady();
    bool step_waiting();
    bool step_asking();
    bool step_forcing();
    bool step_settling();
    bool step_verifying();
    bool step_awaiting_data();
    bool step_rolling_back();
    bool step_soaking();

    void open_incident();
    void reopen_incident();
    void close_incident(Trigger trigger, const std::string& reason);
    void enter(Level level, const std::string& reason);
    void mark_spent(Level level,
                    DecisionKind kind,
                    const std::string& reason,
                    const std::string& detail = {});
    struct ForceRefusal {
        std::string code;
        std::string message;
    };
    [[nodiscard]] std::optional<ForceRefusal> refuse_force(const OperatorEvent& command) const;
    [[nodiscard]] std::uint32_t forced_remedy(Level level) const;
    void on_forced_preflight(const PreflightEvent& answer);
    void make_way();
    void climb_to(Level level);
    void drop_force(const std::string& code, const std::string& message);
    [[nodiscard]] bool is_only_observed() const;

    bool climb();
    bool wait_for_condition(const RungRule& wanted);
    bool want_action();
    bool held_back(const GuardReport& report);
    void begin_soak(Trigger trigger, const std::string& reason);
    void exhaust(Trigger trigger, const std::string& code, const std::string& detail);
    void wait_no_more();

    void begin_action(const Asking& asked,
                      const GuardReport& report,
                      std::vector<std::string> blast_radius,
                      const OperatorEvent* forced = nullptr);
    // Of a remedy that points a provider elsewhere: whom at. False when nobody can be had, which is
    // written down then.
    bool choose(const RemedyRule& remedy, std::string& candidate);
    // Whether that choice still holds when preflight has told what the pointer names.
    bool still_chosen(const RemedyRule& remedy, const Asking& asked, const PreflightEvent& answer);
    // Writes the choice into the record, and gives the words for what is done.
    std::string point(ActionRecord& record,
                      const RemedyRule& remedy,
                      const std::string& candidate) const;
    [[nodiscard]] bool lost_its_candidate() const;
    // This target turned ill: actions under way whose harm that may be hear of it.
    void tell_flights();
    void start_or_call_off();
    void take_news(const ActionEvent& news);
    void finish(ActionResult result, Refusal refusal, const std::string& detail, Duration took);
    void finish_without_effect(const std::string& reason, const std::string& detail);
    void begin_settling();
    void conclude(const Finding& finding);
    // What came of an action or of waiting, for the comparison with doing nothing.
    void note_trial(Outcome outcome);
    void note_waiting(bool recovered);
    void write_trial(TrialRecord record);
    void demote_what_does_not_beat_waiting();
    // Which of the rung's remedies is next: in turn, but for those that are demoted.
    [[nodiscard]] std::optional<std::uint32_t> next_remedy() const;

    // How often a rung was right (PrecisionBook).
    void note_detected(Level level);
    void note_decided();  // the action of the flight, which is written down
    void note_judgement(Outcome outcome);
    void open_counts(Level level);
    void write_counts(std::optional<PrecisionRecord> counts);
    void write_counts(std::optional<Judged> judged);

    // What came of an action, for the breakers.
    void note_outcome(Outcome outcome);
    void note_relapse();
    void look_at_breakers();
    void trip(const std::string& scope, const Trip& why);
    void page_exhausted(const std::string& detail);
    void begin_undo(const std::string& reason, const std::string& detail);
    void ask_undo_again(const std::string& reason, const std::string& detail);
    void on_undone(const ActionEvent& news);
    void end_undo(bool undone, const std::string& detail);
    void give_attempt_back();
    void end_flight();
    void on_settled(const ActionEvent& news);

    void decide(DecisionKind kind,
                const std::string& reason,
                const std::string& detail = {},
                std::vector<GuardVerdict> guards = {});
    void transition(ActionState state,
                    const std::string& reason,
                    const std::string& detail = {},
                    ActionResult result = ActionResult::none,
                    Outcome outcome = Outcome::none,
                    Duration took = Duration{0});
    void page(PageKind kind, const std::string& reason, const std::string& text);
    void write_incident();
    void look_at_response();
    void need_at(Instant at) { world_.deadlines.arm(target_.key, at); }
    void go(Trigger trigger);
    void begin_in(Phase phase);

    [[nodiscard]] bool is_for_real() const;
    [[nodiscard]] bool is_dry_run() const;
    [[nodiscard]] std::array<std::uint32_t, level_count>& attempts(bool dry_run) const;
    [[nodiscard]] bool recovered() const;
    [[nodiscard]] const std::string& name() const { return target_.rule->name; }

    World& world_;
    TargetState& target_;
};

}  // namespace primum::core

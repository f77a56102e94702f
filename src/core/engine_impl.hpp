// SPDX-License-Identifier: MIT
#pragma once

#include "core/ladder.hpp"
#include "core/source_book.hpp"
#include "core/target_state.hpp"
#include "core/world.hpp"

#include <primum/engine.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum {

class Engine::Impl {
public:
    explicit Impl(const EngineLimits& limits) : world_(limits) { world_.own_key = next_key_++; }

    std::vector<Effect> advance(const Event& event);
    std::optional<Instant> next_deadline() { return world_.deadlines.next(); }

    // engine_state.cpp
    [[nodiscard]] std::string save() const;

    [[nodiscard]] HostView host() const;
    [[nodiscard]] std::vector<TargetSummary> targets() const;
    [[nodiscard]] std::vector<SourceView> sources() const;
    [[nodiscard]] std::vector<ProviderView> providers() const;
    [[nodiscard]] std::vector<IncidentRecord> open_incidents() const;
    [[nodiscard]] std::optional<IncidentRecord> open_incident(std::uint64_t id) const;
    [[nodiscard]] std::vector<PrecisionRecord> precision() const;
    [[nodiscard]] std::optional<TargetSummary> target(std::string_view name) const;
    [[nodiscard]] std::optional<Explanation> explain(std::string_view name) const;

private:
    using TargetState = core::TargetState;
    using SourceState = core::SourceState;

    // engine.cpp: one handler an event type
    void take(const SeriesEvent& event);
    void take(const SampleEvent& event);
    void take(const SamplesEvent& event);
    void take(const SourceEvent& event);
    void take(const UnitEvent& event);
    void take(const JobEvent& event);
    void take(const FileEvent& event);
    void take(const ProviderEvent& event);
    void take(const OperatorEvent& event);
    void take(const HostEvent& event);
    void take(const RulesEvent& event);
    void take(const RestoreEvent& event);
    void take(const PreflightEvent& event);
    void take(const ActionEvent& event);
    void take(const LedgerEvent& event);
    void take(const SlotEvent& event);
    void take(const TickEvent& event);

    // Whether there is nothing more to do with it.
    bool take_beginning(const Event& event);
    void reject(std::string reason, std::string detail = {});
    void run_due();
    void look_at_changed();
    void note_severity(const core::Listener& listener);
    void record_baseline(const TargetState& target, core::IndicatorState& indicator);
    void judge_unit(TargetState& target);
    void unit_changed(const std::string& unit);
    void wake_target(TargetState& target);
    void wake_source(SourceState& source);
    void fail_source(SourceState& source, const SourceEvent& event);
    void open_source_incident(SourceState& source);
    void recover_source(SourceState& source);
    void look_at_response(SourceState& source);
    void page_source(SourceState& source);
    void close_source_incident(SourceState& source, std::string reason);
    void warm_up_all();
    SourceState* find_source(const std::string& name);
    core::Ladder ladder(TargetState& target) { return {world_, target}; }
    TargetState* flying_target(const std::string& action);

    // engine_provider.cpp
    void apply_providers(const std::shared_ptr<const RuleSet>& rules);
    void listen(core::ProviderState& provider);
    void forget_provider(const core::ProviderState& provider);
    void restore_providers();
    [[nodiscard]] Duration left_of(const RestoredProvider& restored) const;
    void wake_provider(core::ProviderState& provider);
    void mark_or_note(const OperatorEvent& command);

    // engine_restore.cpp: start
    [[nodiscard]] Instant local(const StoredStamp& stamp) const;
    void restore_holds();
    void restore_baselines();
    void restore_breakers();
    void restore_precision();
    void restore_relapses();
    void restore_actions();
    void restore_incidents();
    void ask_after_ways_back();
    void restore_incident(const RestoredIncident& restored);
    void restore_source_incident(const RestoredIncident& restored);
    void restore_flight(const RestoredAction& restored);
    void write_off_dry_run(const std::string& action);
    void close_orphan(const RestoredIncident& restored);
    void close_orphan(const std::string& action);
    [[nodiscard]] core::ResponseClock restore_response(const RestoredIncident& restored,
                                                       IncidentRecord& incident) const;
    [[nodiscard]] std::optional<Instant> held_back_since(const RestoredIncident& restored) const;

    // engine_rules.cpp: start and reload
    void apply_sources(const RuleSet& rules);
    void apply_targets(const std::shared_ptr<const RuleSet>& rules, bool is_start);
    void add_target(const std::shared_ptr<const RuleSet>& rules, const TargetRule& rule);
    void change_target(TargetState& target,
                       const std::shared_ptr<const RuleSet>& rules,
                       const TargetRule& rule);
    void rebind_target(TargetState& target,
                       const std::shared_ptr<const RuleSet>& rules,
                       const TargetRule& rule);
    void listen(TargetState& target);
    void index_units();
    void take_census();
    void open_counts();
    void remove_gone();

    // engine_state.cpp: the whole as text
    struct TargetHome;
    struct Home;
    struct Homes;
    template <class Archive, class Self>
    static void members(Archive& archive, Self& self);
    [[nodiscard]] Homes list_homes() const;
    bool make_homes(const Homes& homes);
    bool make_target(const TargetHome& home);
    [[nodiscard]] bool is_possible() const;
    // Becomes what the text says; else nothing has changed, and `why` tells.
    bool load(std::string_view text, std::string& why);
    bool goes_on_with(const std::shared_ptr<const RuleSet>& rules);

    // engine_operator.cpp
    void hold(const OperatorEvent& event, bool disable);
    // Whether it says no length, or too great a one; then it is answered.
    bool refuses_length(const OperatorEvent& event, const std::string& verb);
    void release(const OperatorEvent& event, bool disable);
    void acknowledge(const OperatorEvent& event);
    bool acknowledge_source(const OperatorEvent& event);
    void reset_breaker(const OperatorEvent& event);
    void roll_back(const OperatorEvent& command);
    void force(const OperatorEvent& event);
    void label(const OperatorEvent& command);
    [[nodiscard]] std::string figure_of(const JudgementRecord* labelled) const;
    void roll_back_flight(const OperatorEvent& command, TargetState& target);
    // The code and the words with which a rollback is refused, if it is; `action` may be null.
    [[nodiscard]] std::optional<std::pair<std::string, std::string>> refuse_roll_back(
        const std::string& id, const core::RememberedAction* action) const;
    [[nodiscard]] const RemedyRule* remedy_of(const core::RememberedAction& action) const;
    void reply(const OperatorEvent& event,
               bool accepted,
               std::string code,
               std::string message,
               std::uint64_t hold = 0);

    // views.cpp
    [[nodiscard]] TargetSummary summary(const TargetState& target) const;
    [[nodiscard]] std::string why_blind(const std::string& source) const;
    [[nodiscard]] RungView rung_view(const TargetState& target, Level level) const;
    void explain_next(const TargetState& target, Explanation& explanation) const;
    [[nodiscard]] std::string undo_words(const std::string& action) const;
    void explain_waiting(const TargetState& target, Explanation& explanation) const;

    core::World world_;
    std::optional<RestoredState> restored_;  // until the first rules are there
    bool started_ = false;                   // restore has come
    bool awaits_rules_ = false;              // has been loaded, and has no selectors yet
    core::Deadlines::Key next_key_ = 0;
    std::map<std::string, std::unique_ptr<TargetState>, std::less<>> targets_;
    std::map<std::string, std::unique_ptr<SourceState>, std::less<>> sources_;
    std::map<core::Deadlines::Key, TargetState*> target_by_key_;
    std::map<core::Deadlines::Key, SourceState*> source_by_key_;
    std::map<core::Deadlines::Key, core::ProviderState*> provider_by_key_;
    std::multimap<std::string, TargetState*, std::less<>> targets_by_unit_;
    // The last incident of targets that left the rules: should they come back, a removal must not
    // have shortened a cooldown.
    std::map<std::string, core::ClosedIncident, std::less<>> farewells_;
    std::vector<std::string> orphans_;  // actions without a target, being settled
    // While the past is restored: incidents whose action a person was having rolled back.
    std::set<std::uint64_t> undoing_;
};

}  // namespace primum

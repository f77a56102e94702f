// SPDX-License-Identifier: MIT
#pragma once

#include "core/deadlines.hpp"
#include "core/indicator.hpp"

#include <primum/engine.hpp>
#include <primum/record.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::core {

// What a person says of a candidate, until its end.
struct Mark {
    CandidateState state = CandidateState::unknown;
    Stamp until;

    static void members(auto& archive, auto& it) { archive.whole(it, it.state, it.until); }
};

// One that can be pointed at. `place` and `rate_place` are those of its indicators in
// ProviderState::indicators.
struct Candidate {
    std::string name;
    std::optional<std::size_t> place;
    std::optional<std::size_t> rate_place;
    CandidateState state = CandidateState::unknown;  // as last looked at
    std::optional<Instant> healthy_since;            // without a break
    std::optional<Mark> mark;
    std::string note;            // by hand
    std::uint32_t uid = nobody;  // who made the mark or the note
    std::uint32_t fell_again = 0;
    std::optional<ProviderRecord> written;  // as last given to the ledger

    static void members(auto& archive, auto& it) {
        archive.whole(it,
                      it.name,
                      it.place,
                      it.rate_place,
                      it.state,
                      it.healthy_since,
                      it.mark,
                      it.note,
                      it.uid,
                      it.fell_again,
                      it.written);
    }
};

// A failover that moved the pointer and was not undone.
struct Away {
    std::string action;
    std::uint64_t incident = 0;
    std::string target;
    Level level = Level::failover;
    std::string from;  // empty: the pointer named none of the candidates
    std::string to;
    Instant intended;
    bool stuck = false;  // its way back could not be taken: a person's business

    static void members(auto& archive, auto& it) {
        archive.whole(
            it, it.action, it.incident, it.target, it.level, it.from, it.to, it.intended, it.stuck);
    }
};

// A failback that was done.
struct CameBack {
    std::string candidate;
    Instant at;

    static void members(auto& archive, auto& it) { archive.whole(it, it.candidate, it.at); }
};

// Everything the core knows of one provider. `rules` keeps `rule` alive.
struct ProviderState {
    ProviderState(Deadlines::Key number,
                  std::shared_ptr<const RuleSet> set,
                  const ProviderRule& provider,
                  const EngineLimits& limits);

    Deadlines::Key key;
    std::shared_ptr<const RuleSet> rules;
    const ProviderRule* rule;
    std::vector<IndicatorState> indicators;
    std::vector<Candidate> candidates;  // as in the rule: in the order of preference
    std::vector<std::string> users;     // targets that fail over with it

    std::optional<std::string> current;    // candidate; empty: none of them; nothing: not known
    std::string elsewhere;                 // what the pointer names instead, if that is known
    std::optional<Instant> current_since;  // that it has been the present one
    std::optional<Instant> ask_at;         // when to ask again what the pointer names
    std::vector<Away> away;                // oldest first
    std::optional<CameBack> came_back;     // the last one, until it is known to have lasted

    [[nodiscard]] const Candidate* find(std::string_view name) const;
    [[nodiscard]] Candidate* find(std::string_view name);
    // Null when it is not known, or is none of them.
    [[nodiscard]] const Candidate* current_one() const;
    // What it would be without a mark: by its indicators alone.
    [[nodiscard]] CandidateState judged(const Candidate& candidate) const;
    // What a person is told beside its state: a note by hand, or what its indicator says.
    [[nodiscard]] std::string note_of(const Candidate& candidate) const;
    // "primary dead, in use; secondary rate_limited; third healthy"
    [[nodiscard]] std::string states_text() const;
    // The same meaning in another compiled rule set.
    void rebind(std::shared_ptr<const RuleSet> set, const ProviderRule& provider);

    // All but what it is of: `key`, `rules` and `rule`.
    static void members(auto& archive, auto& it) {
        archive.each_of(it.indicators, [&](auto& indicator) { archive(indicator); });
        archive(it.candidates,
                it.users,
                it.current,
                it.elsewhere,
                it.current_since,
                it.ask_at,
                it.away,
                it.came_back);
        archive.require(it.is_possible());
    }
    // Whether its candidates find their indicators.
    [[nodiscard]] bool is_possible() const;
};

// The provider whose pointer a remedy moves; empty for every other remedy.
[[nodiscard]] const std::string& provider_of(const RemedyRule& remedy);

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include "replay/rehearsal.hpp"

#include <primum/record.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace primum::replay {

// How the actions of one rule set differ from those of another over the same recording.
enum class Change : std::uint8_t { appeared, gone, changed };

// One action that is not the same in both.
struct Difference {
    Change change = Change::appeared;
    ActionRecord action;   // of the second rule set; of the first where it is gone
    Stamp before;          // of `changed`: when the first rule set did it
    std::string evidence;  // the first thing that differed: "latency: error 0.3 (above 0.25), not
                           // warning 0.3"
    bool known = false;

    // "new would gateway retry reload 2026-11-22T03:45:12.000000Z": the line for a list of known
    // differences.
    [[nodiscard]] std::string key() const;
    // The same without its time: in a list it stands for all such.
    [[nodiscard]] std::string kind_key() const;
};

enum class Judgement : std::uint8_t { stable, known, regression };

// What came of a comparison.
struct Report {
    std::vector<Difference> differences;  // by time
    std::uint64_t same = 0;               // actions that both have, alike
    std::uint64_t first = 0;              // actions of the first rule set
    std::uint64_t second = 0;

    // regression: an action that the first rule set did not take, and that is not known. known:
    // there are differences, and all are known. stable: neither; what is gone or changed is no
    // reason for alarm.
    [[nodiscard]] Judgement judgement() const;
};

// Lets two rule sets rehearse the same recording side by side.
class Comparison {
public:
    // An action that both have, but not at the same time, counts as changed when the two are no
    // further apart than this.
    static constexpr Duration same_action_within = std::chrono::hours{1};
    // Beyond so many actions of either the rest is counted only.
    static constexpr std::size_t max_actions = 100'000;

    // Whether an action is looked at.
    using Meant = std::function<bool(const ActionRecord&)>;

    // Null as the first: the recorded rules.
    Comparison(std::shared_ptr<const RuleSet> first,
               std::shared_ptr<const RuleSet> second,
               Meant meant = nullptr)
        : rehearsals_{Rehearsal{std::move(first)}, Rehearsal{std::move(second)}},
          meant_(std::move(meant)) {}

    [[nodiscard]] Result<void, ReplayError> play(const Event& event);

    // `known`: lines as Difference::key or kind_key gives them.
    [[nodiscard]] Report report(const std::vector<std::string>& known) const;

private:
    struct Taken {
        ActionRecord action;
        std::string other_evidence;  // what differed for the other rule set then
    };

    void note(std::size_t side, const std::vector<Rehearsal::Step>& steps);

    std::array<Rehearsal, 2> rehearsals_;
    Meant meant_;
    std::array<std::vector<Taken>, 2> taken_;
    std::array<std::uint64_t, 2> count_{};
};

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace primum::core {

// One intent, as budgets and cooldowns need it.
struct RememberedAction {
    std::string id;
    std::uint64_t incident = 0;
    std::string target;
    Level level = Level::retry;
    bool dry_run = false;
    std::uint32_t streak = 1;
    Instant intended;
    std::optional<Instant> ended;
    std::uint32_t index = 0;  // which of the rung's remedies
    std::string plan_digest{};
    std::optional<Instant> started{};  // given to the actuator, which did not refuse it
    Outcome outcome = Outcome::none;   // of its verification
    bool relapsed = false;             // it had helped, and the illness came back
    WayBack way_back = WayBack::none;
    bool failback = false;  // no action: a provider's way back, which uses budgets as one does

    static void members(auto& archive, auto& it) {
        archive.whole(it,
                      it.id,
                      it.incident,
                      it.target,
                      it.level,
                      it.dry_run,
                      it.streak,
                      it.intended,
                      it.ended,
                      it.index,
                      it.plan_digest,
                      it.started,
                      it.outcome,
                      it.relapsed,
                      it.way_back,
                      it.failback);
    }
};

// Under which id the failback of an action is remembered.
inline std::string failback_id(const std::string& action) {
    return action + "/failback";
}

// How a budget stands: used within its window, and when the oldest use leaves it.
struct BudgetUse {
    std::uint32_t used = 0;
    std::optional<Instant> frees_at;
};

// The intents that budgets and cooldowns still need. Dry-run ones and real ones are two sets that
// never look at each other. Bounded by age and by number; at the bound it is full and says so.
class ActionBook {
public:
    explicit ActionBook(std::size_t capacity) : capacity_(capacity) {}

    void add(Instant now, RememberedAction action);
    void end(const std::string& id, Instant at);
    void start(const std::string& id, Instant at);
    // It was called off or refused: it touched nothing.
    void had_no_effect(const std::string& id);
    void verify(const std::string& id, Outcome outcome);
    // The action of an incident that had helped did not last. Null when there is none that counted
    // as lasting.
    const RememberedAction* relapse(std::uint64_t incident);
    // The same of every action of the same incident that had helped before this one.
    void relapse_before(const std::string& id);
    // The intent never became durable: it was none.
    void forget(const std::string& id);
    // Null when it is not remembered.
    [[nodiscard]] const RememberedAction* find(const std::string& id) const;
    // The newest intent of an incident; null if none is remembered.
    [[nodiscard]] const RememberedAction* newest(std::uint64_t incident) const;
    [[nodiscard]] bool full() const { return actions_.size() >= capacity_; }

    // Use of a budget by one target (or all when empty) at one level (or all when `steady`).
    [[nodiscard]] BudgetUse use(Instant now,
                                Duration per,
                                bool dry_run,
                                const std::string& target = {},
                                Level level = Level::steady) const;
    // The last real actions of one target (or of all when empty) that ended after `since` with a
    // verdict, newest first, at most `most`.
    [[nodiscard]] std::vector<const RememberedAction*> last_verified(const std::string& target,
                                                                     Instant since,
                                                                     std::size_t most) const;
    // The real actions with an effect that are running or ended after `since`, oldest first.
    [[nodiscard]] std::vector<const RememberedAction*> effective_since(Instant since) const;
    // The newest intent of (target, level); null if none is remembered.
    [[nodiscard]] const RememberedAction* latest(const std::string& target,
                                                 Level level,
                                                 bool dry_run) const;

    // Longest time that anything is remembered: the longest budget window and cooldown allowed.
    static constexpr Duration memory = std::chrono::hours{26};

    static void members(auto& archive, auto& it) { archive(it.actions_); }

private:
    [[nodiscard]] RememberedAction* find_mutable(const std::string& id);

    std::size_t capacity_;
    std::deque<RememberedAction> actions_;  // oldest first
};

}  // namespace primum::core

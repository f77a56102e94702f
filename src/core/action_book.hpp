// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

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
};

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
    // The intent never became durable: it was none.
    void forget(const std::string& id);
    // Null when it is not remembered.
    [[nodiscard]] const RememberedAction* find(const std::string& id) const;
    [[nodiscard]] bool full() const { return actions_.size() >= capacity_; }

    // Use of a budget by one target (or all when empty) at one level (or all when `steady`).
    [[nodiscard]] BudgetUse use(Instant now,
                                Duration per,
                                bool dry_run,
                                const std::string& target = {},
                                Level level = Level::steady) const;
    // The newest intent of (target, level); null if none is remembered.
    [[nodiscard]] const RememberedAction* latest(const std::string& target,
                                                 Level level,
                                                 bool dry_run) const;

    // Longest time that anything is remembered: the longest budget window and cooldown allowed.
    static constexpr Duration memory = std::chrono::hours{26};

private:
    std::size_t capacity_;
    std::deque<RememberedAction> actions_;  // oldest first
};

}  // namespace primum::core

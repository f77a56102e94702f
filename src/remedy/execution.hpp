// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/way_back.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"

#include <primum/clock.hpp>
#include <primum/record.hpp>
#include <primum/rules.hpp>
#include <primum/vocabulary.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace primum::remedy {

class SnapshotStore;

// What every remedy works with; all outlive the executions.
struct Tools {
    systemd::EventLoop& loop;
    const Clock& clock;
    systemd::Manager& manager;
    SnapshotStore& snapshots;
};

// What is to be done, with what was found when it was admitted.
struct Order {
    std::string action;
    std::string target;
    std::string unit;  // primary name
    Level level = Level::retry;
    RemedyRule rule;
    std::optional<ProviderRule> provider;  // of a failover
    std::string candidate;                 // of a failover
    std::string user;                      // the unit's User=; empty: root
    std::string invocation;                // the unit's InvocationID before the action, hex
    std::string job;  // the systemd job (its path) that an earlier run recorded; else empty
    // Nothing is begun later. Looked at by prepare() just before a program of the action's.
    Instant not_after = Instant::max();
    // Told the path of a systemd job as soon as it is queued, so that it can be found again.
    std::function<void(const std::string& job)> on_job;
};

// How an action ended.
struct Report {
    ActionResult result = ActionResult::ambiguous;
    Refusal refusal = Refusal::none;  // nothing was done, and why
    std::string job_result;           // as systemd said it; "gone" when nobody heard it
    std::string invocation_after;     // hex; empty when it could not be read
    std::string detail;               // for people
    ActionFacts facts;
};

// What must be durable before the effect, or why there will be none.
struct Prepared {
    Refusal refusal = Refusal::none;
    std::string detail;
    // A program of the action's has run (the `save` hook, the `check`): with it the action was
    // begun, in time, and what it took does not count as age of the plan.
    bool begun = false;
    WayBackRecord way_back;  // empty() where there is none
    ActionFacts facts;       // the snapshots that the way back needs
};

// How long the end of stopped processes takes at most.
inline constexpr Duration stop_within{std::chrono::seconds{15}};

// One remedy at work, or one way back. Each function is called at most once, in this order;
// destroying it forgets what has not been told and stops nothing.
class Execution {
public:
    Execution() = default;
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;
    virtual ~Execution() = default;

    // Whatever comes before the unit or a file is touched: looks, trust, the `save` hook of a
    // restart, snapshots, the check of a fallback. Runs programs: only once `started` is durable.
    virtual void prepare(std::function<void(const Prepared&)> done) = 0;
    // The effect, once what prepare() gave is durable. `done` once, however long it takes.
    virtual void run(std::function<void(const Report&)> done) = 0;
    // The timeout is over, in prepare() or run(): ends its processes with their whole cgroup. True:
    // `done` follows within stop_within, and says what became of it. False: only a job of systemd's
    // is at work, which is left to it; the outcome is ambiguous, and `done` may still come, late.
    virtual bool stop() { return false; }
};

// The remedy that the order names.
[[nodiscard]] std::unique_ptr<Execution> make_execution(const Tools& tools, Order order);

// The stored way back of an action. Its prepare() finds conflicts; its `then` is awaited, too.
[[nodiscard]] std::unique_ptr<Execution> make_rollback(const Tools& tools, WayBackRecord way_back);

// Judges an action that an earlier run has begun, without an effect: by its job, the unit's
// InvocationID and what stands in its files now. A job or program of its that still is at work is
// awaited: the caller keeps the timeout. `done` gets done, failed or ambiguous.
void judge_left(const Tools& tools,
                const Order& order,
                const WayBackRecord& way_back,
                const systemd::UnitFacts& unit,
                std::function<void(const Report&)> done);

// Of an action that an earlier run was still preparing, without an effect: a program that it has
// left is awaited and cleared away, and what the `save` hook of a restart may have drained is taken
// back into service by `restore` where the unit runs. Nobody waits for that.
void take_back_preparation(const Tools& tools, const Order& order);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#pragma once

#include "ledger/store.hpp"

#include <primum/event.hpp>
#include <primum/record.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::ledger {

struct LedgerOptions {
    std::size_t max_batches = 1'024;
    std::size_t max_records = 16'384;  // over all queued batches
    std::size_t max_queries = 32;
    Duration retry_initial{200'000};  // doubles up to retry_max
    Duration retry_max{10'000'000};
};

struct LedgerCounters {
    std::uint64_t batches = 0;           // durable
    std::uint64_t records = 0;           // durable
    std::uint64_t write_failures = 0;    // tries that failed
    std::uint64_t refused_batches = 0;   // the queue was full
    std::uint64_t rejected_records = 0;  // contradicted what is stored; dropped
    std::uint64_t failed_intents = 0;
    std::uint64_t queued_records = 0;  // now
};

// What the ledger has to say since the last drain.
struct LedgerNewsBatch {
    // For the core, in their order: committed/failed for each non-dry-run ActionRecord,
    // healthy/unhealthy when that changes.
    std::vector<LedgerEvent> events;
    // Answers of queries: to be called by the loop thread, after the events were taken.
    std::vector<std::function<void()>> answers;
    // The file could not be opened at start and now can. Nothing is written to it and the ledger
    // stays unhealthy, for the engine started without what is in it: restart the daemon.
    bool restart_wanted = false;
};

// The ledger as the daemon's loop sees it: never blocks. Owns one thread and a bounded queue.
//
// All members are for the loop thread. A batch is one transaction; batches are written in their
// order. When writing fails (disk full, read-only, I/O error) every queued intent (ActionRecord
// that is not dry-run) is answered `failed` and dropped, everything else stays queued and is tried
// again with back-off until it succeeds.
class Ledger {
public:
    // Takes over an open store; without one it is unhealthy and tries to open `reopen` now and
    // then. Starts the thread. The first drain says unhealthy where it is.
    Ledger(std::optional<Store> store, StoreOptions reopen, LedgerOptions options = {});
    // Stops with a deadline of 2 s.
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    // Readable (EPOLLIN) while drain() has something to give.
    [[nodiscard]] int fd() const;
    [[nodiscard]] LedgerNewsBatch drain();

    // Queues one batch; `now` is when, for oldest_pending(). False where the queue is full: the
    // batch is not taken, and its intents are answered `failed`. Notices belong to the batch.
    bool submit(std::vector<Record> batch, Instant now, std::vector<KeptNotice> notices = {});

    // Runs `work` on the ledger's thread between writes, then `done` by way of drain(). `done` gets
    // false where there is no store, and `work` was not run. False: too many are queued.
    bool submit_query(std::function<void(Store&)> work, std::function<void(bool)> done);

    // Asks the thread to prune what the retention bounds say. At most one request is queued.
    void prune(Stamp now, bool clock_synchronised);

    // When the oldest batch that is not durable yet was submitted. A ledger whose oldest write is
    // older than 2 s is to be taken as unhealthy, whatever it says: the disk hangs.
    [[nodiscard]] std::optional<Instant> oldest_pending() const;
    [[nodiscard]] bool healthy() const;
    [[nodiscard]] LedgerCounters counters() const;
    // Why it is unhealthy; empty when healthy.
    [[nodiscard]] std::string problem() const;

    // Takes nothing more, writes what is queued, ends the thread. False where that was not done
    // within `deadline`: then the thread is left behind, and the process should exit.
    bool stop(Duration deadline);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::ledger

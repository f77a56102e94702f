// SPDX-License-Identifier: MIT
#pragma once

#include <primum/effect.hpp>
#include <primum/record.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace primum::replay {

// A ledger in memory: takes records as the real Store does, and gives a start the same state back.
//
// What a step recorded is one batch. A batch waits until it is written; a crash loses what waits,
// or some of it: the first of them may have reached the disk without anybody having been told.
class SimLedger {
public:
    explicit SimLedger(std::string uuid) : uuid_(std::move(uuid)) {}

    // Adds what a step recorded. With `refuses`, intents are left out: their write failed.
    void add(const std::vector<Effect>& effects, bool refuses);
    // The number of the newest batch, from 1; 0 before the first.
    [[nodiscard]] std::uint64_t newest() const { return next_batch_ - 1; }
    // Makes all batches up to number `batch` durable. Gives the intents among them.
    std::vector<std::string> write(std::uint64_t batch, const std::string& boot_id);
    // How many batches wait.
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    // A crash: the first `kept` of those that wait reached the disk, the others did not.
    void crash(std::size_t kept, const std::string& boot_id);

    // What a start at `now` is given, as ledger::Store::restore says it.
    [[nodiscard]] RestoredState restore(const std::string& boot_id,
                                        Stamp now,
                                        bool clock_synchronised) const;

    // Forgets what no start needs any more, as the Store's pruning does. Ages are by the monotonic
    // clock, and only what belongs to the boot of now is judged.
    void prune(const std::string& boot_id, Stamp now);

    [[nodiscard]] std::size_t size() const {
        return incidents_.size() + actions_.size() + holds_.size();
    }

    // Makes one record durable.
    void put(const Record& record, const std::string& boot_id);

private:
    struct Batch {
        std::uint64_t number = 0;
        std::vector<Record> records;
    };

    void put_one(const IncidentRecord& record, const std::string& boot_id);
    void put_one(const DecisionRecord& record, const std::string& boot_id);
    void put_one(const ActionRecord& record, const std::string& boot_id);
    void put_one(const TransitionRecord& record, const std::string& boot_id);
    void put_one(const HoldRecord& record, const std::string& boot_id);
    void put_one(const OperatorRecord& record, const std::string& boot_id);
    void put_one(const BaselineRecord& record, const std::string& boot_id);
    void put_one(const BreakerRecord& record, const std::string& boot_id);
    void put_one(const ProviderRecord& record, const std::string& boot_id);
    void put_one(const TrialRecord& record, const std::string& boot_id);
    void put_one(const JudgementRecord& record, const std::string& boot_id);
    void put_one(const PrecisionRecord& record, const std::string& boot_id);

    [[nodiscard]] bool is_needed(const RestoredAction& action) const;

    std::string uuid_;
    std::uint64_t next_batch_ = 1;
    std::deque<Batch> waiting_;
    std::map<std::uint64_t, RestoredIncident> incidents_;
    std::map<std::uint64_t, RestoredAction> actions_;  // by sequence
    std::map<std::string, std::uint64_t> sequence_of_;
    std::map<std::uint64_t, RestoredHold> holds_;
    std::map<std::pair<std::string, std::string>, BaselineRecord> baselines_;
    std::map<std::string, RestoredBreaker> breakers_;
    std::map<std::pair<std::string, std::string>, RestoredProvider> providers_;
    std::map<std::tuple<std::string, std::string_view, std::uint32_t>, TrialRecord> trials_;
    std::map<std::uint64_t, JudgementRecord> judgements_;  // the newest of each action
    std::map<std::pair<std::string, std::string_view>, PrecisionRecord> precision_;
    std::uint64_t last_incident_ = 0;
    std::uint64_t last_action_ = 0;
    std::uint64_t last_hold_ = 0;
};

}  // namespace primum::replay

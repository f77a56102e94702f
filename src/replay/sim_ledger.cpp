// SPDX-License-Identifier: MIT
#include "replay/sim_ledger.hpp"

#include "ledger/store.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <variant>

namespace primum::replay {
namespace {

const ActionRecord* intent_of(const Record& record) {
    const auto* action = std::get_if<ActionRecord>(&record);
    return action != nullptr && !action->dry_run ? action : nullptr;
}

// How long ago a stamp was, as far as a start can tell.
Duration age_of(const StoredStamp& stamp,
                const std::string& boot_id,
                Stamp now,
                bool synchronised) {
    if (stamp.boot_id == boot_id) {
        return now.t - stamp.at.t;
    }
    return synchronised ? std::max(Duration{0}, Duration{now.wall - stamp.at.wall}) : Duration{0};
}

bool is_past(const StoredStamp& until, const std::string& boot_id, Stamp now, bool synchronised) {
    if (until.boot_id == boot_id) {
        return until.at.t <= now.t;
    }
    return synchronised && until.at.wall <= now.wall;
}

// An outcome is owed to these, however old they are.
bool is_owed(const RestoredAction& action) {
    return !action.action.dry_run &&
           (action.state == ActionState::intended || action.state == ActionState::started ||
            (action.state == ActionState::finished && action.result == ActionResult::done));
}

// A failback may have to undo it.
bool is_failover_kept(const RestoredAction& action) {
    return !action.action.dry_run && !action.action.provider.empty() &&
           action.result == ActionResult::done &&
           (action.state == ActionState::verified || action.state == ActionState::kept);
}

// The newest `most` of what is in the order of its numbers.
template <class T>
void keep_newest(std::vector<T>& items, std::size_t most) {
    if (items.size() > most) {
        items.erase(items.begin(), items.end() - static_cast<std::ptrdiff_t>(most));
    }
}

}  // namespace

void SimLedger::add(const std::vector<Effect>& effects, bool refuses) {
    Batch batch;
    for (const Effect& effect : effects) {
        const auto* recorded = std::get_if<RecordEffect>(&effect);
        if (recorded != nullptr && !(refuses && intent_of(recorded->record) != nullptr)) {
            batch.records.push_back(recorded->record);
        }
    }
    if (!batch.records.empty()) {
        batch.number = next_batch_++;
        waiting_.push_back(std::move(batch));
    }
}

std::vector<std::string> SimLedger::write(std::uint64_t batch, const std::string& boot_id) {
    std::vector<std::string> intents;
    while (!waiting_.empty() && waiting_.front().number <= batch) {
        for (const Record& record : waiting_.front().records) {
            if (const ActionRecord* intent = intent_of(record)) {
                intents.push_back(intent->id);
            }
            put(record, boot_id);
        }
        waiting_.pop_front();
    }
    return intents;
}

void SimLedger::crash(std::size_t kept, const std::string& boot_id) {
    if (kept > 0 && !waiting_.empty()) {
        const std::size_t last = std::min(kept, waiting_.size()) - 1;
        static_cast<void>(write(waiting_[last].number, boot_id));
    }
    waiting_.clear();
}

// What others refer to is put first, as the Store's transaction checks references at its end.
void SimLedger::put(const Record& record, const std::string& boot_id) {
    std::visit([&](const auto& each) { put_one(each, boot_id); }, record);
}

void SimLedger::put_one(const IncidentRecord& record, const std::string& boot_id) {
    last_incident_ = std::max(last_incident_, record.id);
    const auto [entry, added] = incidents_.try_emplace(record.id);
    RestoredIncident& stored = entry->second;
    if (added) {
        stored.opened = {record.opened, boot_id};
    }
    if (added || stored.closed.at.wall != record.closed.wall) {
        stored.closed = {record.closed, record.closed != Stamp{} ? boot_id : std::string{}};
    }
    stored.incident = record;
    stored.updated = {record.updated, boot_id};
    stored.incident.opened = stored.opened.at;
    stored.incident.closed = stored.closed.at;
}

void SimLedger::put_one(const DecisionRecord& /*record*/, const std::string& /*boot_id*/) {}
void SimLedger::put_one(const OperatorRecord& /*record*/, const std::string& /*boot_id*/) {}

void SimLedger::put_one(const ActionRecord& record, const std::string& boot_id) {
    last_action_ = std::max(last_action_, record.sequence);
    RestoredAction& stored = actions_[record.sequence];
    stored.action = record;
    stored.intended = {record.intended, boot_id};
    sequence_of_[record.id] = record.sequence;
}

void SimLedger::put_one(const TransitionRecord& record, const std::string& boot_id) {
    const auto sequence = sequence_of_.find(record.action);
    if (sequence == sequence_of_.end()) {
        return;  // of an intent that was refused, or is forgotten
    }
    RestoredAction& stored = actions_.at(sequence->second);
    stored.state = record.state;
    if (record.state == ActionState::finished) {
        stored.result = record.result;
        stored.ended = {record.at, boot_id};
    } else if (record.state == ActionState::verified) {
        stored.outcome = record.outcome;
    }
}

void SimLedger::put_one(const HoldRecord& record, const std::string& boot_id) {
    last_hold_ = std::max(last_hold_, record.id);
    const auto [entry, added] = holds_.try_emplace(record.id);
    RestoredHold& stored = entry->second;
    if (added) {
        stored.hold = record;
        stored.from = {record.from, boot_id};
        stored.until = {record.until, boot_id};
        return;
    }
    stored.hold.reason = record.reason;
    stored.hold.released = record.released;
    if (stored.until.at.wall != record.until.wall) {
        stored.until = {record.until, boot_id};
    }
    stored.hold.until = stored.until.at;
}

void SimLedger::put_one(const BaselineRecord& record, const std::string& /*boot_id*/) {
    baselines_[{record.target, record.indicator}] = record;
}

void SimLedger::put_one(const BreakerRecord& record, const std::string& boot_id) {
    breakers_[record.target] = {record, {record.at, boot_id}};
}

void SimLedger::put_one(const ProviderRecord& record, const std::string& boot_id) {
    const auto [entry, added] = providers_.try_emplace({record.provider, record.candidate});
    RestoredProvider& stored = entry->second;
    if (added || stored.until.at.wall != record.until.wall) {
        stored.until = {record.until, boot_id};
    }
    stored.provider = record;
    stored.at = {record.at, boot_id};
    stored.provider.until = stored.until.at;
}

void SimLedger::put_one(const TrialRecord& record, const std::string& /*boot_id*/) {
    trials_[{record.target, name_of(record.level), record.index}] = record;
}

void SimLedger::put_one(const JudgementRecord& record, const std::string& /*boot_id*/) {
    judgements_[record.sequence] = record;
}

void SimLedger::put_one(const PrecisionRecord& record, const std::string& /*boot_id*/) {
    precision_[{record.target, name_of(record.level)}] = record;
}

RestoredState SimLedger::restore(const std::string& boot_id,
                                 Stamp now,
                                 bool clock_synchronised) const {
    const ledger::StoreOptions limits;
    RestoredState state;
    state.boot_id = boot_id;
    state.clock_synchronised = clock_synchronised;
    state.ledger_uuid = uuid_;
    state.next_action = last_action_ + 1;
    state.next_incident = last_incident_ + 1;
    state.next_hold = last_hold_ + 1;
    std::vector<RestoredIncident> closed;
    for (const auto& [id, stored] : incidents_) {
        if (!stored.incident.open &&
            age_of(stored.closed, boot_id, now, clock_synchronised) < ledger::budget_window) {
            closed.push_back(stored);
        }
    }
    keep_newest(closed, limits.restored_incidents);
    for (const auto& [id, stored] : incidents_) {
        if (stored.incident.open) {
            closed.push_back(stored);
        }
    }
    std::sort(closed.begin(), closed.end(), [](const auto& a, const auto& b) {
        return a.incident.id < b.incident.id;
    });
    state.incidents = std::move(closed);
    std::size_t newest = 0;
    for (auto each = actions_.rbegin(); each != actions_.rend(); ++each) {
        const RestoredAction& stored = each->second;
        const auto incident = incidents_.find(stored.action.incident);
        const bool needed =
            age_of(stored.intended, boot_id, now, clock_synchronised) < ledger::budget_window ||
            (incident != incidents_.end() && incident->second.incident.open);
        newest += needed ? 1 : 0;
        if (is_owed(stored) || is_failover_kept(stored) ||
            (needed && newest <= limits.restored_actions)) {
            state.actions.push_back(stored);
        }
    }
    std::reverse(state.actions.begin(), state.actions.end());
    for (const auto& [id, stored] : holds_) {
        if (!stored.hold.released && !is_past(stored.until, boot_id, now, clock_synchronised)) {
            state.holds.push_back(stored);
        }
    }
    keep_newest(state.holds, limits.restored_holds);
    for (const auto& [key, baseline] : baselines_) {
        state.baselines.push_back(baseline);
    }
    for (const auto& [target, breaker] : breakers_) {
        state.breakers.push_back(breaker);
    }
    for (const auto& [key, provider] : providers_) {
        state.providers.push_back(provider);
    }
    for (const auto& [key, trial] : trials_) {
        state.trials.push_back(trial);
    }
    for (const auto& [sequence, judgement] : judgements_) {
        state.judgements.push_back(judgement);
    }
    keep_newest(state.judgements, limits.restored_judgements);
    for (const auto& [key, counts] : precision_) {
        state.precision.push_back(counts);
    }
    return state;
}

bool SimLedger::is_needed(const RestoredAction& action) const {
    const auto incident = incidents_.find(action.action.incident);
    return is_owed(action) || is_failover_kept(action) ||
           (incident != incidents_.end() && incident->second.incident.open);
}

void SimLedger::prune(const std::string& boot_id, Stamp now) {
    const auto is_old = [&](const StoredStamp& stamp) {
        return stamp.boot_id == boot_id && now.t - stamp.at.t >= ledger::budget_window;
    };
    std::erase_if(actions_, [&](const auto& entry) {
        const bool gone = is_old(entry.second.intended) && !is_needed(entry.second);
        if (gone) {
            sequence_of_.erase(entry.second.action.id);
        }
        return gone;
    });
    std::erase_if(incidents_, [&](const auto& entry) {
        return !entry.second.incident.open && is_old(entry.second.closed);
    });
    std::erase_if(judgements_, [&](const auto& entry) { return !actions_.contains(entry.first); });
    std::erase_if(holds_, [&](const auto& entry) {
        return entry.second.hold.released || is_past(entry.second.until, boot_id, now, false);
    });
}

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace primum::replay {

// What the simulated world does at its time.
enum class Due : std::uint8_t {
    deed,           // index: of the timeline
    deed_ends,      // index: of the timeline
    collection,     // index: source
    write,          // number: up to this batch of the ledger
    refused,        // number: sequence of an intent that could not be written
    stuck,          // the disk has hung for too long
    preflight,      // index: slot of the answer
    action_begins,  // number: sequence
    action_ends,    // number: sequence
    settled,        // number: sequence
    rolled_back,    // number: sequence
    primumd,        // starts
    effect,         // of an action, some time after its end; number: sequence
    leak,           // index: target, number: generation
    comes_up,       // index: unit, number: generation; systemd's Restart=
    goes_down,      // index: unit, number: generation; it starts and fails again
    job_ends,       // index: unit, number: job
    tool,           // index: of the timeline; another tool's turn
    pointer,        // index: provider; what its pointer names is told
    housekeeping,   // what no start needs any more is forgotten
};

struct AgendaEntry {
    Duration at{0};
    std::uint64_t order = 0;
    std::uint64_t number = 0;
    std::uint32_t index = 0;
    std::uint32_t run = 0;  // of primumd, if it concerns no other; 0: the world goes on without it
    Due what = Due::deed;

    bool operator>(const AgendaEntry& other) const {
        return at != other.at ? at > other.at : order > other.order;
    }
};

// What is to happen when; within one instant in the order in which it was added.
class SimAgenda {
public:
    void add(AgendaEntry entry) {
        entry.order = next_++;
        heap_.push(entry);
    }
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    [[nodiscard]] Duration next() const { return heap_.top().at; }
    AgendaEntry take() {
        const AgendaEntry entry = heap_.top();
        heap_.pop();
        return entry;
    }

private:
    std::priority_queue<AgendaEntry, std::vector<AgendaEntry>, std::greater<>> heap_;
    std::uint64_t next_ = 0;
};

}  // namespace primum::replay

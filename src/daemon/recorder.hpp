// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/segment_chain.hpp"

#include <primum/event.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace primum::daemon {

struct RecorderOptions {
    SegmentChainOptions chain;
    std::size_t max_events = 16'384;                       // waiting for the thread
    std::size_t max_bytes = std::size_t{16} << 20U;        // of them, about
    Duration flush_after = std::chrono::seconds{5};        // an event is on the disk by then
    std::size_t flush_bytes = std::size_t{256} << 10U;     // or when so much is waiting
    Duration retry_after = std::chrono::seconds{30};       // after the disk refused
    std::size_t max_state_bytes = std::size_t{32} << 20U;  // of an engine's state, beside max_bytes
    // The engine's state (Engine::save) after the event that was recorded last. Called by record().
    std::function<std::string()> save;
};

struct RecorderFigures {
    std::uint64_t dropped = 0;    // events that are in no segment
    std::uint32_t segments = 0;   // begun
    std::uint32_t stateless = 0;  // of them begun without a state, which was too large
    bool recording = true;        // false between a failure and the next segment
    std::string problem;          // why not; empty while recording
};

// Writes every event that reached the core to this run's recording. record() hands over and
// returns; one thread of its own turns events into lines, packs and writes them. Nothing is done
// while nothing is recorded.
//
// Every segment begins with `restore` and `rules`: the first of a run with what the ledger gave
// back, each later one with the whole state of the engine and the rules in force, so that it can be
// replayed by itself. (A state over max_state_bytes is left out, and counted: then the segments
// before are needed.) What cannot be recorded (the queue is full, the disk refuses) ends the
// segment. The next begins when there is room again and leaves out one number, which tells a reader
// that something is missing.
//
// All members are for the loop thread.
class Recorder {
public:
    explicit Recorder(RecorderOptions options);
    ~Recorder();  // stops with a deadline of 1 s
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // One event that the engine has taken. The first ones of a run are `restore` and `rules`.
    void record(Event event);

    // Readable (EPOLLIN) after `recording` changed; acknowledge() makes it unreadable.
    [[nodiscard]] int fd() const;
    void acknowledge();
    [[nodiscard]] RecorderFigures figures() const;

    // Takes nothing more, writes what waits, ends the thread. False where that was not done within
    // `deadline`: then the thread is left behind, and the process should exit.
    bool stop(Duration deadline);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::daemon

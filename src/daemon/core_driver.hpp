// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/engine.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace primum::daemon {

// What the driver tells of its work, for metrics.
struct DriverFigures {
    std::uint64_t events = 0;
    std::uint64_t rejected = 0;  // by the engine
    std::uint64_t refused = 0;   // evidence refused here because the queue was full
};

// The one way into the engine: stamps each event, hands it over, has its effects carried out in
// order, and sends a tick when the engine asked for one. Whatever is submitted while effects are
// being carried out waits until they are done.
class CoreDriver {
public:
    static constexpr std::size_t max_queued = 10'000;
    // Where the engine asks for a tick in the past again and again, this much apart.
    static constexpr Duration least_between_ticks = std::chrono::milliseconds{10};

    struct Hooks {
        // Carries out the effects of one event.
        std::function<void(const Event&, std::vector<Effect>)> carry_out;
        // Asked before each event is stamped: what the clocks say happened to the host.
        std::function<std::vector<HostEvent>(const Stamp&)> host_news;
        // After an event and its effects: how long it took from its stamp. May be empty.
        std::function<void(const Event&, Duration)> handled;
        // Last of all, each event just as the engine got it, in the engine's order. May be empty.
        std::function<void(Event)> record;
    };

    CoreDriver(Engine& engine, const Clock& clock, systemd::EventLoop& loop, Hooks hooks);
    CoreDriver(const CoreDriver&) = delete;
    CoreDriver& operator=(const CoreDriver&) = delete;

    // Takes one input. Evidence (series, samples) is refused, and counted, while the queue is full;
    // answers and commands always get in: their number is bounded by what was asked.
    void submit(EventBody body);

    [[nodiscard]] const DriverFigures& figures() const { return figures_; }

private:
    void drain();
    void take(EventBody body);
    void arm();

    Engine& engine_;
    const Clock& clock_;
    systemd::EventLoop& loop_;
    Hooks hooks_;
    std::deque<EventBody> queue_;
    bool draining_ = false;
    bool ticked_ = false;  // since the last other event
    std::optional<Instant> armed_for_;
    systemd::LoopSource timer_;
    DriverFigures figures_;
};

}  // namespace primum::daemon

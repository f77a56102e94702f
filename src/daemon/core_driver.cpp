// SPDX-License-Identifier: MIT
#include "daemon/core_driver.hpp"

#include <algorithm>
#include <utility>

namespace primum::daemon {

namespace {

bool is_evidence(const EventBody& body) {
    return std::holds_alternative<SeriesEvent>(body) || std::holds_alternative<SampleEvent>(body) ||
           std::holds_alternative<SamplesEvent>(body);
}

}  // namespace

CoreDriver::CoreDriver(Engine& engine, const Clock& clock, systemd::EventLoop& loop, Hooks hooks)
    : engine_(engine), clock_(clock), loop_(loop), hooks_(std::move(hooks)) {}

void CoreDriver::submit(EventBody body) {
    if (queue_.size() >= max_queued && is_evidence(body)) {
        ++figures_.refused;
        return;
    }
    queue_.push_back(std::move(body));
    if (!draining_) {
        drain();
    }
}

void CoreDriver::drain() {
    draining_ = true;
    while (!queue_.empty()) {
        for (auto& news : hooks_.host_news(clock_.now())) {
            take(std::move(news));
        }
        auto body = std::move(queue_.front());
        queue_.pop_front();
        take(std::move(body));
    }
    draining_ = false;
    arm();
}

void CoreDriver::take(EventBody body) {
    Event event{.at = clock_.now(), .body = std::move(body)};
    ticked_ = std::holds_alternative<TickEvent>(event.body);
    auto effects = engine_.advance(event);
    ++figures_.events;
    figures_.rejected += static_cast<std::uint64_t>(
        std::count_if(effects.begin(), effects.end(), [](const Effect& effect) {
            return std::holds_alternative<Rejected>(effect);
        }));
    hooks_.carry_out(event, std::move(effects));
    if (hooks_.handled) {
        hooks_.handled(event, clock_.now().t - event.at.t);
    }
    if (hooks_.record) {
        hooks_.record(std::move(event));
    }
}

void CoreDriver::arm() {
    auto deadline = engine_.next_deadline();
    if (deadline && ticked_) {
        deadline = std::max(*deadline, clock_.now().t + least_between_ticks);
    }
    if (deadline == armed_for_) {
        return;
    }
    armed_for_ = deadline;
    timer_.reset();
    if (deadline) {
        timer_ = loop_.at(*deadline, [this] {
            armed_for_.reset();
            submit(TickEvent{});
        });
    }
}

}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#include "systemd/event_loop.hpp"

#include <primum/check.hpp>

#include <csignal>
#include <ctime>
#include <utility>

#include <systemd/sd-event.h>

namespace primum::systemd {
namespace {

// One registration. sd-event keeps a raw pointer to it; a dispatch holds a reference while the
// callback runs, so that the callback may let go of its own LoopSource.
struct Registration : std::enable_shared_from_this<Registration> {
    sd_event_source* source = nullptr;
    std::function<void(std::uint32_t)> callback;

    explicit Registration(std::function<void(std::uint32_t)> what) : callback(std::move(what)) {}
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() { release(); }

    void release() { source = sd_event_source_disable_unref(source); }
};

std::shared_ptr<Registration> make(std::function<void(std::uint32_t)> callback) {
    return std::make_shared<Registration>(std::move(callback));
}

std::function<void(std::uint32_t)> ignoring_bits(std::function<void()> callback) {
    return [callback = std::move(callback)](std::uint32_t) { callback(); };
}

// Letting go ends the registration at once, also within its own callback, so that the same
// descriptor can be registered again there; the callback itself lives until it returns.
LoopSource owner_of(std::shared_ptr<Registration> registration) {
    auto* raw = registration.get();
    return LoopSource{std::shared_ptr<void>(
        raw, [held = std::move(registration)](void* /*raw*/) { held->release(); })};
}

int dispatch(void* userdata, std::uint32_t bits) noexcept {
    const auto registration = static_cast<Registration*>(userdata)->shared_from_this();
    registration->callback(bits);
    return 0;
}

int dispatch_io(sd_event_source* /*source*/, int /*fd*/, std::uint32_t bits, void* userdata) {
    return dispatch(userdata, bits);
}

int dispatch_time(sd_event_source* /*source*/, std::uint64_t /*us*/, void* userdata) {
    return dispatch(userdata, 0);
}

int dispatch_signal(sd_event_source* /*source*/,
                    const struct signalfd_siginfo* /*info*/,
                    void* userdata) {
    return dispatch(userdata, 0);
}

int dispatch_plain(sd_event_source* /*source*/, void* userdata) {
    return dispatch(userdata, 0);
}

std::uint64_t usec_of(Instant at) {
    const auto us = to_us(at);
    return us > 0 ? static_cast<std::uint64_t>(us) : 0;
}

// How late a timer may be: far below any span the rules can name, and it lets wake-ups coincide.
constexpr std::uint64_t timer_accuracy_us = 1'000;

}  // namespace

EventLoop::EventLoop() {
    PRIMUM_CHECK(sd_event_new(&event_) >= 0);
}

EventLoop::~EventLoop() {
    sd_event_unref(event_);
}

LoopSource EventLoop::on_io(int fd,
                            std::uint32_t events,
                            std::function<void(std::uint32_t)> callback) {
    auto registration = make(std::move(callback));
    PRIMUM_CHECK(sd_event_add_io(
                     event_, &registration->source, fd, events, dispatch_io, registration.get()) >=
                 0);
    return owner_of(std::move(registration));
}

LoopSource EventLoop::at(Instant when, std::function<void()> callback) {
    auto registration = make(ignoring_bits(std::move(callback)));
    PRIMUM_CHECK(sd_event_add_time(event_,
                                   &registration->source,
                                   CLOCK_MONOTONIC,
                                   usec_of(when),
                                   timer_accuracy_us,
                                   dispatch_time,
                                   registration.get()) >= 0);
    return owner_of(std::move(registration));
}

LoopSource EventLoop::on_signal(int signal_number, std::function<void()> callback) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal_number);
    PRIMUM_CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
    auto registration = make(ignoring_bits(std::move(callback)));
    PRIMUM_CHECK(
        sd_event_add_signal(
            event_, &registration->source, signal_number, dispatch_signal, registration.get()) >=
        0);
    return owner_of(std::move(registration));
}

LoopSource EventLoop::before_poll(std::function<void()> callback) {
    auto registration = make(ignoring_bits(std::move(callback)));
    // A timer that never elapses carries the prepare callback (a disabled source would not be
    // prepared).
    PRIMUM_CHECK(sd_event_add_time(event_,
                                   &registration->source,
                                   CLOCK_MONOTONIC,
                                   UINT64_MAX,
                                   0,
                                   dispatch_time,
                                   registration.get()) >= 0);
    PRIMUM_CHECK(sd_event_source_set_prepare(registration->source, dispatch_plain) >= 0);
    return owner_of(std::move(registration));
}

LoopSource EventLoop::soon(std::function<void()> callback) {
    auto registration = make(ignoring_bits(std::move(callback)));
    PRIMUM_CHECK(
        sd_event_add_defer(event_, &registration->source, dispatch_plain, registration.get()) >= 0);
    return owner_of(std::move(registration));
}

int EventLoop::run() {
    const int exit_code = sd_event_loop(event_);
    PRIMUM_CHECK(exit_code >= 0);
    return exit_code;
}

bool EventLoop::run_once(Duration timeout) {
    const auto us = timeout.count() > 0 ? static_cast<std::uint64_t>(timeout.count()) : 0;
    // sd-event refuses a turn after the last one.
    int exit_code = 0;
    return sd_event_run(event_, us) >= 0 && sd_event_get_exit_code(event_, &exit_code) < 0;
}

void EventLoop::quit(int exit_code) {
    // Refused only once the loop has ended, when there is nothing left to end.
    static_cast<void>(sd_event_exit(event_, exit_code));
}

}  // namespace primum::systemd

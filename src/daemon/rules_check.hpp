// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace primum::daemon {

// What a check in a child process found.
struct CheckOutcome {
    bool ok = false;
    std::vector<std::string> errors;  // one line each; never empty when not ok
};

// Runs `program --check --settings PATH` as a child and waits for it on the loop, so that a file
// that would bring a parser down brings down the child only. One at a time.
class RulesCheck {
public:
    static constexpr Duration time_limit = std::chrono::seconds{20};
    static constexpr std::size_t max_output_bytes = 64 * std::size_t{1024};

    // `program` is what to run, /proc/self/exe for primumd itself.
    RulesCheck(systemd::EventLoop& loop, const Clock& clock, std::string program);
    ~RulesCheck();
    RulesCheck(const RulesCheck&) = delete;
    RulesCheck& operator=(const RulesCheck&) = delete;

    // Starts one and calls `done` once, later, on the loop. Must not be called while running().
    void start(const std::string& settings, std::function<void(CheckOutcome)> done);
    [[nodiscard]] bool running() const { return child_ > 0; }

private:
    [[nodiscard]] bool spawn(const std::string& settings, std::string& error);
    void drain();
    void ended();
    void finish(CheckOutcome outcome);
    void kill_child();
    void close_all();
    [[nodiscard]] CheckOutcome judge(int code, int status) const;

    systemd::EventLoop& loop_;
    const Clock& clock_;
    std::string program_;
    std::function<void(CheckOutcome)> done_;
    pid_t child_ = -1;
    int process_ = -1;
    int output_ = -1;
    bool timed_out_ = false;
    std::string text_;
    systemd::LoopSource on_exit_;
    systemd::LoopSource on_output_;
    systemd::LoopSource on_timeout_;
    systemd::LoopSource on_failure_;
};

}  // namespace primum::daemon

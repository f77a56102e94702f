// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/ports.hpp"
#include "actuator/rules_cache.hpp"
#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/source.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace primum::actuator {

// Of plugins: how many run at once, wait for their turn, and are begun within a minute.
inline constexpr std::size_t max_probes_at_once = 4;
inline constexpr std::size_t max_probes_waiting = 32;
inline constexpr std::size_t max_probes_a_minute = 240;

// Runs plugins of sources. What is run, and how, stands in the actuator's own rules; the request
// names the source only. They have a queue of their own: none begins while a rollback is at work,
// and none keeps a remedy waiting. A source runs one at a time. The off switch does not stop them:
// they are evidence, and change nothing.
class Prober {
public:
    struct Hooks {
        std::function<void(std::uint64_t asker, const remedy::ProbeReply&)> tell;
        std::function<bool()> rolling_back;
    };

    Prober(systemd::EventLoop& loop,
           const Clock& clock,
           const Ports& ports,
           RulesCache& rules,
           Hooks hooks);

    // Answered once: when it has ended, or why it was not run.
    void probe(std::uint64_t asker, const std::string& source);

private:
    struct Waiting {
        std::uint64_t asker = 0;
        SourceRule rule;
        Instant until;  // then whoever asked has no use for it any more
    };

    void refuse(std::uint64_t asker,
                const std::string& source,
                Refusal code,
                std::string detail) const;
    [[nodiscard]] bool is_known(const std::string& source) const;
    [[nodiscard]] bool within_budget();
    void begin_waiting();
    void begin(Waiting next);

    systemd::EventLoop& loop_;
    const Clock& clock_;
    const Ports& ports_;
    RulesCache& rules_;
    Hooks hooks_;
    std::deque<Waiting> waiting_;
    std::map<std::string, std::shared_ptr<void>> running_;
    std::deque<Instant> begun_;
    systemd::LoopSource again_;
};

}  // namespace primum::actuator

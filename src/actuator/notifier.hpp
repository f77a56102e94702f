// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/ports.hpp"
#include "actuator/rules_cache.hpp"
#include "remedy/wire.hpp"

#include <primum/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace primum::actuator {

// Of the program for pages: how often it is begun within a minute. primumd sends far fewer.
inline constexpr std::size_t max_notices_a_minute = 30;

// Runs the program for pages. Which one that is stands in the settings as the actuator reads them
// itself, at each page; the request gives its input only. One at a time. Neither the off switch nor
// a mistake in the rules stops it.
class Notifier {
public:
    using Tell = std::function<void(std::uint64_t asker, const remedy::NotifyReply&)>;

    Notifier(const Clock& clock, const Ports& ports, const RulesCache& rules, Tell tell);

    // Answered once: when it has ended, or why it was not run.
    void notify(std::uint64_t asker, const remedy::NotifyRequest& request);

private:
    void refuse(std::uint64_t asker, std::uint64_t ticket, Refusal code, std::string detail) const;
    [[nodiscard]] bool within_budget();

    const Clock& clock_;
    const Ports& ports_;
    const RulesCache& rules_;
    Tell tell_;
    bool running_ = false;
    std::shared_ptr<void> run_;
    std::deque<Instant> begun_;
};

}  // namespace primum::actuator

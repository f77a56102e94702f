// SPDX-License-Identifier: MIT
#pragma once

#include "support/timeline_words.hpp"
#include "support/world.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace primum::support {

// "250ms", "30s", "5m", "1h"; throws std::runtime_error on anything else.
[[nodiscard]] Duration parse_duration(std::string_view text);

// Reads the timeline language of docs/scenarios.md and puts it on a world's agenda.
class Timeline {
public:
    using RuleSets = std::map<std::string, std::shared_ptr<const RuleSet>>;

    // `reloads`: the rule sets that `reload NAME` may name.
    Timeline(World& world, RuleSets reloads) : world_(world), reloads_(std::move(reloads)) {}

    // Throws std::runtime_error naming the line.
    void read(std::string_view text);
    // When the last line, `TIME end`, says that it is over.
    [[nodiscard]] Duration end() const { return end_; }
    // Called just before each line is done (not for the repetitions of `every`).
    void on_line(std::function<void(const std::string&)> listener) {
        listener_ = std::move(listener);
    }

private:
    void read_line(const std::string& line);
    void schedule(Duration at, Words words, const std::string& line);
    void perform(const Words& words);
    bool perform_host(const Words& words);
    bool perform_unit(const Words& words);
    bool perform_answer(const Words& words);
    void unit(const Words& words);
    void job(const Words& words);
    void operate(const Words& words);
    void restart(const Words& words);
    void ledger(const Words& words);
    void preflight(const Words& words);
    void action(const Words& words);
    void rollback(const Words& words);
    void harms(const Words& words);
    void news(const Words& words);

    World& world_;
    RuleSets reloads_;
    std::function<void(const std::string&)> listener_;
    Duration end_{0};
    std::uint64_t next_ticket_ = 1;
};

}  // namespace primum::support

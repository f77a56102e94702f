// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/runner.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace primum::actuator {

// Takes stored ways back: never the rules, never a message, and asked by nothing but the request:
// no off switch, mode, budget or rule stands in its way. Looked at, then `started` durable, effect,
// end durable, told. A way back is taken once, however often it is asked for: the end that is
// recorded is told again. One that was refused before its effect may be asked for anew.
class Rollbacks {
public:
    struct Hooks {
        std::function<void(std::uint64_t asker, const ActionEvent&)> tell;
        std::function<void(const Note&)> note;
        // Whether an action is at work on the unit or the target.
        std::function<bool(const std::string& unit, const std::string& target)> busy;
    };

    Rollbacks(RunnerParts parts, Hooks hooks);
    ~Rollbacks();
    Rollbacks(const Rollbacks&) = delete;
    Rollbacks& operator=(const Rollbacks&) = delete;

    // Answered by rolled_back or rollback_failed, once.
    void roll_back(std::uint64_t asker, const std::string& id);
    // Tells `asker` the end of its rollback, where there was one.
    void tell_end(std::uint64_t asker, const std::string& id);
    [[nodiscard]] bool busy_with(const std::string& unit, const std::string& target) const;
    [[nodiscard]] bool idle() const;
    // Brings to an end what an earlier run has begun: the files that are not back yet are put back
    // now; a call that undoes is in doubt and not made again. Once the database is there.
    void recover();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::actuator

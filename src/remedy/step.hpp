// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "remedy/job_remedy.hpp"
#include "remedy/way_back.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

// Calls and programs, which are undone by another of their kind.
namespace primum::remedy {

// One of them, as a remedy or as the undo of one.
class Step {
public:
    Step() = default;
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    virtual ~Step() = default;

    // Why it may not be done at all.
    [[nodiscard]] virtual std::optional<Objection> check() const = 0;
    virtual void start(std::function<void(const Report&)> done) = 0;
    // `done` follows.
    virtual void stop() = 0;
};

// Whose step it is.
struct StepPlace {
    std::string action;
    std::string suffix;  // of the unit, where it is a program; empty for the remedy itself
    Duration timeout{0};
};

[[nodiscard]] std::unique_ptr<Step> make_exec_step(const Tools& tools,
                                                   StepPlace place,
                                                   ExecBack program);
[[nodiscard]] std::unique_ptr<Step> make_http_step(const Tools& tools,
                                                   StepPlace place,
                                                   HttpCall call);
[[nodiscard]] std::unique_ptr<Step> make_dbus_step(const Tools& tools,
                                                   StepPlace place,
                                                   DbusCall call);
// nullptr for no call.
[[nodiscard]] std::unique_ptr<Step> make_step(const Tools& tools,
                                              StepPlace place,
                                              const CallBack& call);

// The order's remedy is `call`, its way back `undo`. Refused when either cannot be done; the unit
// is read again just before.
[[nodiscard]] std::unique_ptr<Execution> make_call(const Tools& tools,
                                                   Order order,
                                                   const CallBack& call,
                                                   CallBack undo);
// The rollback of such a remedy.
[[nodiscard]] std::unique_ptr<Execution> make_call_back(const Tools& tools,
                                                        const WayBackRecord& way_back);

}  // namespace primum::remedy

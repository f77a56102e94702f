// SPDX-License-Identifier: MIT
#pragma once

#include "bus/errors.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace primum::bus {

class WaitingCalls;

// One method call and the duty to answer it once: a call let go of without an answer is answered
// with Error.Stopping. Nothing here throws; an answer that cannot be sent is dropped. Must not
// outlive the connection that it came by.
class Call {
public:
    explicit Call(sdbus::MethodCall message);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] sdbus::MethodCall& message() { return message_; }
    [[nodiscard]] const std::string& sender() const { return sender_; }

    template <class... Values>
    void answer(const Values&... values) {
        reply([&] {
            sdbus::MethodReply reply = message_.createReply();
            static_cast<void>((reply << ... << values));
            return reply;
        });
    }
    void refuse(const CallError& error);

private:
    friend class WaitingCalls;

    void reply(const std::function<sdbus::MethodReply()>& make);

    sdbus::MethodCall message_;
    std::string sender_;
    WaitingCalls* waiting_ = nullptr;
    bool answered_ = false;
};

using SharedCall = std::shared_ptr<Call>;

// Owns the calls whose answer comes later, so that none of them outlives the service: whoever
// answers holds a weak pointer. Bounded, in all and per caller.
class WaitingCalls {
public:
    WaitingCalls(std::size_t most, std::size_t most_per_sender)
        : most_(most), most_per_sender_(most_per_sender) {}
    // Answers what still waits with Error.Stopping.
    ~WaitingCalls();
    WaitingCalls(const WaitingCalls&) = delete;
    WaitingCalls& operator=(const WaitingCalls&) = delete;

    // Keeps `call` until it is answered; false when there is no place, and then it has been
    // refused.
    [[nodiscard]] bool keep(const SharedCall& call);
    [[nodiscard]] std::size_t count() const { return calls_.size(); }

private:
    friend class Call;

    void let_go(const Call& call);

    std::size_t most_;
    std::size_t most_per_sender_;
    std::vector<SharedCall> calls_;
};

}  // namespace primum::bus

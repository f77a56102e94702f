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

namespace primum::bus {

// How many calls wait for an answer that comes later, in all and per caller.
class Outstanding {
public:
    Outstanding(std::size_t most, std::size_t most_per_sender)
        : most_(most), most_per_sender_(most_per_sender) {}

    // Takes a place; false when there is none.
    [[nodiscard]] bool enter(const std::string& sender);
    void leave(const std::string& sender);
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    std::size_t most_;
    std::size_t most_per_sender_;
    std::size_t count_ = 0;
    std::map<std::string, std::size_t> by_sender_;
};

// One method call and the duty to answer it once: a call let go of without an answer is answered
// with Error.Stopping. Nothing here throws; an answer that cannot be sent is dropped.
class Call {
public:
    explicit Call(sdbus::MethodCall message);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] sdbus::MethodCall& message() { return message_; }
    [[nodiscard]] const std::string& sender() const { return sender_; }

    // Keeps a place among the outstanding calls until this one is answered; false when there is
    // none, and then the call has been refused.
    [[nodiscard]] bool defer(const std::shared_ptr<Outstanding>& outstanding);

    template <class... Values>
    void answer(const Values&... values) {
        reply([&] {
            sdbus::MethodReply reply = message_.createReply();
            (reply << ... << values);
            return reply;
        });
    }
    void refuse(const CallError& error);

private:
    void reply(const std::function<sdbus::MethodReply()>& make);

    sdbus::MethodCall message_;
    std::string sender_;
    std::shared_ptr<Outstanding> outstanding_;
    bool answered_ = false;
};

}  // namespace primum::bus

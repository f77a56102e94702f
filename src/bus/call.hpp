// SPDX-License-Identifier: MIT
#pragma once

#include "bus/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <systemd/sd-bus.h>

namespace primum::bus {

class WaitingCalls;

// A descriptor to send; the receiver gets one of its own.
struct OpenFile {
    int fd = -1;
};

// One method call and the duty to answer it once: a call let go of without an answer is answered
// with Error.Stopping. Nothing here throws; an answer that cannot be sent is dropped.
class Call {
public:
    // Keeps the message.
    explicit Call(sd_bus_message* message);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] const std::string& sender() const { return sender_; }
    // Whether the caller lets the service ask its user for a password.
    [[nodiscard]] bool allows_interaction() const;

    // The next argument. The bus has checked the signature; one that is not there is left empty.
    Call& operator>>(std::string& text);
    Call& operator>>(std::uint32_t& number);
    Call& operator>>(std::uint64_t& number);

    template <class... Values>
    void answer(const Values&... values) {
        reply([&](sd_bus_message* reply) { return (append(reply, values) && ...); });
    }
    void refuse(const CallError& error);

private:
    friend class WaitingCalls;

    static bool append(sd_bus_message* reply, const std::string& text);
    static bool append(sd_bus_message* reply, std::uint64_t number);
    static bool append(sd_bus_message* reply, OpenFile file);

    void reply(const std::function<bool(sd_bus_message*)>& fill);
    // Whether this is the first answer. Afterwards nobody waits for the call any more.
    [[nodiscard]] bool is_wanted();
    void answered();

    sd_bus_message* message_;
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

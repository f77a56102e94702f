// SPDX-License-Identifier: MIT
#include "bus/call.hpp"

#include <algorithm>
#include <exception>

namespace primum::bus {

Call::Call(sdbus::MethodCall message)
    : message_(std::move(message)), sender_(message_.getSender()) {}

Call::~Call() {
    refuse({error_name::stopping,
            "primumd is stopping and did not answer: look with 'primumctl status' before asking "
            "again"});
}

void Call::refuse(const CallError& error) {
    reply([&] { return message_.createErrorReply(sdbus::Error{error.name, error.message}); });
}

void Call::reply(const std::function<sdbus::MethodReply()>& make) {
    if (std::exchange(answered_, true)) {
        return;
    }
    try {
        if (!message_.doesntExpectReply()) {
            make().send();
        }
    } catch (const std::exception&) {
        answered_ = true;  // the caller or the bus is gone, ignoring
    }
    if (WaitingCalls* const waiting = std::exchange(waiting_, nullptr)) {
        waiting->let_go(*this);
    }
}

WaitingCalls::~WaitingCalls() {
    for (const SharedCall& call : calls_) {
        call->waiting_ = nullptr;
    }
}

bool WaitingCalls::keep(const SharedCall& call) {
    const auto of_sender =
        std::count_if(calls_.begin(), calls_.end(), [&](const SharedCall& other) {
            return other->sender() == call->sender();
        });
    if (calls_.size() >= most_ || static_cast<std::size_t>(of_sender) >= most_per_sender_) {
        call->refuse({error_name::busy,
                      "too many calls wait for an answer already: wait for yours, then try again"});
        return false;
    }
    call->waiting_ = this;
    calls_.push_back(call);
    return true;
}

void WaitingCalls::let_go(const Call& call) {
    // The last owner may go with its place: nothing of `call` is touched afterwards.
    const auto place = std::find_if(
        calls_.begin(), calls_.end(), [&](const SharedCall& kept) { return kept.get() == &call; });
    if (place != calls_.end()) {
        const SharedCall kept = std::move(*place);
        calls_.erase(place);
    }
}

}  // namespace primum::bus

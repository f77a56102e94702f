// SPDX-License-Identifier: MIT
#include "bus/call.hpp"

#include <algorithm>
#include <utility>

namespace primum::bus {

Call::Call(sd_bus_message* message) : message_(sd_bus_message_ref(message)) {
    const char* const sender = sd_bus_message_get_sender(message_);
    sender_ = sender == nullptr ? "" : sender;
}

Call::~Call() {
    refuse({error_name::stopping,
            "primumd is stopping and did not answer: look with 'primumctl status' before asking "
            "again"});
    sd_bus_message_unref(message_);
}

bool Call::allows_interaction() const {
    return sd_bus_message_get_allow_interactive_authorization(message_) > 0;
}

Call& Call::operator>>(std::string& text) {
    const char* read = nullptr;
    const int found = sd_bus_message_read_basic(message_, 's', static_cast<void*>(&read));
    text = found > 0 && read != nullptr ? read : "";
    return *this;
}

Call& Call::operator>>(std::uint32_t& number) {
    number = 0;
    static_cast<void>(sd_bus_message_read_basic(message_, 'u', &number));
    return *this;
}

Call& Call::operator>>(std::uint64_t& number) {
    number = 0;
    static_cast<void>(sd_bus_message_read_basic(message_, 't', &number));
    return *this;
}

bool Call::append(sd_bus_message* reply, const std::string& text) {
    return sd_bus_message_append_basic(reply, 's', text.c_str()) >= 0;
}

bool Call::append(sd_bus_message* reply, std::uint64_t number) {
    return sd_bus_message_append_basic(reply, 't', &number) >= 0;
}

bool Call::append(sd_bus_message* reply, OpenFile file) {
    return sd_bus_message_append_basic(reply, 'h', &file.fd) >= 0;
}

// What cannot be sent is dropped: the caller or the bus is gone, or there is no memory.
void Call::refuse(const CallError& error) {
    if (is_wanted()) {
        static_cast<void>(
            sd_bus_reply_method_errorf(message_, error.name.c_str(), "%s", error.message.c_str()));
    }
    answered();
}

void Call::reply(const std::function<bool(sd_bus_message*)>& fill) {
    sd_bus_message* reply = nullptr;
    if (is_wanted() && sd_bus_message_new_method_return(message_, &reply) >= 0) {
        static_cast<void>(fill(reply)
                              ? sd_bus_send(nullptr, reply, nullptr)
                              : sd_bus_reply_method_errorf(
                                    message_, error_name::internal, "the answer is no valid text"));
        sd_bus_message_unref(reply);
    }
    answered();
}

bool Call::is_wanted() {
    return !std::exchange(answered_, true) && sd_bus_message_get_expect_reply(message_) > 0;
}

void Call::answered() {
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

// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/client.hpp"

#include <cstddef>
#include <deque>
#include <memory>

struct sd_bus;
struct sd_bus_message;

namespace primum::ctl {

// Speaks over the system bus, one blocking call after the other. Connects at the first call.
class SdBusClient final : public Client {
public:
    // Of signals that wait; the oldest goes when there is one more.
    static constexpr std::size_t max_signals = 10'000;

    SdBusClient();
    ~SdBusClient() override;

    [[nodiscard]] Result<Reply, CallFailure> call(const Request& request) override;
    [[nodiscard]] Result<void, CallFailure> listen() override;
    [[nodiscard]] Result<std::optional<Signal>, CallFailure> next_signal(Duration within) override;
    [[nodiscard]] Result<int, CallFailure> call_for_file(const Request& request) override;

private:
    struct Closer {
        void operator()(sd_bus* bus) const;
    };
    struct MessageCloser {
        void operator()(sd_bus_message* message) const;
    };
    using Message = std::unique_ptr<sd_bus_message, MessageCloser>;

    [[nodiscard]] Result<void, CallFailure> connect();
    [[nodiscard]] Result<Message, CallFailure> answer_of(const Request& request);
    void keep(Signal signal);

    std::unique_ptr<sd_bus, Closer> bus_;
    std::deque<Signal> signals_;
    bool listening_ = false;
};

}  // namespace primum::ctl

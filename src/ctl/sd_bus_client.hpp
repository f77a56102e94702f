// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/client.hpp"

#include <memory>

struct sd_bus;

namespace primum::ctl {

// Speaks over the system bus, one blocking call after the other. Connects at the first call.
class SdBusClient final : public Client {
public:
    SdBusClient();
    ~SdBusClient() override;

    [[nodiscard]] Result<Reply, CallFailure> call(const Request& request) override;

private:
    struct Closer {
        void operator()(sd_bus* bus) const;
    };
    std::unique_ptr<sd_bus, Closer> bus_;
};

}  // namespace primum::ctl

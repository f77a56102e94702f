// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/live_units.hpp"

#include <primum/clock.hpp>

#include <memory>
#include <string>

namespace primum::ctl {

// Asks systemd over the system bus; connects when it is first asked.
class SystemdUnits final : public LiveUnits {
public:
    explicit SystemdUnits(const Clock& clock);
    ~SystemdUnits() override;
    SystemdUnits(const SystemdUnits&) = delete;
    SystemdUnits& operator=(const SystemdUnits&) = delete;

    [[nodiscard]] bool there() override;
    [[nodiscard]] Result<UnitSight, std::string> look(const std::string& unit) override;

private:
    class Asking;
    const Clock& clock_;
    std::unique_ptr<Asking> asking_;
};

}  // namespace primum::ctl

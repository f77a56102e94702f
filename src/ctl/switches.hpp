// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/run.hpp"

#include <string>

// The off switch for all targets, with and without primumd, and what a change prints.
namespace primum::ctl {

// How long root waits for the bus before it takes the switch into its own hands.
inline constexpr Duration switch_timeout{std::chrono::seconds{2}};

// `disable` without a target. Over D-Bus; where nobody answers, root writes the switch file itself
// and says so.
[[nodiscard]] Exit switch_off(Request request, const Command& command, Surroundings& world);
// `enable` without a target. Over D-Bus, and root removes /run/primum/disabled too. Exit::temporary
// where a switch file still holds primum off afterwards.
[[nodiscard]] Exit switch_on(Request request, const Command& command, Surroundings& world);

// {"v":1,"ok":true,"message":…,"hold":…} and a line feed.
[[nodiscard]] std::string reply_json(const Reply& reply);
// {"v":1,"ok":false,"error":…,"message":…} and a line feed.
[[nodiscard]] std::string failure_json(const CallFailure& failure);

}  // namespace primum::ctl

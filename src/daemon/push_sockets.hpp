// SPDX-License-Identifier: MIT
#pragma once

#include "rules/settings.hpp"
#include "source/push_server.hpp"

#include <string>
#include <vector>

namespace primum::daemon {

// Gives the push server its sockets: those that systemd passed under the name "push", one stream
// and one datagram socket; where it passed none and the settings do not name the default path, new
// ones at that path and, ending in .dgram, beside it, which everybody may write to. What could not
// be had, for people; nothing: all is well.
[[nodiscard]] std::vector<std::string> open_push_sockets(source::PushServer& server,
                                                         const rules::PushSettings& settings);

// What the settings say to the push server.
[[nodiscard]] source::PushServerLimits push_limits(const rules::PushSettings& settings);

}  // namespace primum::daemon

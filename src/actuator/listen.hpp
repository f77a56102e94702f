// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <optional>
#include <string>

#include <sys/types.h>

namespace primum::actuator {

// Why there is nothing to listen on.
struct ListenError {
    std::string message;
};

// The listening socket that systemd passed (exactly one, a Unix stream socket), made non-blocking.
[[nodiscard]] Result<int, ListenError> take_over_socket();

// A new one at `path`, replacing a socket that is there, mode 0660; its group `group`
// where one is given.
[[nodiscard]] Result<int, ListenError> listen_at(const std::string& path,
                                                 std::optional<gid_t> group);

}  // namespace primum::actuator

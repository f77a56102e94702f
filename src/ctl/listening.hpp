// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace primum::ctl {

// A TCP socket that takes connections.
struct Listening {
    std::uint16_t port = 0;
    bool any_address = false;  // also the loopback address, by IPv4
    bool loopback = false;     // 127.0.0.1 alone
    bool operator==(const Listening&) const = default;
};

// The TCP sockets on which processes of a control group listen, by port, each port once. Nothing
// where that cannot be read: only root sees the descriptors of others. `root` stands for "/".
[[nodiscard]] std::optional<std::vector<Listening>> listening_of(
    const std::string& control_group, const std::filesystem::path& root = "/");

}  // namespace primum::ctl

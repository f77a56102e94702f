// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// Against DNS rebinding: a page of a stranger's whose name was made to lead to this host's loopback
// address is of one origin with what is served there, unless the name it was asked by is looked at.
namespace primum::http {

// Whether "address:port" (or "[address]:port") is of the loopback.
[[nodiscard]] bool is_loopback(std::string_view listen_address);

// Whether a Host header names the loopback in a way that nobody else can claim: a numeric address,
// "localhost" or a name beneath it, with or without a port. Without a header (empty) it does.
[[nodiscard]] bool names_loopback(std::string_view host);

}  // namespace primum::http

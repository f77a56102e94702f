// SPDX-License-Identifier: MIT
#pragma once

#include "rules/section.hpp"

#include <string>
#include <string_view>

namespace primum::rules {

// What is wrong with a URL, or empty: http:// or https:// with a host, and no user, password or
// fragment in it.
[[nodiscard]] std::string_view mistake_in_url(std::string_view url);

// Reads key "url": http:// or https:// with a host, and no user, password or fragment in it.
bool read_url(Section& section, std::string& out);

}  // namespace primum::rules

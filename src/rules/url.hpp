// SPDX-License-Identifier: MIT
#pragma once

#include "rules/section.hpp"

#include <string>

namespace primum::rules {

// Reads key "url": http:// or https:// with a host, and no user, password or fragment in it.
bool read_url(Section& section, std::string& out);

}  // namespace primum::rules

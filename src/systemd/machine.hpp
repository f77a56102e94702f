// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace primum::systemd {

// This host among all, for `enforce_share`: 32 hex digits made of /etc/machine-id and an id of
// primum's own, so that the machine-id itself is never told (sd_id128_get_machine_app_specific(3)).
// Empty where the host has no machine-id.
[[nodiscard]] std::string machine_key();

}  // namespace primum::systemd

// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>

namespace primum::remedy {

// One method call on the system bus, as root. A reply is done, an error reply a failure that names
// the error. What rules::is_protected_bus_name names is never called. Without a reply by the
// timeout it has failed, although the other side may have acted.
[[nodiscard]] std::unique_ptr<Execution> make_dbus_call(const Tools& tools, Order order);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>
#include <string>

namespace primum::remedy {

// One request by curl, in a transient unit with a user of its own. Only http and https, no
// redirects, no proxy, no configuration file. Url, headers and body go to curl's standard input,
// so that no command line shows them. An answer of 2xx is done, any other or none a failure.
[[nodiscard]] std::unique_ptr<Execution> make_http(const Tools& tools, Order order);

// The call in curl's configuration language (curl(1), --config).
[[nodiscard]] std::string curl_config(const HttpCall& call);

}  // namespace primum::remedy

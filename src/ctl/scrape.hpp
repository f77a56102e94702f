// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/run.hpp"

namespace primum::ctl {

// Reads the page of a file or URL as a source of kind prometheus would, and says what it would take
// of it: its metrics with their series and values, and what an operator may want to know about
// them. Needs no primumd. `bad_data`, with line, column and reason, where the page would be
// refused; `no_input` where the file cannot be read, `unreachable` where the endpoint gives no
// page.
[[nodiscard]] Exit scrape(const ScrapeOptions& options, bool json, Surroundings& world);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include "event/event_json.hpp"

#include <primum/event.hpp>

#include <string_view>

namespace primum::event {

// Reads a `samples` line that is written exactly as write_event writes it, with plain numbers: most
// lines of a recording by far. False for every other line, good or bad: those are for EventReader,
// and `event` is then as it was or half of the line. What this takes, EventReader takes too, with
// the same result.
[[nodiscard]] bool read_samples_line(std::string_view line, const ReadLimits& limits, Event& event);

}  // namespace primum::event

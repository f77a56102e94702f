// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/run.hpp"

#include <string>

// Samples for primumd's push socket (docs/push.md).
namespace primum::ctl {

// Pushes what the words or the lines of `world.in` say and waits until primumd has taken or refused
// all of it. Exit::bad_data where lines were refused, Exit::denied where the user may not push.
[[nodiscard]] Exit push(const PushOptions& options, bool json, Surroundings& world);

}  // namespace primum::ctl

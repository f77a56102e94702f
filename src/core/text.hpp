// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <string>

namespace primum::core {

// The shortest decimal that reads back as the same number; "NaN", "+Inf", "-Inf" for the others.
std::string number_text(double value);

// The same in at most 4 digits, and with one digit after the point: for people.
std::string short_number_text(double value);
std::string rounded_text(double value);

// "250ms", "30s", "2m", "1h 30m": rounded to what a person needs.
std::string duration_text(Duration span);

// How long until `at`, as "in 30s", or "now".
std::string until_text(Instant now, Instant at);

}  // namespace primum::core

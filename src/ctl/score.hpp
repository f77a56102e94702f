// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// Judges rules by labelled windows over a recording. Exit::ok whatever the score is; Exit::no_input
// and Exit::bad_data where a file is not there, or not what it should be.
[[nodiscard]] Exit score(const ScoreOptions& options, bool json, Surroundings& world);

// Makes a recording of a table of values over time (csv_table.hpp).
[[nodiscard]] Exit import_record(const ImportOptions& options, bool json, Surroundings& world);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include "replay/score.hpp"

#include <primum/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

// Labelled time windows as JSON: an object that has for each data file a list of
// ["BEGIN", "END"], times as utc_time.hpp reads them; the shape of the Numenta Anomaly Benchmark.
//
// `name` says whose windows are wanted. Where it is empty it is the only one, or the one whose file
// name is that of a recording but for what follows the first dot. Windows must not overlap and must
// end after they begin. The error says what is wrong, and what to do.
[[nodiscard]] Result<std::vector<replay::LabelledWindow>, std::string> read_windows(
    std::string_view json, const std::string& name, const std::vector<std::string>& recordings);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace primum::scenario {

// Runs one scenario file (docs/scenarios.md): what was done to the simulated host, and what the
// engine made of it, a line each. Throws std::runtime_error where the file cannot be run.
[[nodiscard]] std::vector<std::string> play(const std::filesystem::path& file);

// Where two texts part, as `-` expected and `+` got, with some lines around; empty when equal.
[[nodiscard]] std::string difference(const std::vector<std::string>& expected,
                                     const std::vector<std::string>& got);

}  // namespace primum::scenario

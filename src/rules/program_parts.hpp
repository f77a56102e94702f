// SPDX-License-Identifier: MIT
#pragma once

#include "rules/section.hpp"

#include <primum/remedy.hpp>

#include <cstdint>
#include <string_view>

// What rules say of programs that are run.
namespace primum::rules {

inline constexpr std::uint32_t max_tasks = 1'024;

// A program by its absolute path, and its arguments. False when it is not there or wrong.
bool read_argv(Section& section, std::string_view key, Argv& out);
// Key "memory": a size with its unit, 1MiB to 16GiB; in bytes.
void read_memory(Section& section, std::uint64_t& out);

}  // namespace primum::rules

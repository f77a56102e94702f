// SPDX-License-Identifier: MIT
#pragma once

#include "rules/canonical_text.hpp"
#include "rules/compilation.hpp"

#include <primum/remedy.hpp>

#include <string_view>

namespace primum::rules {

// The parameters of `remedy.kind`, as data and as canonical text; sets `remedy.way_back`.
[[nodiscard]] RemedyPlan read_plan(CanonicalText& text,
                                   RemedyRule& remedy,
                                   Section& parameters,
                                   const Compilation& all);

// What is wrong with a path, or empty: absolute and lexically normal it must be.
[[nodiscard]] std::string_view mistake_in_path(std::string_view path);
// The same for one that a remedy writes: never a protected file either.
[[nodiscard]] std::string_view mistake_in_written_path(std::string_view path);

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <cstdlib>

namespace primum::detail {

[[noreturn]] inline void check_failed(const char* what, const char* file, int line) noexcept {
    std::fprintf(stderr, "primum: broken invariant at %s:%d: %s\n", file, line, what);  // NOLINT
    std::abort();
}

}  // namespace primum::detail

// Stays on in release builds: a program whose own invariant is broken stops rather than acts.
// For what outside input can cause, return a Result instead.
#define PRIMUM_CHECK(condition)   \
    (static_cast<bool>(condition) \
         ? static_cast<void>(0)   \
         : ::primum::detail::check_failed(#condition, __FILE__, __LINE__))

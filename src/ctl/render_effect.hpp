// SPDX-License-Identifier: MIT
#pragma once

#include <primum/effect.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace primum::ctl {

// One line for people, with its newline: when, which target, what. nullopt for effects that are no
// decision, action, step of an action, change of level or page.
[[nodiscard]] std::optional<std::string> render_effect(const Effect& effect,
                                                       WallTime at,
                                                       std::size_t target_width);

}  // namespace primum::ctl

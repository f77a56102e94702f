// SPDX-License-Identifier: MIT
#pragma once

#include "rules/node.hpp"

#include <primum/remedy.hpp>

namespace primum::rules {

// One entry of a rung's `remedy` list: { KIND = { ... } }.
[[nodiscard]] Node remedy_tree(const RemedyRule& remedy);

}  // namespace primum::rules

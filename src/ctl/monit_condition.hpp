// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/monit_file.hpp"
#include "rules/node.hpp"

#include <optional>
#include <string>

namespace primum::ctl {

// What one test asks of the world, as rules ask it.
struct MonitCondition {
    rules::Node source;                    // without its interval; no members: nothing can be asked
    std::string name;                      // of source and indicator, behind the service's name
    std::optional<rules::Node> series;     // a selector; nothing: it is a probe
    std::optional<rules::Node> threshold;  // { above = ..., clear_below = ... }
    Duration timeout{0};                   // 0: the test does not say
    std::string why;  // what is lost, or why nothing can be asked; empty: all is there
};

// `unit` may be empty. Every test that is no restart limit and no test of existence comes here.
[[nodiscard]] MonitCondition monit_condition(const MonitService& service,
                                             const MonitTest& test,
                                             const std::string& unit);

}  // namespace primum::ctl

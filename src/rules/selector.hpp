// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"

#include <primum/result.hpp>
#include <primum/series.hpp>

#include <memory>
#include <string_view>

namespace primum::rules {

// Compiles a Prometheus selector: `name`, `name{a="x",b!="y",c=~"z.*",d!~"w"}` or, when at least
// one matcher cannot match the empty string, `{__name__=~"x.*"}`. Values stand in double or single
// quotes. Regular expressions are RE2 and anchored at both ends; a label that a series does not
// have counts as "". A selector that could mean everything is refused. The error carries the
// message only.
[[nodiscard]] Result<std::shared_ptr<const SeriesMatcher>, RuleError> parse_selector(
    std::string_view text);

}  // namespace primum::rules

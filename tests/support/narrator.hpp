// SPDX-License-Identifier: MIT
#pragma once

#include "support/world.hpp"

#include <string>
#include <vector>

namespace primum::support {

// Tells effects in words, one line each (docs/scenarios.md says what a line shows).
class Narrator {
public:
    // The lines of one turn. An incident's record is told when it opens, closes or opens again.
    [[nodiscard]] std::vector<std::string> tell(const Turn& turn);
    // A line that something was done to the world: "  12.000 > kill web.service".
    [[nodiscard]] static std::string stimulus(Duration at, const std::string& what);

private:
    [[nodiscard]] std::string words(const Effect& effect);
    [[nodiscard]] std::string words(const Record& record);
    [[nodiscard]] std::string words(const IncidentRecord& incident);

    std::map<std::uint64_t, bool> open_;
};

}  // namespace primum::support

// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"
#include "rules/node.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

// Collects the mistakes of one run. Beyond `max_errors` they are counted only.
class ErrorList {
public:
    static constexpr std::size_t max_errors = 1000;

    // The index for Place::file.
    std::uint32_t add_file(std::string path);
    [[nodiscard]] const std::string& file(std::uint32_t index) const { return files_[index]; }

    // Control characters are shown as '?', long keys and hints are cut.
    void add(Place at, std::string_view key, std::string_view message, std::string_view hint = {});

    [[nodiscard]] bool empty() const { return found_.empty(); }

    // All of them in order of file, line and column; the list is empty afterwards.
    [[nodiscard]] std::vector<RuleError> take();

private:
    struct Found {
        Place at;
        RuleError error;
    };

    std::vector<std::string> files_;
    std::vector<Found> found_;
    std::size_t left_out_ = 0;
};

}  // namespace primum::rules

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
    // Another index for the same file, whose mistakes say `note` too: what uses it.
    std::uint32_t add_use(std::uint32_t file, std::string note);
    [[nodiscard]] const std::string& file(std::uint32_t index) const { return files_[index].path; }

    // Control characters are shown as '?', long keys and hints are cut.
    void add(Place at, std::string_view key, std::string_view message, std::string_view hint = {});

    [[nodiscard]] bool empty() const { return found_.empty(); }
    [[nodiscard]] std::size_t size() const { return found_.size() + left_out_; }

    // All of them in order of file, line and column; the list is empty afterwards.
    [[nodiscard]] std::vector<RuleError> take();

private:
    struct Found {
        Place at;
        RuleError error;
    };

    struct File {
        std::string path;
        std::string note;
    };

    std::vector<File> files_;
    std::vector<Found> found_;
    std::size_t left_out_ = 0;
};

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace primum::systemd {

// Keeps the beginning and the end of what is printed, however much that is.
class OutputKeeper {
public:
    explicit OutputKeeper(std::size_t most) : half_(most / 2) {}

    void add(std::string_view bytes);
    // "BEGINNING\n[... N bytes left out ...]\nEND"
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::uint64_t total() const { return total_; }

private:
    std::size_t half_;
    std::string head_;
    std::string tail_;  // a ring once it is full
    std::size_t next_ = 0;
    std::uint64_t total_ = 0;
};

}  // namespace primum::systemd

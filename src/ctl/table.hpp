// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

struct Cell {
    std::string text;
    Colour colour = Colour::plain;
};

// A cell in the colour of its own word.
[[nodiscard]] Cell word(std::string text);

// Rows under a heading, columns as wide as their widest cell and two blanks apart. Empty cells are
// shown as "-"; control characters as "?". Lines have no trailing blanks, and are no wider than the
// painter allows as long as no column would get narrower than 8: the widest columns are cut.
class Table {
public:
    explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

    // Aligns a column to the right; for numbers.
    void align_right(std::size_t column);
    void add(std::vector<Cell> cells);
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    // Every line begins with `indent` blanks. Without headings when all of them are empty. Of the
    // rows the first `rows` only.
    [[nodiscard]] std::string render(const Painter& painter,
                                     std::size_t indent = 0,
                                     std::size_t rows = SIZE_MAX) const;

private:
    std::vector<std::string> headings_;
    std::vector<std::vector<Cell>> rows_;
    std::vector<std::size_t> right_;
};

}  // namespace primum::ctl

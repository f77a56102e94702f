// SPDX-License-Identifier: MIT
#include "ctl/table.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum::ctl {
namespace {

constexpr std::size_t gap = 2;

std::string padded(const Cell& cell, std::size_t width, bool right, const Painter& painter) {
    const std::string blanks(width - std::min(width, display_width(cell.text)), ' ');
    const std::string painted = painter.paint(cell.text, cell.colour);
    return right ? blanks + painted : painted + blanks;
}

// Makes the widest columns narrower until all fit, as far as that goes.
void fit(std::vector<std::size_t>& widths, std::size_t most) {
    constexpr std::size_t narrowest = 8;
    std::size_t total = gap * (widths.size() - 1);
    for (const std::size_t width : widths) {
        total += width;
    }
    while (total > most) {
        const auto widest = std::max_element(widths.rbegin(), widths.rend());  // the last of equals
        if (*widest <= narrowest) {
            return;
        }
        --*widest;
        --total;
    }
}

}  // namespace

Cell word(std::string text) {
    const Colour colour = colour_of(text);
    return {std::move(text), colour};
}

void Table::align_right(std::size_t column) {
    PRIMUM_CHECK(column < headings_.size());
    right_.push_back(column);
}

void Table::add(std::vector<Cell> cells) {
    PRIMUM_CHECK(cells.size() == headings_.size());
    for (Cell& cell : cells) {
        cell.text = cell.text.empty() ? "-" : printable(cell.text);
    }
    rows_.push_back(std::move(cells));
}

std::string Table::render(const Painter& painter, std::size_t indent, std::size_t rows) const {
    const std::vector<std::vector<Cell>> shown{
        rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(std::min(rows, rows_.size()))};
    std::vector<std::size_t> widths;
    for (const std::string& heading : headings_) {
        widths.push_back(display_width(heading));
    }
    for (const auto& row : shown) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i].text));
        }
    }
    if (painter.columns() > indent && !widths.empty()) {
        fit(widths, painter.columns() - indent);
    }
    std::string out;
    const auto line = [&](const std::vector<Cell>& cells) {
        out.append(indent, ' ');
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
            const bool last = i + 1 == cells.size();
            const Cell cell{shortened(cells[i].text, widths[i]), cells[i].colour};
            out += padded(cell, last && !right ? 0 : widths[i], right, painter);
            out.append(last ? 0 : gap, ' ');
        }
        out += '\n';
    };
    const bool headed = std::any_of(
        headings_.begin(), headings_.end(), [](const std::string& h) { return !h.empty(); });
    if (headed) {
        std::vector<Cell> head;
        for (const std::string& heading : headings_) {
            head.push_back({heading, Colour::bold});
        }
        line(head);
    }
    for (const auto& row : shown) {
        line(row);
    }
    return out;
}

}  // namespace primum::ctl

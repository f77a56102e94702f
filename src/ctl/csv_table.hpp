// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace primum::ctl {

// What does not fit in a table of values; both from 1.
struct TableError {
    std::uint64_t line = 0;
    std::uint64_t column = 0;  // a field, not a character; 0: the whole line
    std::string what;
};

// One row: a time, and of each value column a number or nothing (an empty field).
struct TableRow {
    WallTime at;
    std::vector<std::optional<double>> values;
};

// Reads a table of values over time, comma-separated as RFC 4180 has it, row by row in bounded
// memory. The first line names the columns; the first column is the time (utc_time.hpp), which must
// not go back, every other one a number ("NaN", "+Inf" and "-Inf" too) or empty. No field may
// contain a line break.
class CsvTable {
public:
    static constexpr std::size_t max_line_bytes = std::size_t{64} << 10U;
    static constexpr std::size_t max_columns = 256;
    static constexpr std::uint64_t max_rows = 50'000'000;

    [[nodiscard]] static Result<CsvTable, TableError> open(std::istream& input);

    // Names of the value columns, each once and not empty.
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    // The next row, valid until the next call; null at the end.
    [[nodiscard]] Result<const TableRow*, TableError> next();
    [[nodiscard]] std::uint64_t line() const { return line_; }

private:
    explicit CsvTable(std::istream& input) : input_(&input) {}

    // The fields of the next line that is not empty; false at the end.
    [[nodiscard]] Result<bool, TableError> read_fields();
    [[nodiscard]] Result<void, TableError> split(const std::string& text);
    [[nodiscard]] TableError error(std::uint64_t column, std::string what) const;

    std::istream* input_;
    std::uint64_t line_ = 0;
    std::uint64_t rows_ = 0;
    std::vector<std::string> columns_;
    std::vector<std::string> fields_;
    TableRow row_;
};

}  // namespace primum::ctl

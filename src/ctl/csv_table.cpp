// SPDX-License-Identifier: MIT
#include "ctl/csv_table.hpp"

#include "ctl/utc_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace primum::ctl {
namespace {

// A field as it is quoted in messages: short, whatever it is.
std::string quoted(std::string_view field) {
    constexpr std::size_t most = 40;
    return fmt::format("\"{}{}\"", field.substr(0, most), field.size() > most ? "..." : "");
}

std::optional<double> parse_value(std::string_view text) {
    if (text == "NaN") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "+Inf" || text == "-Inf") {
        const double infinite = std::numeric_limits<double>::infinity();
        return text.front() == '-' ? -infinite : infinite;
    }
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    const bool is_number = !digits.empty() && digits.find_first_of("nN") == std::string_view::npos;
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return is_number && error == std::errc{} && end == digits.data() + digits.size()
               ? std::optional{value}
               : std::nullopt;
}

// A line without its end; nothing at the end of the input. What is longer than `most` is cut, one
// byte too long.
std::optional<std::string> read_line(std::istream& input, std::size_t most) {
    std::string line;
    char c = 0;
    bool any = false;
    while (input.get(c)) {
        any = true;
        if (c == '\n') {
            break;
        }
        if (line.size() <= most) {
            line += c;
        }
    }
    if (any && line.ends_with('\r')) {
        line.pop_back();
    }
    return any ? std::optional{std::move(line)} : std::nullopt;
}

}  // namespace

TableError CsvTable::error(std::uint64_t column, std::string what) const {
    return {line_, column, std::move(what)};
}

Result<CsvTable, TableError> CsvTable::open(std::istream& input) {
    CsvTable table{input};
    const auto header = table.read_fields();
    if (!header) {
        return fail(header.error());
    }
    if (!*header) {
        return fail(TableError{1, 0, "it is empty: its first line names the columns"});
    }
    std::vector<std::string>& names = table.fields_;
    if (names.size() < 2) {
        return fail(table.error(0, "one column only: there are a time and at least one value"));
    }
    if (parse_utc(names.front())) {
        return fail(table.error(1, "this is a row: the first line names the columns"));
    }
    for (std::size_t i = 1; i < names.size(); ++i) {
        if (names[i].empty()) {
            return fail(table.error(i + 1, "the column has no name"));
        }
        if (std::find(names.begin() + 1,
                      names.begin() + static_cast<std::ptrdiff_t>(i),
                      names[i]) != names.begin() + static_cast<std::ptrdiff_t>(i)) {
            return fail(table.error(i + 1, "a second column " + quoted(names[i])));
        }
    }
    table.columns_.assign(names.begin() + 1, names.end());
    return table;
}

Result<const TableRow*, TableError> CsvTable::next() {
    const auto read = read_fields();
    if (!read) {
        return fail(read.error());
    }
    if (!*read) {
        return static_cast<const TableRow*>(nullptr);
    }
    if (++rows_ > max_rows) {
        return fail(error(0, fmt::format("more than {} rows", max_rows)));
    }
    if (fields_.size() != columns_.size() + 1) {
        return fail(
            error(0,
                  fmt::format(
                      "{} fields, but there are {} columns", fields_.size(), columns_.size() + 1)));
    }
    const auto at = parse_utc(fields_.front());
    if (!at) {
        return fail(error(1,
                          quoted(fields_.front()) +
                              " is no time such as 2026-11-22 03:45:12 (UTC) or 1795320000"));
    }
    if (rows_ > 1 && *at < row_.at) {
        return fail(error(1, quoted(fields_.front()) + " is before the row above it"));
    }
    row_.at = *at;
    row_.values.assign(columns_.size(), std::nullopt);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::string& field = fields_[i + 1];
        if (field.empty()) {
            continue;
        }
        row_.values[i] = parse_value(field);
        if (!row_.values[i]) {
            return fail(error(i + 2, quoted(field) + " is no number"));
        }
    }
    return &row_;
}

Result<bool, TableError> CsvTable::read_fields() {
    while (const auto line = read_line(*input_, max_line_bytes)) {
        ++line_;
        if (line->size() > max_line_bytes) {
            return fail(error(0, fmt::format("longer than {} bytes", max_line_bytes)));
        }
        if (line->empty()) {
            continue;
        }
        if (auto done = split(*line); !done) {
            return fail(done.error());
        }
        return true;
    }
    return false;
}

Result<void, TableError> CsvTable::split(const std::string& text) {
    fields_.clear();
    std::size_t at = 0;
    while (true) {
        if (fields_.size() == max_columns) {
            return fail(error(0, fmt::format("more than {} columns", max_columns)));
        }
        std::string& field = fields_.emplace_back();
        if (at < text.size() && text[at] == '"') {
            bool closed = false;
            for (++at; at < text.size() && !closed; ++at) {
                if (text[at] != '"') {
                    field += text[at];
                } else if (at + 1 < text.size() && text[at + 1] == '"') {
                    field += text[at++];
                } else {
                    closed = true;
                }
            }
            if (!closed) {
                return fail(error(fields_.size(), "a quotation mark is not closed"));
            }
            if (at < text.size() && text[at] != ',') {
                return fail(error(fields_.size(), "something follows the closing quotation mark"));
            }
        } else {
            const std::size_t end = std::min(text.find(',', at), text.size());
            field = text.substr(at, end - at);
            if (field.find('"') != std::string::npos) {
                return fail(error(fields_.size(), "a quotation mark within a field"));
            }
            at = end;
        }
        if (at == text.size()) {
            return {};
        }
        ++at;  // the comma
    }
}

}  // namespace primum::ctl

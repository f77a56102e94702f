// SPDX-License-Identifier: MIT
#pragma once

#include "ledger/sqlite.hpp"

#include <primum/names.hpp>
#include <primum/record.hpp>
#include <primum/time.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ledger {

// Lists in one column: an item a line, its parts separated by tabs; backslash, tab and newline in
// a part are written \\, \t and \n.
[[nodiscard]] std::string pack(const std::vector<GuardVerdict>& guards);
[[nodiscard]] std::string pack(const std::vector<EvidenceItem>& evidence);
[[nodiscard]] std::string pack(const std::array<std::uint32_t, level_count>& counts);
// Empty where nothing was found.
[[nodiscard]] std::string pack(const ActionFacts& facts);

// False where the text is not what pack() writes.
[[nodiscard]] bool unpack(std::string_view text, std::vector<GuardVerdict>& guards);
[[nodiscard]] bool unpack(std::string_view text, std::vector<EvidenceItem>& evidence);
[[nodiscard]] bool unpack(std::string_view text, std::array<std::uint32_t, level_count>& counts);
[[nodiscard]] bool unpack(std::string_view text, ActionFacts& facts);

// Reads the columns of the present row from left to right.
class RowReader {
public:
    explicit RowReader(const Statement& row) : row_(row) {}

    [[nodiscard]] std::int64_t integer() { return row_.integer(column_++); }
    template <class T>
    void read(T& value) {
        if constexpr (std::is_enum_v<T>) {
            const std::optional<T> named = from_name<T>(row_.text(column_++));
            sound_ = sound_ && named.has_value();
            value = named.value_or(T{});
        } else if constexpr (std::is_same_v<T, bool>) {
            value = integer() != 0;
        } else if constexpr (std::is_integral_v<T>) {
            value = static_cast<T>(integer());
        } else if constexpr (std::is_same_v<T, Duration>) {
            value = Duration{integer()};
        } else if constexpr (std::is_same_v<T, std::string>) {
            value.assign(row_.text(column_++));
        } else if constexpr (std::is_same_v<T, StoredStamp>) {
            value.at.t = instant_from_us(integer());
            value.at.wall = wall_from_us(integer());
            read(value.boot_id);
        } else {
            const bool good = unpack(row_.text(column_++), value);
            sound_ = sound_ && good;
        }
    }
    template <class... T>
    void read_all(T&... values) {
        (read(values), ...);
    }
    // False once something was read that the ledger does not write.
    [[nodiscard]] bool sound() const { return sound_; }

private:
    const Statement& row_;
    int column_ = 0;
    bool sound_ = true;
};

}  // namespace primum::ledger

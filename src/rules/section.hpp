// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error_list.hpp"
#include "rules/node.hpp"

#include <primum/names.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::rules {

struct DurationRange {
    Duration from{0};
    Duration to{0};
};

struct CountRange {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
};

// Reads one table key by key. Whatever is wrong goes into the error list at the place of the value,
// and the value read so far (its default) stands. Every key that was asked for is a known key.
class Section {
public:
    // `path`: the dotted key of the table, empty at the top. All three outlive the section.
    Section(const Node& table, Place at, std::string path, ErrorList& errors)
        : table_(&table), at_(at), path_(std::move(path)), errors_(&errors) {}

    // nullptr: the key is absent. Makes it known.
    const Member* find(std::string_view key);

    // Each gives whether the key was there and right.
    bool read(std::string_view key, std::string& out);
    bool read(std::string_view key, bool& out);
    bool read(std::string_view key, double& out);
    bool read(std::string_view key, std::uint32_t& out, CountRange range);
    bool read(std::string_view key, Duration& out, DurationRange range);
    bool read(std::string_view key, std::vector<std::string>& out);

    // One of the names of E, but for those before `first`.
    template <class E>
    bool read_name(std::string_view key, E& out, E first = E{}) {
        const Member* member = find(key);
        const std::string* text = member == nullptr ? nullptr : string_of(*member);
        if (text == nullptr) {
            return false;
        }
        const auto& all = enum_names<E>;
        const std::vector<std::string_view> known(all.begin() + static_cast<std::ptrdiff_t>(first),
                                                  all.end());
        const auto value = from_name<E>(*text);
        if (!value || *value < first) {
            refuse_name(*member, *text, known);
            return false;
        }
        out = *value;
        return true;
    }

    // The table at `key`; nothing when it is absent or no table (which is an error).
    std::optional<Section> table(std::string_view key);
    // The same for a member that was found before.
    std::optional<Section> table_of(const Member& member);
    // nullptr, and an error, when it is no string.
    const std::string* string_of(const Member& member);

    // All of the table's members, for tables whose keys are names.
    [[nodiscard]] const std::vector<Member>& members() const { return table_->members; }

    // An error at the value of `member` (of a table: at its key), at its key, or at the table.
    void fail_at(const Member& member, std::string_view message, std::string_view hint = {});
    void fail_key(const Member& member, std::string_view message, std::string_view hint = {});
    void fail_here(std::string_view message);
    void fail_at(Place at, std::string_view key, std::string_view message, std::string_view hint);
    // `text` is none of `known`: says which they are and which is nearest.
    void refuse_name(const Member& member,
                     std::string_view text,
                     const std::vector<std::string_view>& known);
    // `name` names no `what` ("source"); `known` are those there are.
    void refuse_reference(const Member& member,
                          std::string_view what,
                          std::string_view name,
                          const std::vector<std::string_view>& known);

    // An error for each key that nobody asked for, with the nearest known one.
    void refuse_unknown_keys();

    [[nodiscard]] std::string path_to(std::string_view key) const;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] Place at() const { return at_; }
    [[nodiscard]] ErrorList& errors() const { return *errors_; }

private:
    const Node* table_;
    Place at_;
    std::string path_;
    ErrorList* errors_;
    std::vector<std::string_view> known_;
};

// Whether `name` can name a source, target or indicator: 1 to 64 letters, digits, '_', '-', '.' or
// '@', the first a letter, digit or '_'.
[[nodiscard]] bool is_name(std::string_view name);

}  // namespace primum::rules

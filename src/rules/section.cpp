// SPDX-License-Identifier: MIT
#include "rules/section.hpp"

#include "rules/duration.hpp"
#include "rules/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace primum::rules {
namespace {

constexpr std::size_t max_strings = 256;
constexpr std::size_t max_string_bytes = 4096;

Place place_of(const Member& member) {
    return member.value.kind == Node::Kind::table && !member.value.is_inline ? member.at
                                                                             : member.value.at;
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

const Member* Section::find(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        known_.push_back(key);
    }
    return find_member(*table_, key);
}

const std::string* Section::string_of(const Member& member) {
    if (member.value.kind != Node::Kind::string) {
        fail_at(member, fmt::format("a string is expected, not {}", kind_name(member.value.kind)));
        return nullptr;
    }
    if (member.value.text.size() > max_string_bytes) {
        fail_at(member, fmt::format("the string is longer than {} bytes", max_string_bytes));
        return nullptr;
    }
    return &member.value.text;
}

bool Section::read(std::string_view key, std::string& out) {
    const Member* member = find(key);
    const std::string* text = member == nullptr ? nullptr : string_of(*member);
    if (text == nullptr) {
        return false;
    }
    out = *text;
    return true;
}

bool Section::read(std::string_view key, bool& out) {
    const Member* member = find(key);
    if (member == nullptr) {
        return false;
    }
    if (member->value.kind != Node::Kind::boolean) {
        fail_at(*member,
                fmt::format("true or false is expected, not {}", kind_name(member->value.kind)));
        return false;
    }
    out = member->value.boolean;
    return true;
}

bool Section::read(std::string_view key, double& out) {
    const Member* member = find(key);
    if (member == nullptr) {
        return false;
    }
    const Node& value = member->value;
    if (value.kind != Node::Kind::integer && value.kind != Node::Kind::number) {
        fail_at(*member, fmt::format("a number is expected, not {}", kind_name(value.kind)));
        return false;
    }
    if (!std::isfinite(value.number)) {
        fail_at(*member, "a finite number is expected");
        return false;
    }
    out = value.number;
    return true;
}

bool Section::read(std::string_view key, std::uint32_t& out, CountRange range) {
    const Member* member = find(key);
    if (member == nullptr) {
        return false;
    }
    const Node& value = member->value;
    if (value.kind != Node::Kind::integer) {
        fail_at(*member, fmt::format("a whole number is expected, not {}", kind_name(value.kind)));
        return false;
    }
    if (value.integer < std::int64_t{range.from} || value.integer > std::int64_t{range.to}) {
        fail_at(*member,
                fmt::format("{} is out of range ({} to {})", value.integer, range.from, range.to));
        return false;
    }
    out = static_cast<std::uint32_t>(value.integer);
    return true;
}

bool Section::read(std::string_view key, Duration& out, DurationRange range) {
    const Member* member = find(key);
    if (member == nullptr) {
        return false;
    }
    const Node& value = member->value;
    if (value.kind == Node::Kind::integer || value.kind == Node::Kind::number) {
        fail_at(*member, "a duration is a string with a unit, like \"30s\"");
        return false;
    }
    const std::string* text = string_of(*member);
    if (text == nullptr) {
        return false;
    }
    const auto duration = parse_duration(*text);
    if (!duration) {
        fail_at(*member, duration.error().message);
        return false;
    }
    if (*duration < range.from || *duration > range.to) {
        fail_at(*member,
                fmt::format("{} is out of range ({} to {})",
                            format_duration(*duration),
                            format_duration(range.from),
                            format_duration(range.to)));
        return false;
    }
    out = *duration;
    return true;
}

bool Section::read(std::string_view key, std::vector<std::string>& out) {
    const Member* member = find(key);
    if (member == nullptr) {
        return false;
    }
    if (member->value.kind != Node::Kind::array) {
        fail_at(
            *member,
            fmt::format("an array of strings is expected, not {}", kind_name(member->value.kind)));
        return false;
    }
    if (member->value.items.size() > max_strings) {
        fail_at(*member, fmt::format("the array has more than {} entries", max_strings));
        return false;
    }
    std::vector<std::string> strings;
    for (const Node& item : member->value.items) {
        if (item.kind != Node::Kind::string) {
            fail_at(item.at,
                    path_to(key),
                    fmt::format("a string is expected, not {}", kind_name(item.kind)),
                    {});
            return false;
        }
        strings.push_back(item.text);
    }
    out = std::move(strings);
    return true;
}

std::optional<Section> Section::table(std::string_view key) {
    const Member* member = find(key);
    return member == nullptr ? std::nullopt : table_of(*member);
}

std::optional<Section> Section::table_of(const Member& member) {
    if (member.value.kind != Node::Kind::table) {
        fail_at(member, fmt::format("a table is expected, not {}", kind_name(member.value.kind)));
        return std::nullopt;
    }
    return Section{member.value, place_of(member), path_to(member.key), *errors_};
}

void Section::fail_at(const Member& member, std::string_view message, std::string_view hint) {
    errors_->add(place_of(member), path_to(member.key), message, hint);
}

void Section::fail_key(const Member& member, std::string_view message, std::string_view hint) {
    errors_->add(member.at, path_to(member.key), message, hint);
}

void Section::fail_here(std::string_view message) {
    errors_->add(at_, path_, message);
}

void Section::fail_at(Place at,
                      std::string_view key,
                      std::string_view message,
                      std::string_view hint) {
    errors_->add(at, key, message, hint);
}

void Section::refuse_name(const Member& member,
                          std::string_view text,
                          const std::vector<std::string_view>& known) {
    fail_at(member,
            fmt::format("\"{}\" is none of {}", text.substr(0, 64), fmt::join(known, ", ")),
            nearest(text, known));
}

void Section::refuse_reference(const Member& member,
                               std::string_view what,
                               std::string_view name,
                               const std::vector<std::string_view>& known) {
    fail_at(member,
            fmt::format("there is no {} \"{}\"", what, name.substr(0, 64)),
            nearest(name, known));
}

void Section::refuse_unknown_keys() {
    for (const Member& member : table_->members) {
        if (std::find(known_.begin(), known_.end(), member.key) == known_.end()) {
            const std::string hint = nearest(member.key, known_);
            fail_key(member,
                     hint.empty() ? fmt::format("unknown key, none of {}", fmt::join(known_, ", "))
                                  : std::string{"unknown key"},
                     hint);
        }
    }
}

std::string Section::path_to(std::string_view key) const {
    return path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key);
}

bool is_name(std::string_view name) {
    constexpr std::size_t max_name_bytes = 64;
    if (name.empty() || name.size() > max_name_bytes ||
        (!is_alphanumeric(name.front()) && name.front() != '_')) {
        return false;
    }
    return std::all_of(name.begin(), name.end(), [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == '@';
    });
}

}  // namespace primum::rules

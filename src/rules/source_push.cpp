// SPDX-License-Identifier: MIT
#include "rules/source_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace primum::rules {
namespace {

constexpr std::size_t max_users = 64;
constexpr CountRange lines_allowed{1, 100'000};

// A uid, or a name as useradd(8) takes it.
bool is_user(std::string_view text) {
    constexpr std::size_t max_name = 32;
    std::uint32_t uid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
    if (error == std::errc{} && end == text.data() + text.size()) {
        return uid != 0xFFFF'FFFFU;
    }
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    return !text.empty() && text.size() <= max_name && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_letter(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '$';
           });
}

}  // namespace

void read_push(CanonicalText& text, SourceRule& source, Section& section) {
    PushPlan plan;
    if (section.read("users", plan.users)) {
        const Member& users = *section.find("users");
        if (plan.users.size() > max_users) {
            section.fail_at(users, fmt::format("at most {} users", max_users));
        }
        for (const std::string& user : plan.users) {
            if (!is_user(user)) {
                section.fail_at(users, fmt::format("\"{}\" is no user name and no uid", user));
            }
        }
        if (!plan.users.empty()) {
            text.add("users", plan.users);
        }
    }
    if (section.read("lines_per_second", plan.lines_per_second, lines_allowed) &&
        plan.lines_per_second != PushPlan{}.lines_per_second) {
        text.add("lines_per_second", plan.lines_per_second);
    }
    source.plan = std::move(plan);
}

}  // namespace primum::rules

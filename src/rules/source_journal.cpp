// SPDX-License-Identifier: MIT
#include "rules/source_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace primum::rules {
namespace {

constexpr std::size_t max_counts = 64;
constexpr std::size_t max_fields = 16;
constexpr std::size_t max_values = 64;
constexpr std::size_t max_value_bytes = 512;
constexpr std::size_t max_field_bytes = 64;  // journald's own limit

bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// A series name without labels, as Prometheus has them.
bool is_series(std::string_view name) {
    const auto begins = [](char c) {
        return (c >= 'a' && c <= 'z') || is_capital(c) || c == '_' || c == ':';
    };
    return !name.empty() && name.size() <= 200 && begins(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return begins(c) || is_digit(c); });
}

// systemd.journal-fields(7): capital letters, digits and underscores.
bool is_field(std::string_view name) {
    return !name.empty() && name.size() <= max_field_bytes && !is_digit(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return is_capital(c) || is_digit(c) || c == '_';
           });
}

bool is_id128(std::string_view text) {
    return text.size() == 32 && std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'f');
           });
}

// Of fields whose values have one form: what is wrong with another, or empty.
std::string_view mistake_in_value(std::string_view field, std::string_view value) {
    if (value.empty() || value.size() > max_value_bytes) {
        return "a value of 1 to 512 bytes is expected";
    }
    if (field == "PRIORITY" &&
        (value.size() != 1 || !is_digit(value.front()) || value.front() > '7')) {
        return "PRIORITY is \"0\" (emerg) to \"7\" (debug)";
    }
    const bool is_id = field == "MESSAGE_ID" || field == "_BOOT_ID" || field == "INVOCATION_ID" ||
                       field == "_SYSTEMD_INVOCATION_ID";
    if (is_id && !is_id128(value)) {
        return "32 hexadecimal digits in lower case are expected";
    }
    return {};
}

std::vector<std::string> read_values(Section& section, const Member& member) {
    std::vector<std::string> values;
    if (member.value.kind == Node::Kind::array) {
        if (!section.read(member.key, values)) {
            return {};
        }
    } else if (const std::string* text = section.string_of(member)) {
        values.push_back(*text);
    } else {
        return {};
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (values.empty() || values.size() > max_values) {
        section.fail_at(member, fmt::format("1 to {} values are expected", max_values));
    }
    for (const auto& value : values) {
        if (const auto mistake = mistake_in_value(member.key, value); !mistake.empty()) {
            section.fail_at(member, fmt::format("\"{}\": {}", value, mistake));
        }
    }
    return values;
}

JournalCount read_count(CanonicalText& text, const std::string& name, Section& section) {
    JournalCount count{name, {}};
    text.add("count", name);
    if (section.members().empty() || section.members().size() > max_fields) {
        section.fail_here(fmt::format(
            "1 to {} fields are expected, like _SYSTEMD_UNIT = \"app.service\"", max_fields));
    }
    for (const Member& member : section.members()) {
        static_cast<void>(section.find(member.key));
        if (member.key == "MESSAGE") {
            section.fail_key(member,
                             "the text of messages is never looked at: it is written for people, "
                             "and \"error\" stands in \"0 errors\", too; match MESSAGE_ID, "
                             "PRIORITY or a field of the program's own");
        } else if (!is_field(member.key)) {
            section.fail_key(member, "a journal field is capital letters, digits and '_'");
        } else {
            auto values = read_values(section, member);
            text.add(member.key, values);
            count.match.push_back({member.key, std::move(values)});
        }
    }
    return count;
}

}  // namespace

void read_journal(CanonicalText& text, SourceRule& source, Section& section) {
    JournalPlan plan;
    if (section.find("count") == nullptr) {
        section.fail_here(
            "a source of kind journal needs a count, like count.app_errors_total = { "
            "_SYSTEMD_UNIT = \"app.service\", PRIORITY = [\"0\", \"1\", \"2\", \"3\"] }");
    } else if (auto counts = section.table("count")) {
        if (counts->members().empty() || counts->members().size() > max_counts) {
            counts->fail_here(fmt::format("1 to {} counts are expected", max_counts));
        }
        for (const Member& member : counts->members()) {
            static_cast<void>(counts->find(member.key));
            if (!is_series(member.key) || member.key == "journal_lag_seconds") {
                counts->fail_key(member, "the name of a series without labels is expected");
            }
            if (auto one = counts->table_of(member)) {
                plan.counts.push_back(read_count(text, member.key, *one));
            }
        }
    }
    source.plan = std::move(plan);
}

}  // namespace primum::rules

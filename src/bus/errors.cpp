// SPDX-License-Identifier: MIT
#include "bus/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace primum::bus {
namespace {

constexpr std::size_t max_name_bytes = 256;
constexpr std::size_t max_errors_told = 10;

// One UTF-8 character at the start of `text` (RFC 3629, section 4): its length and code point.
// A length of 0 means that there is no valid one.
struct Character {
    std::size_t length = 0;
    std::uint32_t code = 0;
};

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) {
        return {1, lead};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {};
    }
    std::uint32_t code = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return {};
        }
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return overlong || surrogate || code > 0x10FFFF ? Character{} : Character{length, code};
}

bool is_blank(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; });
}

}  // namespace

bool is_plain_text(std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        const bool control = character.code < 0x20 ||
                             (character.code >= 0x7F && character.code < 0xA0) ||
                             character.code == 0x2028 || character.code == 0x2029;
        if (character.length == 0 || control) {
            return false;
        }
        text.remove_prefix(character.length);
    }
    return true;
}

std::string error_name_of(std::string_view code) {
    std::string name;
    bool start = true;
    for (const char c : code) {
        if (c == '_') {
            start = true;
        } else if (c >= 'a' && c <= 'z') {
            name += start ? static_cast<char>(c - 'a' + 'A') : c;
            start = false;
        } else {
            name.clear();
            break;
        }
    }
    return "org.primum.Error." + (name.empty() ? "Refused" : name);
}

CallError refusal(const OperatorReply& reply) {
    return {error_name_of(reply.code),
            reply.message.empty() ? fmt::format("refused ({})", reply.code) : reply.message};
}

CallError reload_refusal(const ReloadStatus& status) {
    std::string message = fmt::format(
        "the new rules have {} mistake{} and were not taken; the old ones stay in force. Correct "
        "them, look with 'primumctl rules check', and reload again.",
        status.errors.size(),
        status.errors.size() == 1 ? "" : "s");
    for (std::size_t i = 0; i < std::min(status.errors.size(), max_errors_told); ++i) {
        message += "\n" + status.errors[i];
    }
    if (status.errors.size() > max_errors_told) {
        message += fmt::format("\n... and {} more", status.errors.size() - max_errors_told);
    }
    return {error_name::reload_failed, message};
}

CallError unknown_target(std::string_view target) {
    return {error_name::unknown_target,
            fmt::format("there is no target \"{}\" in the rules in force; 'primumctl list' shows "
                        "those that are",
                        is_plain_text(target) ? target.substr(0, max_name_bytes) : "?")};
}

CallError unknown_source(std::string_view source) {
    return {
        error_name::unknown_source,
        fmt::format("there is no source \"{}\" in the rules in force; 'primumctl sources' shows "
                    "those that are",
                    is_plain_text(source) ? source.substr(0, max_name_bytes) : "?")};
}

CallError unknown_incident(std::uint64_t id) {
    return {error_name::unknown_incident,
            fmt::format("the ledger has no incident {}; 'primumctl incidents' lists them", id)};
}

CallError no_length() {
    return {error_name::no_length,
            "holds, disables and marks need an end: say for how long (--for 30m)"};
}

CallError ledger_unavailable(const QueryError& error) {
    return {error_name::ledger_unavailable,
            fmt::format("the ledger did not answer ({}); try again, and look at 'primumctl status'",
                        error.message)};
}

std::optional<CallError> check_reason(std::string_view reason, std::size_t max_bytes) {
    if (is_blank(reason)) {
        return CallError{error_name::no_reason,
                         "a reason is needed, for the record: say why (--reason \"...\")"};
    }
    if (reason.size() > max_bytes) {
        return CallError{error_name::too_long,
                         fmt::format("the reason has {} bytes, and {} are the most; put the long "
                                     "story into a ticket and name that here",
                                     reason.size(),
                                     max_bytes)};
    }
    if (!is_plain_text(reason)) {
        return CallError{error_name::invalid_argument,
                         "the reason must be one line of UTF-8 text without control characters"};
    }
    return std::nullopt;
}

std::optional<CallError> check_action(std::string_view action) {
    if (action.empty() || action.size() > max_name_bytes || !is_plain_text(action)) {
        return CallError{error_name::invalid_argument,
                         fmt::format("an action's id is one word of at most {} bytes; 'primumctl "
                                     "actions' shows them",
                                     max_name_bytes)};
    }
    return std::nullopt;
}

std::optional<CallError> check_name(std::string_view name) {
    if (name.size() > max_name_bytes || !is_plain_text(name)) {
        return CallError{error_name::invalid_argument,
                         fmt::format("a name is one line of at most {} bytes; 'primumctl list' and "
                                     "'primumctl providers' show the names",
                                     max_name_bytes)};
    }
    return std::nullopt;
}

}  // namespace primum::bus

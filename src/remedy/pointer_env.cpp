// SPDX-License-Identifier: MIT
#include "remedy/pointer_text.hpp"

#include <algorithm>
#include <optional>

// Files of environment variables as systemd (EnvironmentFile=), the shell and the many readers in
// between take them: only what all of these understand alike.
namespace primum::remedy {
namespace {

constexpr std::string_view blanks = " \t\r";

bool is_key_char(char c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

bool is_key(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_key_char(text[i], i == 0)) {
            return false;
        }
    }
    return !text.empty();
}

// Means itself, with and without quotes, to every reader.
bool is_plain(char c) {
    return is_key_char(c, false) || std::string_view{"./:@%+,=-"}.find(c) != std::string_view::npos;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20U || c == '\x7f';
}

bool fits_bare(std::string_view value) {
    return !value.empty() && std::all_of(value.begin(), value.end(), is_plain);
}

bool fits_in(char quote, std::string_view value) {
    return std::none_of(value.begin(), value.end(), [quote](char c) {
        return is_control(c) || c == '\\' || c == quote ||
               (quote == '"' && (c == '$' || c == '`' || c == '!'));
    });
}

// Whether a quote is open at the end.
bool ends_in_quote(std::string_view line) {
    char open = '\0';
    for (const char c : line) {
        if (open == '\0' && (c == '"' || c == '\'')) {
            open = c;
        } else if (c == open) {
            open = '\0';
        }
    }
    return open != '\0';
}

// `KEY=value` of one line; positions are in the line.
struct Assignment {
    std::string_view key;
    std::size_t value_at = 0;
};

std::optional<Assignment> read_assignment(std::string_view line) {
    std::size_t at = std::min(line.find_first_not_of(" \t"), line.size());
    constexpr std::string_view word = "export";
    if (line.substr(at).starts_with(word) && at + word.size() < line.size() &&
        (line[at + word.size()] == ' ' || line[at + word.size()] == '\t')) {
        at = std::min(line.find_first_not_of(" \t", at + word.size()), line.size());
    }
    const auto equals = line.find('=', at);
    if (equals == std::string_view::npos || !is_key(line.substr(at, equals - at))) {
        return std::nullopt;
    }
    return Assignment{line.substr(at, equals - at), equals + 1};
}

FindResult refuse(std::string message) {
    return fail(TextError{std::move(message)});
}

// The value that begins at `at`, which must be all that is left of the line.
FindResult read_value(std::string_view line, std::size_t at) {
    const char quote = at < line.size() && (line[at] == '"' || line[at] == '\'') ? line[at] : '\0';
    std::size_t end = at;
    FoundValue found;
    if (quote != '\0') {
        const auto close = line.find(quote, at + 1);
        if (close == std::string_view::npos) {
            return refuse("the quote is not closed");
        }
        found.value = std::string{line.substr(at + 1, close - at - 1)};
        end = close + 1;
    } else {
        end = std::min(line.find_first_of(blanks, at), line.size());
        found.value = std::string{line.substr(at, end - at)};
    }
    if (line.find_first_not_of(blanks, end) != std::string_view::npos) {
        return refuse("something stands behind the value, or a blank before it");
    }
    const bool certain =
        quote != '\0' ? fits_in(quote, found.value) : found.value.empty() || fits_bare(found.value);
    if (!certain) {
        return refuse("the value has an escape, an expansion or a character that needs quotes");
    }
    found.begin = at;
    found.end = end;
    return found;
}

// Why the line is not for sure one line that sets one variable, or nothing.
std::string_view doubt(std::string_view line, const std::optional<Assignment>& assignment) {
    if (!assignment) {
        return "this is no assignment";
    }
    if (ends_in_quote(line.substr(assignment->value_at))) {
        return "a quote is not closed on its line";
    }
    return {};
}

}  // namespace

FindResult find_in_env(std::string_view text, std::string_view key) {
    std::optional<FoundValue> found;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = text.substr(begin, end - begin);
        const std::size_t here = begin;
        begin = end + 1;
        const auto last = line.find_last_not_of(blanks);
        if (last == std::string_view::npos) {
            continue;
        }
        if (line[last] == '\\') {
            return refuse(line_of(text, here) + "the line goes on in the next");
        }
        const char first = line[line.find_first_not_of(blanks)];
        if (first == '#' || first == ';') {
            continue;
        }
        const auto assignment = read_assignment(line);
        if (const auto why = doubt(line, assignment); !why.empty()) {
            return refuse(line_of(text, here) + std::string{why});
        }
        if (assignment->key != key) {
            continue;
        }
        if (found) {
            return refuse(line_of(text, here) + std::string{key} + " is set a second time");
        }
        auto value = read_value(line, assignment->value_at);
        if (!value) {
            return refuse(line_of(text, here) + value.error().message);
        }
        value->begin += here;
        value->end += here;
        found = std::move(*value);
    }
    if (!found) {
        return refuse(std::string{key} + " is not set in it");
    }
    return std::move(*found);
}

WriteResult write_for_env(std::string_view value, std::string_view old) {
    const char quote = old.starts_with('\'') ? '\'' : old.starts_with('"') ? '"' : '\0';
    if (quote == '\0' && fits_bare(value)) {
        return std::string{value};
    }
    for (const char one : {quote == '\0' ? '"' : quote, '"', '\''}) {
        if (fits_in(one, value)) {
            return one + std::string{value} + one;
        }
    }
    return fail(TextError{"the new value cannot be written so that every reader takes it alike"});
}

}  // namespace primum::remedy

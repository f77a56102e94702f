// SPDX-License-Identifier: MIT
#include "event/json_writer.hpp"
#include "remedy/pointer_text.hpp"

#include <fmt/format.h>

#include <optional>

#include <simdjson.h>

namespace primum::remedy {
namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20U;

// A JSON string as it is written, to what it means.
std::optional<std::string> meaning_of(std::string_view token) {
    simdjson::dom::parser parser;
    std::string_view text;
    if (parser.parse(simdjson::padded_string{token}).get(text) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    return std::string{text};
}

// Walks a text that is known to be JSON.
class JsonWalk {
public:
    explicit JsonWalk(std::string_view text) : text_(text) {}

    // Finds the string at the end of `parts`, from the value that begins here.
    FindResult find(const std::vector<std::string>& parts) {
        for (const std::string& part : parts) {
            skip_blanks();
            if (here() != '{') {
                return refuse(part + " is looked for in what is no object");
            }
            const auto value = find_member(part);
            if (!value) {
                return fail(value.error());
            }
            at_ = *value;
        }
        if (here() != '"') {
            return refuse("the value is no text");
        }
        FoundValue found;
        found.begin = at_;
        skip_value();
        found.end = at_;
        auto meaning = meaning_of(text_.substr(found.begin, found.end - found.begin));
        if (!meaning) {
            return refuse("the value cannot be read");
        }
        found.value = std::move(*meaning);
        return found;
    }

private:
    [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    [[nodiscard]] FindResult refuse(const std::string& why) const {
        return fail(TextError{line_of(text_, at_) + why});
    }

    void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    void skip_string() {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            at_ += text_[at_] == '\\' ? 1 : 0;
        }
        ++at_;
    }

    // A string, a number or word, or everything up to the closing bracket.
    void skip_value() {
        std::size_t depth = 0;
        do {
            const char c = here();
            if (c == '"') {
                skip_string();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at_;
            } else if (c == '}' || c == ']') {
                --depth;
                ++at_;
            } else if (depth > 0) {
                ++at_;
            } else {
                at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
            }
        } while (depth > 0 && at_ < text_.size());
    }

    // Where the value of the one member of that name begins.
    Result<std::size_t, TextError> find_member(const std::string& name) {
        std::optional<std::size_t> value;
        ++at_;
        for (skip_blanks(); here() == '"'; skip_blanks()) {
            const std::size_t begin = at_;
            skip_string();
            const bool is_it = meaning_of(text_.substr(begin, at_ - begin)) == name;
            skip_blanks();
            ++at_;  // the colon
            skip_blanks();
            if (is_it && value) {
                return fail(
                    TextError{line_of(text_, begin) + name + " stands there a second time"});
            }
            if (is_it) {
                value = at_;
            }
            skip_value();
            skip_blanks();
            at_ += here() == ',' ? 1 : 0;
        }
        if (!value) {
            return fail(TextError{name + " is not in it"});
        }
        return *value;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

FindResult find_in_json(std::string_view text, std::string_view key) {
    const auto parts = key_parts(key);
    if (parts.empty()) {
        return fail(TextError{"the key has an empty part"});
    }
    if (text.size() > max_bytes) {
        return fail(TextError{fmt::format("it has more than {} bytes", max_bytes)});
    }
    simdjson::dom::parser parser;
    const auto parsed = parser.parse(simdjson::padded_string{text});
    if (parsed.error() != simdjson::SUCCESS) {
        return fail(
            TextError{fmt::format("it is no JSON: {}", simdjson::error_message(parsed.error()))});
    }
    return JsonWalk{text}.find(parts);
}

WriteResult write_for_json(std::string_view value) {
    if (!simdjson::validate_utf8(value)) {
        return fail(TextError{"the new value is no valid UTF-8"});
    }
    std::string out;
    event::append_string(out, value);
    return out;
}

}  // namespace primum::remedy

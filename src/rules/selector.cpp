// SPDX-License-Identifier: MIT
#include "rules/selector.hpp"

#include "rules/text_cursor.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace primum::rules {
namespace {

constexpr std::size_t max_selector_bytes = 4096;
constexpr std::size_t max_matchers = 32;
constexpr std::int64_t max_regex_memory_bytes = 1 << 20;

enum class Operator : std::uint8_t { equal, not_equal, matches, matches_not };

struct LabelMatcher {
    std::string label;
    Operator op = Operator::equal;
    std::string value;
    std::unique_ptr<re2::RE2> regex;  // of matches and matches_not

    [[nodiscard]] bool accepts(std::string_view text) const {
        const re2::StringPiece piece{text.data(), text.size()};
        switch (op) {
            case Operator::equal:
                return text == value;
            case Operator::not_equal:
                return text != value;
            case Operator::matches:
                return re2::RE2::FullMatch(piece, *regex);
            case Operator::matches_not:
                return !re2::RE2::FullMatch(piece, *regex);
        }
        return false;
    }
};

class Selector final : public SeriesMatcher {
public:
    Selector(std::string name, std::vector<LabelMatcher> matchers)
        : name_(std::move(name)), matchers_(std::move(matchers)) {}

    [[nodiscard]] bool matches(const SeriesName& series) const override {
        return (name_.empty() || series.name == name_) &&
               std::all_of(matchers_.begin(), matchers_.end(), [&](const LabelMatcher& matcher) {
                   return matcher.accepts(value_of(series, matcher.label));
               });
    }

private:
    static std::string_view value_of(const SeriesName& series, const std::string& label) {
        if (label == "__name__") {
            return series.name;
        }
        const auto found =
            std::lower_bound(series.labels.begin(),
                             series.labels.end(),
                             label,
                             [](const Label& a, const std::string& name) { return a.name < name; });
        return found != series.labels.end() && found->name == label ? found->value
                                                                    : std::string_view{};
    }

    std::string name_;
    std::vector<LabelMatcher> matchers_;
};

std::optional<char> unescaped(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        case '\\':
        case '"':
        case '\'':
            return c;
        default:
            return std::nullopt;
    }
}

// A quoted string, from its opening quote on; `...` knows no escapes.
std::optional<std::string> quoted(TextCursor& cursor) {
    const char quote = cursor.peek();
    if (quote != '"' && quote != '\'' && quote != '`') {
        return std::nullopt;
    }
    cursor.take();
    std::string value;
    while (!cursor.done()) {
        const char c = cursor.take();
        if (c == quote) {
            return value;
        }
        if (c != '\\' || quote == '`') {
            value += c;
            continue;
        }
        const auto plain = cursor.done() ? std::nullopt : unescaped(cursor.take());
        if (!plain) {
            return std::nullopt;
        }
        value += *plain;
    }
    return std::nullopt;
}

std::optional<Operator> take_operator(TextCursor& cursor) {
    if (cursor.take_if('=')) {
        return cursor.take_if('~') ? Operator::matches : Operator::equal;
    }
    if (!cursor.take_if('!')) {
        return std::nullopt;
    }
    if (cursor.take_if('=')) {
        return Operator::not_equal;
    }
    return cursor.take_if('~') ? std::optional{Operator::matches_not} : std::nullopt;
}

// Says what is wrong with the regular expression, or nothing.
std::string compile_regex(LabelMatcher& matcher) {
    if (matcher.op != Operator::matches && matcher.op != Operator::matches_not) {
        return {};
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_max_mem(max_regex_memory_bytes);
    matcher.regex = std::make_unique<re2::RE2>(matcher.value, options);
    return matcher.regex->ok() ? std::string{}
                               : fmt::format("the regular expression \"{}\" is wrong ({})",
                                             matcher.value.substr(0, 80),
                                             matcher.regex->error());
}

// The matchers after '{', up to and with '}'. Says what is wrong, or nothing.
std::string read_matchers(TextCursor& cursor, std::vector<LabelMatcher>& matchers) {
    for (;;) {
        cursor.skip_blanks();
        if (cursor.take_if('}')) {
            return {};
        }
        LabelMatcher matcher;
        matcher.label = cursor.take_label_name();
        if (matcher.label.empty()) {
            return "a label name or '}' is expected";
        }
        cursor.skip_blanks();
        const auto op = take_operator(cursor);
        if (!op) {
            return "=, !=, =~ or !~ is expected";
        }
        matcher.op = *op;
        cursor.skip_blanks();
        auto value = quoted(cursor);
        if (!value) {
            return "a quoted value is expected (with the escapes \\\\, \\\", \\', \\n, \\t, \\r)";
        }
        matcher.value = *std::move(value);
        if (std::string why = compile_regex(matcher); !why.empty()) {
            return why;
        }
        if (matchers.size() == max_matchers) {
            return "it has too many matchers";
        }
        matchers.push_back(std::move(matcher));
        cursor.skip_blanks();
        if (!cursor.take_if(',') && cursor.peek() != '}') {
            return "',' or '}' is expected";
        }
    }
}

}  // namespace

Result<std::shared_ptr<const SeriesMatcher>, RuleError> parse_selector(std::string_view text) {
    TextCursor cursor{text};
    const auto refuse = [&](std::string_view why) {
        return fail(RuleError{.message = fmt::format("no selector: {} at offset {} of \"{}\"",
                                                     why,
                                                     cursor.offset(),
                                                     text.substr(0, 80))});
    };
    if (text.size() > max_selector_bytes) {
        return refuse("it is too long");
    }
    cursor.skip_blanks();
    std::string name{cursor.take_metric_name()};
    std::vector<LabelMatcher> matchers;
    cursor.skip_blanks();
    if (cursor.take_if('{')) {
        if (const std::string why = read_matchers(cursor, matchers); !why.empty()) {
            return refuse(why);
        }
        cursor.skip_blanks();
    } else if (name.empty()) {
        return refuse("a metric name or '{' is expected");
    }
    if (!cursor.done()) {
        return refuse("nothing more is expected");
    }
    const bool names_by_label =
        std::any_of(matchers.begin(), matchers.end(), [](const LabelMatcher& matcher) {
            return matcher.label == "__name__";
        });
    if (!name.empty() && names_by_label) {
        return refuse("the metric name stands twice");
    }
    if (name.empty() && std::all_of(matchers.begin(), matchers.end(), [](const LabelMatcher& m) {
            return m.accepts("");
        })) {
        return refuse("it could mean every series; name a metric or a label that must be there");
    }
    return std::shared_ptr<const SeriesMatcher>{
        std::make_shared<Selector>(std::move(name), std::move(matchers))};
}

}  // namespace primum::rules

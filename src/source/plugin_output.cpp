// SPDX-License-Identifier: MIT
#include "source/plugin_output.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

namespace primum::source {
namespace {

struct Unit {
    std::string_view written;
    std::string_view base;
    double factor = 1;
};

constexpr double kibi = 1024;
// KB, MB, ... are powers of 1024 to the plugins that print them.
constexpr std::array<Unit, 16> units{{{"s", "seconds", 1},
                                      {"ms", "seconds", 1e-3},
                                      {"us", "seconds", 1e-6},
                                      {"ns", "seconds", 1e-9},
                                      {"%", "ratio", 1e-2},
                                      {"c", "total", 1},
                                      {"B", "bytes", 1},
                                      {"KB", "bytes", kibi},
                                      {"MB", "bytes", kibi* kibi},
                                      {"GB", "bytes", kibi* kibi* kibi},
                                      {"TB", "bytes", kibi* kibi* kibi* kibi},
                                      {"KiB", "bytes", kibi},
                                      {"MiB", "bytes", kibi* kibi},
                                      {"GiB", "bytes", kibi* kibi* kibi},
                                      {"TiB", "bytes", kibi* kibi* kibi* kibi},
                                      {"", "", 1}}};
constexpr std::size_t max_unit_bytes = 16;
constexpr std::size_t max_limits = 4;
constexpr std::size_t max_limit_bytes = 64;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Reads the numbers of the parts of the output that hold them.
class Numbers {
public:
    explicit Numbers(std::string_view output) : output_(output) {}

    // From `from` to `to`; false: error() says why.
    bool read(std::size_t from, std::size_t to) {
        at_ = from;
        end_ = to;
        while (true) {
            while (at_ < end_ && is_space(output_[at_])) {
                ++at_;
            }
            if (at_ >= end_) {
                return true;
            }
            if (!read_one()) {
                return false;
            }
        }
    }
    [[nodiscard]] const PluginError& error() const { return error_; }
    [[nodiscard]] std::vector<PluginFigure> take() { return std::move(figures_); }

private:
    bool wrong(std::string message) {
        error_ = {at_, std::move(message)};
        return false;
    }
    [[nodiscard]] bool at(char c) const { return at_ < end_ && output_[at_] == c; }
    // Up to white space or one of `stops`.
    std::string_view word(std::string_view stops) {
        const auto from = at_;
        while (at_ < end_ && !is_space(output_[at_]) &&
               stops.find(output_[at_]) == std::string_view::npos) {
            ++at_;
        }
        return output_.substr(from, at_ - from);
    }

    bool read_one();
    bool read_label(std::string& label);
    bool read_quoted(std::string& label);
    bool read_value(PluginFigure& figure, bool& known);
    bool read_unit(PluginFigure& figure, std::string_view text);
    bool pass_limits();

    std::string_view output_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::vector<PluginFigure> figures_;
    std::set<std::string> labels_;
    PluginError error_;
};

bool Numbers::read_one() {
    PluginFigure figure;
    bool known = true;
    const auto from = at_;
    if (!read_label(figure.label) || !read_value(figure, known) || !pass_limits()) {
        return false;
    }
    if (labels_.size() >= max_plugin_figures || !labels_.insert(figure.label).second) {
        const bool many = labels_.size() >= max_plugin_figures;
        at_ = from;
        return wrong(many ? "there are too many numbers" : "this label stands there twice");
    }
    if (known) {
        figures_.push_back(std::move(figure));
    }
    return true;
}

bool Numbers::read_label(std::string& label) {
    const auto from = at_;
    if (at('\'')) {
        if (!read_quoted(label)) {
            return false;
        }
    } else {
        label = word("='");
    }
    const bool printable =
        std::none_of(label.begin(), label.end(), [](char c) { return c >= 0 && c < ' '; });
    if (label.empty() || label.size() > max_plugin_label_bytes || !printable) {
        at_ = from;
        return wrong("a label of 1 to 128 printable bytes is expected");
    }
    if (!at('=')) {
        return wrong("a '=' is expected after the label");
    }
    ++at_;
    return true;
}

// In quotes, two quotes are one.
bool Numbers::read_quoted(std::string& label) {
    ++at_;
    while (at_ < end_) {
        const char c = output_[at_++];
        if (c == '\'' && !at('\'')) {
            return true;
        }
        at_ += c == '\'' ? 1 : 0;
        label += c;
    }
    return wrong("the quote of this label does not end");
}

bool Numbers::read_value(PluginFigure& figure, bool& known) {
    const auto from = at_;
    const auto text = word(";");
    if (text == "U") {
        known = false;
        return true;
    }
    const auto* last = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), last, figure.value);
    if (text.empty() || error != std::errc{} || !std::isfinite(figure.value)) {
        at_ = from;
        return wrong("a number is expected");
    }
    return read_unit(figure, {stop, static_cast<std::size_t>(last - stop)});
}

bool Numbers::read_unit(PluginFigure& figure, std::string_view text) {
    for (const auto& [written, base, factor] : units) {
        if (text == written) {
            figure.unit = base;
            figure.value *= factor;
            return std::isfinite(figure.value) || wrong("this number is too large");
        }
    }
    if (text.size() > max_unit_bytes || !std::all_of(text.begin(), text.end(), is_letter)) {
        return wrong("what follows the number is no unit");
    }
    figure.unit = text;
    return true;
}

bool Numbers::pass_limits() {
    for (std::size_t i = 0; at(';'); ++i) {
        ++at_;
        const auto limit = word(";");
        const bool plain = std::all_of(limit.begin(), limit.end(), [](char c) {
            return (c >= '0' && c <= '9') ||
                   std::string_view{"+-.eE@:~"}.find(c) != std::string_view::npos;
        });
        if (i >= max_limits || limit.size() > max_limit_bytes || !plain) {
            return wrong("warn;crit;min;max are numbers or ranges, and four at most");
        }
    }
    return true;
}

}  // namespace

std::string plugin_text(std::string_view output) {
    auto line = output.substr(0, std::min(output.find_first_of("|\n"), output.size()));
    std::string text{line.substr(0, max_plugin_text_bytes)};
    std::replace_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
    while (text.ends_with(' ')) {
        text.pop_back();
    }
    return text;
}

Result<PluginOutput, PluginError> read_plugin_output(std::string_view output) {
    PluginOutput read;
    read.text = plugin_text(output);
    Numbers numbers{output};
    const auto end_of_first = std::min(output.find('\n'), output.size());
    const auto first = output.find('|');
    if (first < end_of_first && !numbers.read(first + 1, end_of_first)) {
        return fail(numbers.error());
    }
    const auto second = output.find('|', end_of_first);
    if (second != std::string_view::npos && !numbers.read(second + 1, output.size())) {
        return fail(numbers.error());
    }
    read.figures = numbers.take();
    return read;
}

}  // namespace primum::source

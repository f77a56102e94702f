// SPDX-License-Identifier: MIT
#include "ctl/monit_tokens.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace primum::ctl {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";
constexpr std::string_view marks = "=<>!{}(),;";
constexpr std::size_t max_depth = 16;  // of includes

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class Scanner {
public:
    Scanner(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    std::vector<MonitToken> run() {
        while (skip()) {
            MonitToken token;
            token.at = {file_, line_};
            const char c = text_[at_];
            if (c == '"' || c == '\'') {
                token.quoted = true;
                token.text = quoted(c);
            } else if (marks.find(c) != std::string_view::npos) {
                token.text = mark();
            } else {
                token.text = word();
            }
            tokens_.push_back(std::move(token));
        }
        return std::move(tokens_);
    }

private:
    // To the next token; false at the end.
    bool skip() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                at_ = std::min(text_.size(), text_.find('\n', at_));
            } else if (blanks.find(c) == std::string_view::npos && c != '\0') {
                return true;
            } else {
                line_ += c == '\n' ? 1 : 0;
                ++at_;
            }
        }
        return false;
    }

    std::string quoted(char mark) {
        std::string out;
        for (++at_; at_ < text_.size() && text_[at_] != mark; ++at_) {
            const char c = text_[at_];
            line_ += c == '\n' ? 1 : 0;
            const bool escaped = c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == mark;
            if (escaped) {
                ++at_;
            }
            out += text_[at_];
        }
        at_ = std::min(text_.size(), at_ + 1);
        return out;
    }

    std::string mark() {
        const char c = text_[at_++];
        const bool twice = (c == '=' || c == '<' || c == '>' || c == '!') && at_ < text_.size() &&
                           text_[at_] == '=';
        if (twice) {
            ++at_;
            return {c, '='};
        }
        return {c};
    }

    // A path or an address goes to the next blank, whatever is in it.
    std::string word() {
        const std::size_t from = at_;
        bool whole = text_[at_] == '/';
        while (at_ < text_.size() && blanks.find(text_[at_]) == std::string_view::npos) {
            whole = whole || text_.substr(at_).starts_with("://");
            if (text_[at_] == '"' || (!whole && marks.find(text_[at_]) != std::string_view::npos)) {
                break;
            }
            ++at_;
        }
        return std::string{text_.substr(from, at_ - from)};
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::vector<MonitToken> tokens_;
};

class Including {
public:
    Including(const MonitFiles& files, std::vector<MonitLeft>& left) : files_(files), left_(left) {}

    void take(const std::string& file, const MonitPlace& from) {
        const bool open = std::find(open_.begin(), open_.end(), file) != open_.end();
        if (open || open_.size() == max_depth || read_ == max_monit_files) {
            left_.push_back({from,
                             "include " + file,
                             open ? "the file includes itself" : "too many files are included"});
            return;
        }
        ++read_;
        const auto text = files_.read(file);
        if (!text || text->size() > max_monit_bytes) {
            left_.push_back({from, file, text ? "the file is over 1 MiB" : "it cannot be read"});
            return;
        }
        open_.push_back(file);
        splice(monit_tokens(*text, file));
        open_.pop_back();
    }

    std::vector<MonitToken> tokens;

private:
    // "include" names a service where one of these stands before it.
    [[nodiscard]] bool is_name() const {
        constexpr std::array<std::string_view, 12> before{"process",
                                                          "file",
                                                          "fifo",
                                                          "filesystem",
                                                          "directory",
                                                          "host",
                                                          "system",
                                                          "program",
                                                          "network",
                                                          "group",
                                                          "on",
                                                          "depends"};
        return !tokens.empty() && std::any_of(before.begin(), before.end(), [this](auto word) {
            return tokens.back().is(word);
        });
    }

    void splice(std::vector<MonitToken> more) {
        for (std::size_t i = 0; i < more.size(); ++i) {
            if (tokens.size() == max_monit_tokens) {
                left_.push_back({more[i].at, more[i].text, "too much: the rest is not read"});
                return;
            }
            if (!more[i].is("include") || is_name() || i + 1 == more.size()) {
                tokens.push_back(std::move(more[i]));
                continue;
            }
            const MonitToken& pattern = more[++i];
            const auto found = files_.glob(pattern.text);
            if (found.empty()) {
                left_.push_back({pattern.at, "include " + pattern.text, "no such file"});
            }
            for (const std::string& file : found) {
                take(file, pattern.at);
            }
        }
    }

    const MonitFiles& files_;
    std::vector<MonitLeft>& left_;
    std::vector<std::string> open_;
    std::size_t read_ = 0;
};

}  // namespace

bool MonitToken::is(std::string_view keyword) const {
    return !quoted && text.size() == keyword.size() &&
           std::equal(text.begin(), text.end(), keyword.begin(), [](char a, char b) {
               return lower(a) == b;
           });
}

std::vector<MonitToken> monit_tokens(std::string_view text, const std::string& file) {
    return Scanner{text, file}.run();
}

std::vector<MonitToken> monit_tokens_of(const std::string& file,
                                        const MonitFiles& files,
                                        std::vector<MonitLeft>& left) {
    Including including{files, left};
    including.take(file, {file, 0});
    return std::move(including.tokens);
}

}  // namespace primum::ctl

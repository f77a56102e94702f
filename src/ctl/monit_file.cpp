// SPDX-License-Identifier: MIT
#include "ctl/monit_file.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace primum::ctl {
namespace {

constexpr std::size_t max_text = 300;
constexpr std::uint32_t max_cycles = 64;  // monit's own bound

constexpr std::array<std::string_view, 9> types{
    "process", "file", "fifo", "filesystem", "directory", "host", "system", "program", "network"};
// What a statement begins with; a test begins with `if`.
constexpr std::array<std::string_view, 18> beginnings{"check",
                                                      "set",
                                                      "if",
                                                      "start",
                                                      "stop",
                                                      "restart",
                                                      "group",
                                                      "depends",
                                                      "depend",
                                                      "mode",
                                                      "every",
                                                      "not",
                                                      "alert",
                                                      "noalert",
                                                      "onreboot",
                                                      "ignore",
                                                      "include",
                                                      "else"};

template <class Words>
bool is_any(const MonitToken& token, const Words& words) {
    return std::any_of(words.begin(), words.end(), [&](auto word) { return token.is(word); });
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

bool ends_test(const MonitToken& token) {
    return token.is("then") || token.is("check") || token.is("set");
}

class Reader {
public:
    explicit Reader(const std::vector<MonitToken>& tokens) : tokens_(tokens) {}

    MonitFile run() {
        while (at_ < tokens_.size()) {
            statement();
        }
        return std::move(file_);
    }

private:
    // Up to the next statement; what stands in braces belongs to this one.
    MonitWords take_statement() {
        MonitWords words{tokens_[at_++]};
        std::size_t depth = 0;
        while (at_ < tokens_.size()) {
            const MonitToken& token = tokens_[at_];
            const bool noisy_on = words.back().is("on") || words.back().is("not") ||
                                  words.back().is("mode") || words.back().is("group");
            if (depth == 0 && !noisy_on && is_any(token, beginnings) && !is_argument(words)) {
                break;
            }
            if (!token.quoted && token.text == "{") {
                ++depth;
            } else if (!token.quoted && token.text == "}" && depth > 0) {
                --depth;
            }
            words.push_back(token);
            ++at_;
        }
        return words;
    }

    // The first word behind these is a name or value, whatever it looks like.
    static bool is_argument(const MonitWords& words) {
        return words.size() == 1 &&
               (words[0].is("onreboot") || words[0].is("set") || words[0].is("alert"));
    }

    void statement() {
        const MonitToken& first = tokens_[at_];
        if (first.is("check")) {
            check();
        } else if (first.is("if")) {
            test();
        } else if (first.is("set")) {
            set(take_statement());
        } else {
            detail(take_statement());
        }
    }

    void leave(const MonitWords& words, std::string why) {
        file_.left.push_back({words.front().at, text_of(words), std::move(why)});
    }

    void set(const MonitWords& words) {
        if (words.size() >= 3 && words[1].is("daemon")) {
            const auto seconds = number_of(words[2].text);
            if (seconds && *seconds > 0 && *seconds <= 86'400) {
                file_.cycle = std::chrono::seconds{*seconds};
                if (words.size() == 3) {
                    return;
                }
            }
        }
        leave(words, "it concerns monit itself");
    }

    void check() {
        MonitWords words{tokens_[at_++]};
        while (at_ < tokens_.size() && words.size() < 3) {
            words.push_back(tokens_[at_++]);  // type and name, whatever they look like
        }
        MonitService service;
        service.at = words.front().at;
        if (words.size() < 3 || !is_any(words[1], types)) {
            in_service_ = false;
            leave(words, "a check of a kind that is not known");
            return;
        }
        service.type = lowered(words[1].text);
        service.name = words[2].text;
        constexpr std::array<std::string_view, 6> places{
            "pidfile", "matching", "path", "address", "interface", "with"};
        while (at_ < tokens_.size() && is_any(tokens_[at_], places)) {
            const bool noise = tokens_[at_++].is("with");
            if (!noise && at_ < tokens_.size()) {
                service.path = tokens_[at_++].text;
            }
        }
        in_service_ = true;
        file_.services.push_back(std::move(service));
    }

    void test() {
        const std::size_t from = at_++;
        MonitTest test;
        test.at = tokens_[from].at;
        while (at_ < tokens_.size() && !ends_test(tokens_[at_])) {
            test.test.push_back(tokens_[at_++]);
        }
        if (at_ + 1 < tokens_.size() && tokens_[at_].is("then")) {
            test.action = lowered(tokens_[at_ + 1].text);
            at_ += 2;
            take_arguments(test.action);
        }
        const MonitWords all{tokens_.begin() + static_cast<std::ptrdiff_t>(from),
                             tokens_.begin() + static_cast<std::ptrdiff_t>(at_)};
        test.text = text_of(all);
        if (!in_service_ || test.action.empty()) {
            leave(all, in_service_ ? "a test without an action" : "a test outside of a check");
            return;
        }
        take_cycles(test);
        file_.services.back().tests.push_back(std::move(test));
        take_else();
    }

    // What is run, as whom, and how often.
    void take_arguments(const std::string& action) {
        if (action == "exec" && at_ < tokens_.size()) {
            ++at_;
        }
        constexpr std::array<std::string_view, 6> more{
            "as", "uid", "gid", "and", "repeat", "every"};
        while (at_ < tokens_.size() && action == "exec" && is_any(tokens_[at_], more)) {
            const bool valued =
                tokens_[at_].is("uid") || tokens_[at_].is("gid") || tokens_[at_].is("every");
            const bool cycles = tokens_[at_].is("every");
            at_ += valued ? 2 : 1;
            if (cycles && at_ < tokens_.size() && lowered(tokens_[at_].text).starts_with("cycle")) {
                ++at_;
            }
        }
        at_ = std::min(at_, tokens_.size());
    }

    void take_else() {
        if (at_ >= tokens_.size() || !tokens_[at_].is("else")) {
            return;
        }
        const std::size_t from = at_++;
        while (at_ < tokens_.size() && !is_any(tokens_[at_], beginnings_of_actions)) {
            if (tokens_[at_].is("check") || tokens_[at_].is("set")) {
                break;
            }
            ++at_;
        }
        if (at_ < tokens_.size() && is_any(tokens_[at_], beginnings_of_actions)) {
            take_arguments(lowered(tokens_[at_++].text));
        }
        leave({tokens_.begin() + static_cast<std::ptrdiff_t>(from),
               tokens_.begin() + static_cast<std::ptrdiff_t>(at_)},
              "what is done after a recovery has no equivalent");
    }

    // Takes "for 3 cycles", "3 times within 5 cycles" off the end of the test.
    static void take_cycles(MonitTest& test) {
        MonitWords words = test.test;
        const auto take = [&words](std::initializer_list<std::string_view> any) {
            const bool there = !words.empty() && is_any(words.back(), any);
            if (there) {
                words.pop_back();
            }
            return there;
        };
        const auto take_number = [&words]() -> std::optional<std::uint32_t> {
            const auto number =
                words.empty() || words.back().quoted ? std::nullopt : number_of(words.back().text);
            if (number) {
                words.pop_back();
            }
            return number;
        };
        if (!take({"cycles", "cycle"})) {
            return;
        }
        const auto cycles = take_number();
        if (!cycles) {
            return;
        }
        test.within = std::clamp(*cycles, 1U, max_cycles);
        test.times = test.within;
        if (!take({"for"}) && take({"within", "with"}) && take({"times", "time"})) {
            const auto times = take_number();
            test.times = std::clamp(times.value_or(test.within), 1U, test.within);
            take({"for"});
        }
        test.test = std::move(words);
    }

    void detail(const MonitWords& words) {
        if (!in_service_) {
            leave(words, "it stands outside of a check");
            return;
        }
        MonitService& service = file_.services.back();
        const MonitToken& first = words.front();
        if (first.is("start") || first.is("stop") || first.is("restart")) {
            program(service, words);
        } else if (first.is("depends") || first.is("depend")) {
            for (std::size_t i = 1; i < words.size(); ++i) {
                if (!words[i].is("on") && words[i].text != ",") {
                    service.depends_on.push_back(words[i]);
                }
            }
        } else if (first.is("mode") && words.size() == 2 &&
                   (words[1].is("passive") || words[1].is("active"))) {
            service.passive = words[1].is("passive");
        } else if (first.is("every") && words.size() == 3 && number_of(words[1].text)) {
            service.every = std::clamp(*number_of(words[1].text), 1U, max_cycles);
        } else if (first.is("group")) {
            leave(words, "there are no groups; name the targets");
        } else if (first.is("alert") || first.is("noalert")) {
            leave(words, "alerts go to Alertmanager or a program of one's own (notify)");
        } else if (first.is("every") || first.is("not")) {
            leave(words, "there are no hours of checking; a hold keeps hands off");
        } else {
            leave(words, "it has no equivalent");
        }
    }

    void program(MonitService& service, const MonitWords& words) {
        std::size_t i = 1;
        while (i < words.size() && (words[i].is("program") || words[i].text == "=")) {
            ++i;
        }
        std::string& to = words.front().is("start")  ? service.start
                          : words.front().is("stop") ? service.stop
                                                     : service.restart;
        to = i < words.size() ? words[i].text : "";
        for (++i; i < words.size(); ++i) {
            const auto seconds = i + 1 < words.size() && words[i].is("timeout")
                                     ? number_of(words[i + 1].text)
                                     : std::nullopt;
            if (seconds && *seconds <= 3'600 && words.front().is("start")) {
                service.start_timeout = std::chrono::seconds{*seconds};
            }
            if (words[i].is("uid") || words[i].is("gid")) {
                leave(words, "systemd starts units as the user that they name");
                return;
            }
        }
    }

    static constexpr std::array<std::string_view, 6> beginnings_of_actions{
        "alert", "restart", "start", "stop", "exec", "unmonitor"};

    const std::vector<MonitToken>& tokens_;
    std::size_t at_ = 0;
    bool in_service_ = false;
    MonitFile file_;
};

}  // namespace

MonitFile read_monit(const std::vector<MonitToken>& tokens) {
    return Reader{tokens}.run();
}

std::string text_of(const MonitWords& words) {
    std::string out;
    for (const MonitToken& word : words) {
        out += out.empty() ? "" : " ";
        out += word.quoted ? "\"" + word.text + "\"" : word.text;
        if (out.size() > max_text) {
            return out.substr(0, max_text) + "...";
        }
    }
    return out;
}

std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

}  // namespace primum::ctl

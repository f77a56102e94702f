// SPDX-License-Identifier: MIT
#include "ctl/push.hpp"

#include "ctl/push_peer.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <istream>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace primum::ctl {
namespace {

constexpr std::size_t most_refusals_kept = 100;

struct Value {
    std::string series;
    double value = 0;
};

std::optional<double> number_of(std::string_view text) {
    if (text == "NaN") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "+Inf" || text == "-Inf") {
        return text.front() == '+' ? std::numeric_limits<double>::infinity()
                                   : -std::numeric_limits<double>::infinity();
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional{value} : std::nullopt;
}

// `SERIES VALUE`: the last word is the value.
std::optional<Value> value_of(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    const auto last = line.find_last_not_of(blanks);
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
    const auto gap = line.find_last_of(blanks);
    if (gap == std::string_view::npos) {
        return std::nullopt;
    }
    const auto number = number_of(line.substr(gap + 1));
    const auto end = line.find_last_not_of(blanks, gap);
    const auto begin = line.find_first_not_of(blanks);
    if (!number || end == std::string_view::npos) {
        return std::nullopt;
    }
    return Value{std::string{line.substr(begin, end + 1 - begin)}, *number};
}

void begin_line(event::JsonWriter& json, std::string_view type, const std::string& source) {
    json.begin_object();
    json.key("v");
    json.value(1);
    json.key("type");
    json.value(type);
    json.key("source");
    json.value(source);
}

std::string sample_line(const std::string& source, const Value& value) {
    std::string line;
    event::JsonWriter json{line};
    begin_line(json, "sample", source);
    json.key("series");
    json.value(value.series);
    json.key("value");
    json.value(value.value);
    json.end_object();
    return line + "\n";
}

std::string samples_line(const std::string& source, const std::vector<Value>& values) {
    std::string line;
    event::JsonWriter json{line};
    begin_line(json, "samples", source);
    json.key("values");
    json.begin_array();
    for (const auto& [series, value] : values) {
        json.begin_array();
        json.value(series);
        json.value(value);
        json.end_array();
    }
    json.end_array();
    json.end_object();
    return line + "\n";
}

// One run of `push`: what was sent, what came back.
class Pushing {
public:
    Pushing(const PushOptions& options, bool json, Surroundings& world)
        : options_(options), json_(json), world_(world) {}

    Exit run() {
        std::vector<Value> values;
        for (std::size_t i = 0; i + 1 < options_.words.size(); i += 2) {
            const auto number = number_of(options_.words[i + 1]);
            if (!number) {
                world_.err << "primumctl: \"" << printable(options_.words[i + 1])
                           << "\" is no number\n";
                return Exit::usage;
            }
            values.push_back({options_.words[i], *number});
        }
        auto peer =
            PushPeer::connect(options_.socket.empty() ? world_.push_socket : options_.socket);
        if (!peer) {
            return failed(peer.error());
        }
        auto sent = options_.words.empty() ? send_input(*peer) : send_values(*peer, values);
        if (sent) {
            sent = peer->finish();
        }
        note(*peer);
        return sent || refused_ > 0 ? told() : failed(sent.error());
    }

private:
    Result<void, PushFailure> send_values(PushPeer& peer, const std::vector<Value>& values) {
        std::string text;
        if (options_.whole) {
            text = samples_line(options_.source, values);
        } else {
            for (const auto& value : values) {
                text += sample_line(options_.source, value);
            }
        }
        lines_ += options_.whole ? 1 : values.size();
        return peer.send(text);
    }

    // A line that is not sent goes as an empty one, so that primumd counts as the input does.
    Result<void, PushFailure> send_input(PushPeer& peer) {
        std::vector<Value> values;
        std::string line;
        std::uint64_t number = 0;
        while (world_.in != nullptr && std::getline(*world_.in, line)) {
            ++number;
            std::string text =
                options_.source.empty() ? line + "\n" : read_input(line, number, values);
            lines_ += text.size() > 1 ? 1 : 0;
            if (auto sent = peer.send(text); !sent) {
                return sent;
            }
            note(peer);
        }
        return options_.whole ? send_values(peer, values) : Result<void, PushFailure>{};
    }

    std::string read_input(const std::string& line,
                           std::uint64_t number,
                           std::vector<Value>& values) {
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string::npos || line[begin] == '#') {
            return "\n";
        }
        auto value = value_of(line);
        if (!value) {
            refuse({number, "bad_input", "SERIES VALUE is expected"});
            return "\n";
        }
        if (options_.whole) {
            values.push_back(std::move(*value));
            return "";
        }
        return sample_line(options_.source, *value);
    }

    void note(PushPeer& peer) {
        for (auto& refused : peer.take_refused()) {
            refuse(std::move(refused));
        }
    }

    void refuse(RefusedLine refused) {
        const bool denied = refused.code == "not_permitted";
        const bool later = refused.code == "too_many_connections" || refused.code == "rate_limited";
        exit_ = denied  ? Exit::denied
                : later ? (exit_ == Exit::ok ? Exit::temporary : exit_)
                        : (exit_ == Exit::denied ? exit_ : Exit::bad_data);
        ++refused_;
        if (!json_) {
            const auto where =
                refused.line > 0 ? fmt::format("line {}: ", refused.line) : std::string{};
            world_.err << "primumctl: " << where << "refused, " << printable(refused.code)
                       << (refused.detail.empty() ? "" : ": ") << printable(refused.detail) << "\n";
        } else if (kept_.size() < most_refusals_kept) {
            kept_.push_back(std::move(refused));
        }
    }

    Exit told() {
        if (!json_) {
            return exit_;
        }
        std::string text;
        event::JsonWriter json{text};
        json.begin_object();
        json.key("v");
        json.value(1);
        json.key("ok");
        json.value(exit_ == Exit::ok);
        json.key("lines");
        json.value(lines_);
        json.key("refused");
        json.value(refused_);
        json.key("refusals");
        json.begin_array();
        for (const auto& [line, code, detail] : kept_) {
            json.begin_object();
            json.key("line");
            json.value(line);
            json.key("refused");
            json.value(code);
            json.key("detail");
            json.value(detail);
            json.end_object();
        }
        json.end_array();
        json.end_object();
        world_.out << text << "\n";
        return exit_;
    }

    Exit failed(const PushFailure& failure) {
        if (json_) {
            std::string text;
            event::JsonWriter json{text};
            json.begin_object();
            json.key("v");
            json.value(1);
            json.key("ok");
            json.value(false);
            json.key("message");
            json.value(failure.message);
            json.end_object();
            world_.out << text << "\n";
        }
        world_.err << "primumctl: " << printable(failure.message) << "\n";
        return failure.exit;
    }

    const PushOptions& options_;
    bool json_;
    Surroundings& world_;
    Exit exit_ = Exit::ok;
    std::uint64_t lines_ = 0;
    std::uint64_t refused_ = 0;
    std::vector<RefusedLine> kept_;
};

}  // namespace

Exit push(const PushOptions& options, bool json, Surroundings& world) {
    return Pushing{options, json, world}.run();
}

}  // namespace primum::ctl

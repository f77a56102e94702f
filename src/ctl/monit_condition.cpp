// SPDX-License-Identifier: MIT
#include "ctl/monit_condition.hpp"

#include "rules/rule_tree.hpp"
#include "rules/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <utility>

namespace primum::ctl {
namespace {

using rules::Node;

constexpr double hysteresis = 0.1;  // a clear threshold is so far from the other

class Words {
public:
    explicit Words(const MonitWords& words) : words_(words) {}

    [[nodiscard]] bool has(std::string_view keyword) const { return find(keyword) != words_.end(); }
    // What stands behind a keyword, "=" and noise left out; empty where there is none.
    [[nodiscard]] std::string behind(std::string_view keyword) const {
        auto word = find(keyword);
        while (word != words_.end() && ++word != words_.end()) {
            if (word->quoted || (word->text != "=" && word->text != "==" && !word->is("the"))) {
                return word->text;
            }
        }
        return {};
    }
    // The first that is one of these.
    [[nodiscard]] std::size_t operator_at() const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const std::string& text = words_[i].text;
            if (!words_[i].quoted && (text == ">" || text == "<" || text == ">=" || text == "<=" ||
                                      words_[i].is("greater") || words_[i].is("gt") ||
                                      words_[i].is("less") || words_[i].is("lt"))) {
                return i;
            }
        }
        return words_.size();
    }
    [[nodiscard]] const MonitWords& all() const { return words_; }

private:
    [[nodiscard]] MonitWords::const_iterator find(std::string_view keyword) const {
        return std::find_if(words_.begin(), words_.end(), [keyword](const MonitToken& word) {
            return word.is(keyword);
        });
    }

    const MonitWords& words_;
};

MonitCondition nothing(std::string why) {
    MonitCondition condition;
    condition.why = std::move(why);
    return condition;
}

// A comparison "> 80 %".
struct Limit {
    double value = 0;
    std::string unit;  // lower case: "%", "mb", "minutes"; may be empty
    bool above = true;
};

std::optional<Limit> limit_of(const Words& words) {
    std::size_t at = words.operator_at();
    if (at >= words.all().size()) {
        return std::nullopt;
    }
    const MonitToken& sign = words.all()[at];
    Limit limit;
    limit.above = sign.text.starts_with('>') || sign.is("greater") || sign.is("gt");
    while (++at < words.all().size() &&
           (words.all()[at].is("than") || words.all()[at].text == "=")) {
    }
    if (at >= words.all().size()) {
        return std::nullopt;
    }
    const std::string& text = words.all()[at].text;
    char* end = nullptr;
    limit.value = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || !std::isfinite(limit.value) || limit.value < 0) {
        return std::nullopt;
    }
    limit.unit = end;
    if (limit.unit.empty() && at + 1 < words.all().size()) {
        limit.unit = words.all()[at + 1].text;
    }
    std::transform(limit.unit.begin(), limit.unit.end(), limit.unit.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return limit;
}

std::optional<double> bytes_of(const Limit& limit) {
    constexpr double kilo = 1024;
    const std::string& unit = limit.unit;
    const double scale =
        unit.empty() || unit.starts_with("b")                               ? 1
        : unit.starts_with("kb") || unit == "k" || unit.starts_with("kilo") ? kilo
        : unit.starts_with("mb") || unit == "m" || unit.starts_with("mega") ? kilo * kilo
        : unit.starts_with("gb") || unit == "g" || unit.starts_with("giga") ? kilo * kilo * kilo
                                                                            : 0;
    return scale == 0 ? std::nullopt : std::optional{limit.value * scale};
}

std::optional<double> seconds_of(const Limit& limit) {
    constexpr double minute = 60;
    constexpr double hour = 3'600;
    constexpr double day = 86'400;
    const std::string& unit = limit.unit;
    const double scale = unit.empty() || unit.starts_with("sec") || unit == "s" ? 1
                         : unit.starts_with("min")                              ? minute
                         : unit.starts_with("hour")                             ? hour
                         : unit.starts_with("day")                              ? day
                                                                                : 0;
    return scale == 0 ? std::nullopt : std::optional{limit.value * scale};
}

Node threshold_of(bool above, double value) {
    Node threshold = rules::table_node(true);
    rules::put(threshold, above ? "above" : "below", rules::number_node(value));
    rules::put(threshold,
               above ? "clear_below" : "clear_above",
               rules::number_node(
                   std::round(value * (above ? 1 - hysteresis : 1 + hysteresis) * 1e6) / 1e6));
    return threshold;
}

Node source_of(std::string_view kind) {
    Node source = rules::table_node(false);
    rules::put(source, "kind", rules::text_node(std::string{kind}));
    return source;
}

MonitCondition gauge(Node source, std::string name, const char* series, Node threshold) {
    MonitCondition condition;
    condition.source = std::move(source);
    condition.name = std::move(name);
    condition.series = rules::text_node(series);
    condition.threshold = std::move(threshold);
    return condition;
}

bool is_printable(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_host(const std::string& host) {
    return !host.empty() && host.size() <= 200 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-';
    });
}

// monit takes every status below 400 for good; these are what servers answer with.
Node good_statuses(const std::string& only) {
    Node statuses;
    statuses.kind = Node::Kind::array;
    const auto number = number_of(only);
    if (number && *number >= 100 && *number <= 599) {
        statuses.items.push_back(rules::integer_node(*number));
        return statuses;
    }
    for (const int status : {200, 201, 202, 203, 204, 206, 301, 302, 303, 304, 307, 308}) {
        statuses.items.push_back(rules::integer_node(status));
    }
    return statuses;
}

// What of a connection test is not asked.
std::string lost_of(const Words& words, const std::string& protocol, bool http) {
    std::string lost;
    const auto add = [&lost](const std::string& what) {
        lost += (lost.empty() ? "" : ", ") + what;
    };
    if (!http && !protocol.empty() && protocol != "default") {
        add("protocol " + protocol + " (only the connection is tried)");
    }
    for (const char* keyword : {"content",
                                "checksum",
                                "certificate",
                                "responsetime",
                                "send",
                                "expect",
                                "retry",
                                "ssl",
                                "tls",
                                "username",
                                "password",
                                "http"}) {
        if (words.has(keyword) && !(http && std::string_view{keyword} == "http")) {
            add(keyword);
        }
    }
    return lost.empty() ? lost : "not asked: " + lost;
}

void read_timeout(const Words& words, MonitCondition& condition) {
    const auto seconds = number_of(words.behind("timeout"));
    if (seconds && *seconds >= 1 && *seconds <= 3'600) {
        condition.timeout = std::chrono::seconds{*seconds};
    }
}

MonitCondition connection(const MonitService& service, const Words& words) {
    if (words.has("unixsocket")) {
        return nothing("a Unix socket is not probed");
    }
    std::string kind = words.behind("type");
    std::transform(kind.begin(), kind.end(), kind.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (kind == "udp") {
        return nothing("UDP is not probed; a dns source asks name servers");
    }
    const auto port = number_of(words.behind("port"));
    std::string host = words.behind("host");
    if (host.empty()) {
        host = service.type == "host" ? service.path : "127.0.0.1";
    }
    if (!port || *port < 1 || *port > 65'535 || !is_host(host)) {
        return nothing("no host and port that can be probed");
    }
    std::string protocol = words.behind("protocol");
    if (protocol.empty()) {
        protocol = words.behind("proto");
    }
    std::transform(protocol.begin(), protocol.end(), protocol.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool tls = protocol == "https" || words.has("ssl") || words.has("tls");
    const bool http = protocol == "http" || protocol == "https" || protocol == "apache-status";
    MonitCondition condition;
    condition.name = fmt::format("port_{}", *port);
    read_timeout(words, condition);
    condition.why = lost_of(words, protocol, http);
    if (!http) {
        condition.source = source_of("tcp");
        rules::put(
            condition.source, "address", rules::text_node(fmt::format("{}:{}", host, *port)));
        return condition;
    }
    const std::string request = words.behind("request");
    const std::string url = fmt::format("{}://{}:{}{}",
                                        tls ? "https" : "http",
                                        host,
                                        *port,
                                        request.starts_with('/') ? request : "/" + request);
    if (!is_printable(url) || !rules::mistake_in_url(url).empty()) {
        return nothing("its request is no part of a URL");
    }
    condition.source = source_of("http");
    rules::put(condition.source, "url", rules::text_node(url));
    rules::put(condition.source, "statuses", good_statuses(words.behind("status")));
    return condition;
}

MonitCondition address(const Words& words) {
    const std::string url = words.behind("url");
    if (url.empty() || url.size() > 1'000 || !is_printable(url) ||
        !rules::mistake_in_url(url).empty()) {
        return nothing("no URL that can be probed (without user and password)");
    }
    MonitCondition condition;
    condition.name = "url";
    condition.source = source_of("http");
    rules::put(condition.source, "url", rules::text_node(url));
    rules::put(condition.source, "statuses", good_statuses(words.behind("status")));
    read_timeout(words, condition);
    condition.why = lost_of(words, "http", true);
    return condition;
}

bool is_plain_path(const std::string& path) {
    return is_printable(path) && path.size() > 1 && path.size() < 1'000 && path.front() == '/' &&
           path.back() != '/' && path.find("//") == std::string::npos &&
           path.find("/.") == std::string::npos;
}

MonitCondition of_file(const MonitService& service, const Words& words) {
    const auto limit = limit_of(words);
    if (!is_plain_path(service.path) || !limit || words.has("changed")) {
        return nothing("what a file is and whose it is, is not judged");
    }
    Node source = source_of("file");
    rules::put(source, "path", rules::text_node(service.path));
    rules::put(source, "look", rules::text_node("age"));
    const auto age = seconds_of(*limit);
    if ((words.has("timestamp") || words.has("mtime") || words.has("time")) && age &&
        limit->above) {
        return gauge(std::move(source), "age", "file_age_seconds", threshold_of(true, *age));
    }
    const auto bytes = bytes_of(*limit);
    if (words.has("size") && bytes) {
        return gauge(
            std::move(source), "size", "file_size_bytes", threshold_of(limit->above, *bytes));
    }
    return nothing("what a file is and whose it is, is not judged");
}

MonitCondition of_filesystem(const MonitService& service, const Words& words) {
    const auto limit = limit_of(words);
    const bool space = words.has("space");
    const bool inodes = words.has("inode") || words.has("inodes");
    if (!limit || !(space || inodes) || limit->unit != "%") {
        return nothing("only the share of space and inodes in use is judged");
    }
    if (service.path.starts_with("/dev/") ||
        !(service.path == "/" || is_plain_path(service.path))) {
        return nothing(
            "its mount point is needed, not the device: kind = \"file\", look = \"mount\"");
    }
    Node source = source_of("file");
    rules::put(source, "path", rules::text_node(service.path));
    rules::put(source, "look", rules::text_node("mount"));
    const bool free = words.has("free");
    if (limit->value <= 0 || limit->value >= 100 || limit->above == free) {
        return nothing("only too much in use, or too little left, is judged");
    }
    const double left = free ? limit->value / 100 : 1 - limit->value / 100;
    return gauge(std::move(source),
                 space ? "space" : "inodes",
                 space ? "mount_available_ratio" : "mount_available_inodes_ratio",
                 threshold_of(false, std::round(left * 1e6) / 1e6));
}

MonitCondition of_process(const Words& words, const std::string& unit) {
    const auto limit = limit_of(words);
    const auto bytes = limit ? bytes_of(*limit) : std::nullopt;
    const bool memory = words.has("totalmem") || words.has("mem") || words.has("memory");
    if (unit.empty() || !memory || !bytes || !limit->above || limit->unit == "%" ||
        limit->unit.empty()) {
        return nothing(words.has("cpu")
                           ? "monit's share of all CPUs has no equivalent; a cgroup source counts "
                             "CPU seconds of the unit"
                           : "it has no equivalent; a cgroup source knows memory, CPU and tasks of "
                             "the unit");
    }
    Node source = source_of("cgroup");
    rules::put(source, "unit", rules::text_node(unit));
    return gauge(
        std::move(source), "memory", "cgroup_memory_current_bytes", threshold_of(true, *bytes));
}

}  // namespace

MonitCondition monit_condition(const MonitService& service,
                               const MonitTest& test,
                               const std::string& unit) {
    const Words words{test.test};
    if (words.has("succeeded")) {
        return nothing("that something answers is no illness here");
    }
    if (words.has("failed") && words.has("url")) {
        return address(words);
    }
    if (words.has("failed") && (words.has("port") || words.has("unixsocket"))) {
        return connection(service, words);
    }
    if (words.has("ping") || words.has("icmp")) {
        return nothing("there is no ping; a tcp or http source asks what matters");
    }
    if (service.type == "file") {
        return of_file(service, words);
    }
    if (service.type == "filesystem") {
        return of_filesystem(service, words);
    }
    if (service.type == "process") {
        return of_process(words, unit);
    }
    if (service.type == "system") {
        return nothing("load is no illness by itself; a pressure source tells stalls of the host");
    }
    return nothing("it has no equivalent");
}

}  // namespace primum::ctl

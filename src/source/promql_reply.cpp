// SPDX-License-Identifier: MIT
#include "source/promql_reply.hpp"

#include "source/series_reader.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <simdjson.h>

namespace primum::source {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t max_depth = 16;
constexpr std::size_t max_name = 256;     // bytes
constexpr std::size_t max_labels = 4096;  // bytes of all labels of a series
constexpr std::size_t max_message = 300;  // bytes of the server's own words

// What came does not fit the format: caught where reading began.
struct Unfit {
    std::string place;
    std::string why;
};

[[noreturn]] void refuse(std::string place, std::string why) {
    throw Unfit{std::move(place), std::move(why)};
}

// The server's words, on one line and cut.
std::string plain(std::string_view words) {
    std::string text;
    for (const char c : words.substr(0, max_message)) {
        text += c < 0x20 || c == 0x7f ? ' ' : c;
    }
    return text;
}

template <class T>
T as(dom::element element, const std::string& place, std::string_view what) {
    T value;
    if (element.get(value) != simdjson::SUCCESS) {
        refuse(place, fmt::format("{} is expected", what));
    }
    return value;
}

template <class T>
T member(dom::object object,
         std::string_view key,
         const std::string& place,
         std::string_view what) {
    dom::element element;
    const auto path = place.empty() ? std::string{key} : fmt::format("{}.{}", place, key);
    if (object.at_key(key).get(element) != simdjson::SUCCESS) {
        refuse(path, fmt::format("{} is expected", what));
    }
    return as<T>(element, path, what);
}

std::string_view string_in(dom::object object, std::string_view key, const std::string& place) {
    return member<std::string_view>(object, key, place, "a string");
}

// As Go writes it.
double number_of(std::string_view text, const std::string& place) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (text == "NaN") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "+Inf" || text == "-Inf") {
        return text.front() == '+' ? infinity : -infinity;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
        !std::isfinite(value)) {
        refuse(place, "a number is expected");
    }
    return value;
}

// [seconds, "value"].
PromqlSample sample_of(dom::element element, const std::string& place) {
    const auto pair = as<dom::array>(element, place, "a pair of time and value");
    if (pair.size() != 2) {
        refuse(place, "a pair of time and value is expected");
    }
    PromqlSample sample;
    sample.at = as<double>(pair.at(0), place + "[0]", "a time");
    const auto text = as<std::string_view>(pair.at(1), place + "[1]", "a number in a string");
    sample.value = number_of(text, place + "[1]");
    return sample;
}

bool is_label(std::string_view name) {
    return !name.empty() && starts_label(name.front()) && name.size() <= max_name &&
           std::all_of(
               name.begin(), name.end(), [](char c) { return starts_label(c) || is_digit(c); });
}

// Labels in the order of the answer: Prometheus sorts them.
std::string labels_of(dom::object metric, const std::string& place) {
    std::string labels;
    for (const auto [name, element] : metric) {
        const auto value =
            as<std::string_view>(element, fmt::format("{}.{}", place, plain(name)), "a string");
        if (name == "__name__") {
            continue;
        }
        if (!is_label(name)) {
            refuse(place, "no label has such a name");
        }
        if (labels.size() + value.size() > max_labels) {
            refuse(place, fmt::format("the labels are over {} bytes", max_labels));
        }
        labels += labels.empty() ? '{' : ',';
        labels += name;
        labels += "=\"";
        for (const char c : value) {
            if (c == '\\' || c == '"') {
                labels += '\\';
            }
            if (c == '\n') {
                labels += "\\n";
            } else {
                labels += c;
            }
        }
        labels += '"';
    }
    if (!labels.empty()) {
        labels += '}';
    }
    return labels;
}

PromqlSample vector_sample(dom::element element, const std::string& place) {
    const auto entry = as<dom::object>(element, place, "an object");
    dom::element histogram;
    if (entry.at_key("histogram").get(histogram) == simdjson::SUCCESS) {
        refuse(place, std::string{native_histogram});
    }
    const auto metric = member<dom::object>(entry, "metric", place, "an object");
    dom::element value;
    if (entry.at_key("value").get(value) != simdjson::SUCCESS) {
        refuse(place + ".value", "a pair of time and value is expected");
    }
    auto sample = sample_of(value, place + ".value");
    sample.labels = labels_of(metric, place + ".metric");
    return sample;
}

void read_data(dom::object data, PromqlReply& reply) {
    const auto type = string_in(data, "resultType", "data");
    dom::element result;
    if (data.at_key("result").get(result) != simdjson::SUCCESS) {
        refuse("data.result", "a result is expected");
    }
    if (type == "scalar") {
        reply.samples.push_back(sample_of(result, "data.result"));
        return;
    }
    if (type != "vector") {
        refuse("data.resultType",
               fmt::format("the result is a {}; a vector or a scalar is expected", plain(type)));
    }
    std::size_t i = 0;
    for (const auto element : as<dom::array>(result, "data.result", "an array")) {
        reply.samples.push_back(vector_sample(element, fmt::format("data.result[{}]", i++)));
    }
}

void read_warning(dom::object root, PromqlReply& reply) {
    dom::element warnings;
    if (root.at_key("warnings").get(warnings) != simdjson::SUCCESS || warnings.is_null()) {
        return;
    }
    for (const auto element : as<dom::array>(warnings, "warnings", "an array")) {
        if (reply.warning.empty()) {
            reply.warning = plain(as<std::string_view>(element, "warnings[0]", "a string"));
            reply.warning += reply.warning.empty() ? "a warning without words" : "";
        }
    }
}

PromqlError error_of(dom::object root, long status) {
    const auto type = string_in(root, "errorType", "");
    const auto words = string_in(root, "error", "");
    return {type == "timeout" ? SourceFailure::timeout : SourceFailure::http_status,
            fmt::format("HTTP status {}: {}: {}", status, plain(type), plain(words))};
}

}  // namespace

class PromqlReader::Impl {
public:
    Result<PromqlReply, PromqlError> read(std::string_view body, long status) {
        try {
            return read_whole(body, status);
        } catch (const Unfit& unfit) {
            // Whoever answers with another status and no such reply is no Prometheus server.
            if (status != 200) {
                return fail(
                    PromqlError{SourceFailure::http_status, fmt::format("HTTP status {}", status)});
            }
            return fail(PromqlError{
                SourceFailure::parse,
                unfit.place.empty() ? unfit.why : fmt::format("{}: {}", unfit.place, unfit.why)});
        } catch (const simdjson::simdjson_error& error) {
            return fail(PromqlError{SourceFailure::parse, error.what()});
        }
    }

private:
    Result<PromqlReply, PromqlError> read_whole(std::string_view body, long status) {
        dom::element element;
        if (parser_.max_depth() != max_depth || parser_.capacity() < body.size()) {
            PRIMUM_CHECK(parser_.allocate(body.size(), max_depth) == simdjson::SUCCESS);
        }
        const auto code = parser_.parse(body.data(), body.size()).get(element);
        if (code != simdjson::SUCCESS) {
            refuse("", fmt::format("no JSON: {}", simdjson::error_message(code)));
        }
        const auto root = as<dom::object>(element, "", "an object");
        const auto outcome = string_in(root, "status", "");
        if (outcome == "error") {
            return fail(error_of(root, status));
        }
        if (outcome != "success") {
            refuse("status", "success or error is expected");
        }
        if (status != 200) {
            refuse("status", "success with another HTTP status");
        }
        PromqlReply reply;
        read_data(member<dom::object>(root, "data", "", "an object"), reply);
        read_warning(root, reply);
        return reply;
    }

    dom::parser parser_;
};

PromqlReader::PromqlReader() : impl_(std::make_unique<Impl>()) {}

PromqlReader::~PromqlReader() = default;

Result<PromqlReply, PromqlError> PromqlReader::read(std::string_view body, long status) {
    return impl_->read(body, status);
}

bool is_plain_selector(std::string_view query) {
    const auto from = query.find_first_not_of(" \t\n\r");
    const auto to = query.find_last_not_of(" \t\n\r");
    if (from == std::string_view::npos) {
        return false;
    }
    query = query.substr(from, to - from + 1);
    const char* const end = query.data() + query.size();
    const char* at = skip_name(query.data(), end);
    const std::string_view name{query.data(), static_cast<std::size_t>(at - query.data())};
    if (name.size() == 3) {
        for (const std::string_view number : {"inf", "nan"}) {
            if ((name[0] | 0x20) == number[0] && (name[1] | 0x20) == number[1] &&
                (name[2] | 0x20) == number[2]) {
                return false;
            }
        }
    }
    at = skip_blanks(at, end);
    if (at == end) {
        return !name.empty();
    }
    if (*at != '{') {
        return false;
    }
    char quote = '\0';
    for (++at; at != end; ++at) {
        if (quote != '\0') {
            if (*at == '\\' && quote != '`' && at + 1 != end) {
                ++at;
            } else if (*at == quote) {
                quote = '\0';
            }
        } else if (*at == '"' || *at == '\'' || *at == '`') {
            quote = *at;
        } else if (*at == '}') {
            return at + 1 == end;
        }
    }
    return false;
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "remedy/way_back.hpp"

#include "event/json_writer.hpp"

#include <primum/names.hpp>

#include <optional>
#include <type_traits>
#include <utility>

#include <simdjson.h>

namespace primum::remedy {
namespace {

using event::JsonWriter;

template <class T>
void put(JsonWriter& json, std::string_view key, const T& value) {
    json.key(key);
    json.value(value);
}

void put_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    json.key(key);
    json.begin_array();
    for (const auto& text : texts) {
        json.value(text);
    }
    json.end_array();
}

void write_call(JsonWriter& /*json*/, const std::monostate& /*none*/) {}

void write_call(JsonWriter& json, const ExecBack& call) {
    json.key("exec");
    json.begin_object();
    put_list(json, "run", call.run);
    put(json, "user", call.user);
    put_list(json, "writes", call.writes);
    put(json, "memory", call.memory);
    put(json, "tasks", call.tasks);
    json.end_object();
}

void write_call(JsonWriter& json, const HttpCall& call) {
    json.key("http");
    json.begin_object();
    put(json, "method", call.method);
    put(json, "url", call.url);
    put(json, "body", call.body);
    put(json, "content_type", call.content_type);
    json.end_object();
}

// A number with a point is written as an object, so that it is read as one again.
void write_call(JsonWriter& json, const DbusCall& call) {
    json.key("dbus_call");
    json.begin_object();
    put(json, "destination", call.destination);
    put(json, "path", call.path);
    put(json, "interface", call.interface);
    put(json, "member", call.member);
    put(json, "signature", call.signature);
    json.key("arguments");
    json.begin_array();
    for (const auto& argument : call.arguments) {
        std::visit(
            [&json](const auto& value) {
                if constexpr (std::is_same_v<std::decay_t<decltype(value)>, double>) {
                    json.begin_object();
                    put(json, "double", value);
                    json.end_object();
                } else {
                    json.value(value);
                }
            },
            argument);
    }
    json.end_array();
    json.end_object();
}

// Reads members; remembers the first that is missing or ill-typed.
class Reader {
public:
    Reader(simdjson::dom::object object, std::string& bad) : object_(object), bad_(bad) {}

    template <class T>
    T get(std::string_view key) {
        T value{};
        note(key, object_.at_key(key).get(value));
        return value;
    }
    std::string text(std::string_view key) { return std::string(get<std::string_view>(key)); }
    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> all;
        each(key, [&](simdjson::dom::element element) {
            std::string_view value;
            note(key, element.get(value));
            all.emplace_back(value);
        });
        return all;
    }
    template <class Take>
    void each(std::string_view key, Take take) {
        simdjson::dom::array array;
        const auto code = object_.at_key(key).get(array);
        note(key, code);
        if (code == simdjson::SUCCESS) {
            for (const auto element : array) {
                take(element);
            }
        }
    }
    std::optional<Reader> maybe(std::string_view key) {
        simdjson::dom::object inner;
        if (object_.at_key(key).get(inner) != simdjson::SUCCESS) {
            return std::nullopt;
        }
        return Reader{inner, bad_};
    }
    void note(std::string_view key, simdjson::error_code code) {
        if (code != simdjson::SUCCESS && bad_.empty()) {
            bad_ = std::string(key);
        }
    }

private:
    simdjson::dom::object object_;
    std::string& bad_;
};

ExecBack read_exec(Reader reader) {
    ExecBack call;
    call.run = reader.texts("run");
    call.user = reader.text("user");
    call.writes = reader.texts("writes");
    call.memory = reader.get<std::uint64_t>("memory");
    call.tasks = static_cast<std::uint32_t>(reader.get<std::uint64_t>("tasks"));
    return call;
}

HttpCall read_http(Reader reader) {
    return {reader.text("method"),
            reader.text("url"),
            reader.text("body"),
            reader.text("content_type")};
}

DbusArgument read_argument(Reader& reader, simdjson::dom::element element) {
    std::string_view text;
    std::int64_t number = 0;
    bool flag = false;
    double real = 0;
    if (element.get(text) == simdjson::SUCCESS) {
        return std::string(text);
    }
    if (element.get(flag) == simdjson::SUCCESS) {
        return flag;
    }
    if (element.get(number) == simdjson::SUCCESS) {
        return number;
    }
    reader.note("arguments", element.at_key("double").get(real));
    return real;
}

DbusCall read_dbus(Reader reader) {
    DbusCall call;
    call.destination = reader.text("destination");
    call.path = reader.text("path");
    call.interface = reader.text("interface");
    call.member = reader.text("member");
    call.signature = reader.text("signature");
    reader.each("arguments", [&](simdjson::dom::element element) {
        call.arguments.push_back(read_argument(reader, element));
    });
    return call;
}

void read_files(Reader& reader, std::string& bad, WayBackRecord& record) {
    reader.each("files", [&](simdjson::dom::element element) {
        simdjson::dom::object object;
        const auto code = element.get(object);
        reader.note("files", code);
        if (code == simdjson::SUCCESS) {
            Reader file(object, bad);
            record.files.push_back({file.text("path"), file.text("before"), file.text("after")});
        }
    });
}

}  // namespace

std::string write_way_back(const WayBackRecord& record) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    put(json, "action", record.action);
    put(json, "target", record.target);
    put(json, "unit", record.unit);
    json.key("files");
    json.begin_array();
    for (const auto& file : record.files) {
        json.begin_object();
        put(json, "path", file.path);
        put(json, "before", file.before);
        put(json, "after", file.after);
        json.end_object();
    }
    json.end_array();
    std::visit([&json](const auto& call) { write_call(json, call); }, record.call);
    put(json, "then", name_of(record.then));
    put(json, "timeout_us", std::int64_t{record.timeout.count()});
    put(json, "by_hand", record.by_hand);
    json.end_object();
    return out;
}

Result<WayBackRecord, WayBackError> read_way_back(std::string_view text) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(text);
    simdjson::dom::object object;
    if (parser.parse(padded).get(object) != simdjson::SUCCESS) {
        return fail(WayBackError{"a way back must be one JSON object"});
    }
    std::string bad;
    Reader reader(object, bad);
    WayBackRecord record;
    record.action = reader.text("action");
    record.target = reader.text("target");
    record.unit = reader.text("unit");
    read_files(reader, bad, record);
    if (const auto exec = reader.maybe("exec")) {
        record.call = read_exec(*exec);
    } else if (const auto http = reader.maybe("http")) {
        record.call = read_http(*http);
    } else if (const auto dbus = reader.maybe("dbus_call")) {
        record.call = read_dbus(*dbus);
    }
    const auto then = from_name<Then>(reader.text("then"));
    record.then = then.value_or(Then::nothing);
    record.timeout = Duration{reader.get<std::int64_t>("timeout_us")};
    record.by_hand = reader.get<bool>("by_hand");
    if (!then.has_value()) {
        reader.note("then", simdjson::INCORRECT_TYPE);
    }
    if (!bad.empty()) {
        return fail(WayBackError{"member \"" + bad + "\" is missing or of the wrong kind"});
    }
    return record;
}

}  // namespace primum::remedy

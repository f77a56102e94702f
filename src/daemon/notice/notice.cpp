// SPDX-License-Identifier: MIT
#include "daemon/notice/notice.hpp"

#include "event/json_writer.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <simdjson.h>

namespace primum::notice {
namespace {

using event::JsonWriter;

constexpr std::string_view alert_prefix = "alert/";
constexpr std::string_view page_prefix = "page/";

void put(JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key);
    json.value(text.substr(0, max_text_bytes));
}

// Reads the members of one object; false once one was missing or of another kind.
class Reader {
public:
    explicit Reader(const std::string& body) {
        simdjson::dom::element root;
        sound_ = parser_.parse(body).get(root) == simdjson::SUCCESS &&
                 root.get(object_) == simdjson::SUCCESS;
    }
    template <class T>
    void read(std::string_view key, T& out) {
        if (!sound_) {
            return;
        }
        const auto member = object_.at_key(key);
        if constexpr (std::is_same_v<T, std::string>) {
            std::string_view text;
            sound_ = member.get(text) == simdjson::SUCCESS;
            out.assign(text);
        } else if constexpr (std::is_same_v<T, WallTime>) {
            std::int64_t us = 0;
            sound_ = member.get(us) == simdjson::SUCCESS;
            out = wall_from_us(us);
        } else if constexpr (std::is_enum_v<T>) {
            std::string_view name;
            sound_ = member.get(name) == simdjson::SUCCESS && from_name<T>(name).has_value();
            out = sound_ ? *from_name<T>(name) : T{};
        } else if constexpr (std::is_same_v<T, std::uint32_t>) {
            std::uint64_t number = 0;
            sound_ = member.get(number) == simdjson::SUCCESS && number <= UINT32_MAX;
            out = static_cast<std::uint32_t>(number);
        } else {
            sound_ = member.get(out) == simdjson::SUCCESS;
        }
    }
    [[nodiscard]] bool sound() const { return sound_; }

private:
    simdjson::dom::parser parser_;
    simdjson::dom::object object_;
    bool sound_ = false;
};

}  // namespace

// A breaker has no incident of its own: it is reset by a person, whatever became of its incident.
std::string key_of(const Alert& alert) {
    return fmt::format("{}{}/{}",
                       alert_prefix,
                       name_of(alert.kind),
                       alert.incident == 0 ? alert.target : std::to_string(alert.incident));
}

std::string key_of(const Page& page) {
    return fmt::format("{}{:020}", page_prefix, page.number);
}

Row kept(const Alert& alert) {
    Row row{key_of(alert), {}};
    JsonWriter json{row.body};
    json.begin_object();
    put(json, "kind", name_of(alert.kind));
    json.key("incident");
    json.value(alert.incident);
    put(json, "target", alert.target);
    put(json, "unit", alert.unit);
    put(json, "text", alert.text);
    json.key("starts_us");
    json.value(to_us(alert.starts));
    json.key("ends_us");
    json.value(to_us(alert.ends));
    json.key("told");
    json.value(alert.told);
    json.end_object();
    return row;
}

Row kept(const Page& page) {
    Row row{key_of(page), {}};
    JsonWriter json{row.body};
    json.begin_object();
    json.key("number");
    json.value(page.number);
    put(json, "kind", name_of(page.kind));
    json.key("incident");
    json.value(page.incident);
    put(json, "target", page.target);
    put(json, "unit", page.unit);
    put(json, "level", name_of(page.level));
    put(json, "reason", page.reason);
    put(json, "text", page.text);
    json.key("at_us");
    json.value(to_us(page.at));
    json.key("tries");
    json.value(page.tries);
    json.key("done");
    json.value(page.done);
    json.key("only_counted");
    json.value(page.only_counted);
    json.end_object();
    return row;
}

std::optional<Alert> alert_of(const Row& row) {
    Alert alert;
    if (!row.key.starts_with(alert_prefix)) {
        return std::nullopt;
    }
    Reader reader{row.body};
    reader.read("kind", alert.kind);
    reader.read("incident", alert.incident);
    reader.read("target", alert.target);
    reader.read("unit", alert.unit);
    reader.read("text", alert.text);
    reader.read("starts_us", alert.starts);
    reader.read("ends_us", alert.ends);
    reader.read("told", alert.told);
    return reader.sound() ? std::optional{std::move(alert)} : std::nullopt;
}

std::optional<Page> page_of(const Row& row) {
    Page page;
    if (!row.key.starts_with(page_prefix)) {
        return std::nullopt;
    }
    Reader reader{row.body};
    reader.read("number", page.number);
    reader.read("kind", page.kind);
    reader.read("incident", page.incident);
    reader.read("target", page.target);
    reader.read("unit", page.unit);
    reader.read("level", page.level);
    reader.read("reason", page.reason);
    reader.read("text", page.text);
    reader.read("at_us", page.at);
    reader.read("tries", page.tries);
    reader.read("done", page.done);
    reader.read("only_counted", page.only_counted);
    return reader.sound() ? std::optional{std::move(page)} : std::nullopt;
}

std::string page_json(const Page& page, const Origin& origin) {
    std::string body;
    JsonWriter json{body};
    json.begin_object();
    json.key("version");
    json.value(std::uint32_t{1});
    // The same when it is sent again, also by another run of primumd.
    put(json, "id", fmt::format("{}-{}-{}", page.incident, name_of(page.kind), to_us(page.at)));
    put(json, "host", origin.host);
    put(json, "kind", name_of(page.kind));
    put(json, "severity", name_of(facts_of(page.kind).gravity));
    put(json, "target", page.target);
    put(json, "unit", page.unit);
    json.key("incident");
    json.value(page.incident);
    put(json, "level", name_of(page.level));
    put(json, "reason", page.reason);
    put(json, "text", page.text);
    put(json, "at", rfc3339(page.at));
    put(json, "runbook_url", runbook_of(origin, page.kind));
    put(json, "status_url", origin.status_url);
    json.end_object();
    return body;
}

std::string rfc3339(WallTime at) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(Duration{to_us(at)});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                       (ms - seconds).count());
}

std::string runbook_of(const Origin& origin, NoticeKind kind) {
    if (origin.runbook.empty() || facts_of(kind).alert.empty()) {
        return origin.runbook;
    }
    std::string name{facts_of(kind).alert};
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return origin.runbook + '#' + name;
}

}  // namespace primum::notice

// SPDX-License-Identifier: MIT
#include "event/event_json.hpp"

#include "event/describe_event.hpp"
#include "event/field_writer.hpp"

#include <variant>

namespace primum::event {

std::string write_event(const Event& event) {
    std::string line;
    line.reserve(256);
    JsonWriter json{line};
    json.begin_object();
    json.key("v");
    json.value(1);
    json.key("t_us");
    json.value(to_us(event.at.t));
    json.key("wall_us");
    json.value(to_us(event.at.wall));
    json.key("type");
    json.value(event_types.at(event.body.index()));
    FieldWriter fields{json, Defaults::omit};
    std::visit([&fields](const auto& body) { describe(fields, body); }, event.body);
    json.end_object();
    return line;
}

}  // namespace primum::event

// SPDX-License-Identifier: MIT
#include "bus/vtable.hpp"

#include <cstring>
#include <utility>

namespace primum::bus {
namespace {

// sd-bus wants what is not used to be zero, which an initialiser of a union does not promise.
sd_bus_vtable row(std::uint8_t type, std::uint64_t flags) {
    sd_bus_vtable made;
    std::memset(&made, 0, sizeof made);
    made.type = type;
    made.flags = flags;
    return made;
}

}  // namespace

Vtable::Vtable() {
    sd_bus_vtable start = row(_SD_BUS_VTABLE_START, 0);
    start.x.start.element_size = sizeof(sd_bus_vtable);
    start.x.start.features = _SD_BUS_VTABLE_PARAM_NAMES;
    start.x.start.vtable_format_reference = &sd_bus_object_vtable_format;
    rows_.push_back(start);
}

const char* Vtable::keep(std::string text) {
    return texts_.emplace_back(std::move(text)).c_str();
}

void Vtable::method(const std::string& name,
                    const std::string& in,
                    const std::string& out,
                    const std::vector<std::string>& names,
                    sd_bus_message_handler_t handler) {
    std::string all;
    for (const std::string& each : names) {
        all += each + '\0';
    }
    sd_bus_vtable method = row(_SD_BUS_VTABLE_METHOD, SD_BUS_VTABLE_UNPRIVILEGED);
    method.x.method.member = keep(name);
    method.x.method.signature = keep(in);
    method.x.method.result = keep(out);
    method.x.method.handler = handler;
    method.x.method.names = keep(std::move(all));
    rows_.push_back(method);
}

void Vtable::property(const std::string& name,
                      const std::string& type,
                      sd_bus_property_get_t get,
                      bool constant) {
    sd_bus_vtable property =
        row(_SD_BUS_VTABLE_PROPERTY,
            constant ? SD_BUS_VTABLE_PROPERTY_CONST : SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE);
    property.x.property.member = keep(name);
    property.x.property.signature = keep(type);
    property.x.property.get = get;
    rows_.push_back(property);
}

const sd_bus_vtable* Vtable::finish() {
    rows_.push_back(row(_SD_BUS_VTABLE_END, 0));
    return rows_.data();
}

}  // namespace primum::bus

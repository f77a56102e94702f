// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <systemd/sd-bus.h>

namespace primum::bus {

// An interface as sd-bus wants it, row by row; must outlive its registration and not be copied.
// Signatures and names as in sd-bus-vtable.h.
class Vtable {
public:
    Vtable();
    Vtable(const Vtable&) = delete;
    Vtable& operator=(const Vtable&) = delete;

    // Anybody may call it: who may do what it does is for the handler to find out. `names` are
    // those of the arguments, then those of the results.
    void method(const std::string& name,
                const std::string& in,
                const std::string& out,
                const std::vector<std::string>& names,
                sd_bus_message_handler_t handler);
    void property(const std::string& name,
                  const std::string& type,
                  sd_bus_property_get_t get,
                  bool constant);

    // No row can be added afterwards.
    [[nodiscard]] const sd_bus_vtable* finish();

private:
    const char* keep(std::string text);

    std::deque<std::string> texts_;
    std::vector<sd_bus_vtable> rows_;
};

// One registration with a bus; letting go of it ends it.
class BusSlot {
public:
    BusSlot() = default;
    explicit BusSlot(sd_bus_slot* slot) : slot_(slot) {}
    ~BusSlot() { sd_bus_slot_unref(slot_); }
    BusSlot(const BusSlot&) = delete;
    BusSlot& operator=(const BusSlot&) = delete;

    [[nodiscard]] sd_bus_slot** fill() { return &slot_; }

private:
    sd_bus_slot* slot_ = nullptr;
};

}  // namespace primum::bus

// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/manager.hpp"
#include "systemd/properties.hpp"
#include "systemd/stop_walk.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

// systemd's answers about one unit, as ours.
namespace primum::systemd {

// nullptr: the answer came, and could not be read.
[[nodiscard]] ManagerError error_of(const sdbus::Error* error);
// From all properties of the interface Unit.
void read_unit(const PropertyMap& properties, UnitFacts& facts);
[[nodiscard]] UnitLinks read_links(const PropertyMap& properties, const std::string& unit);

// The parts of one facts() as they arrive.
struct FactsGathering {
    UnitFacts facts;
    PropertyMap service;
    std::optional<ManagerError> failed;
    std::size_t left = 0;
    std::function<void(ManagerResult<UnitFacts>)> done;

    void finish();
};

}  // namespace primum::systemd

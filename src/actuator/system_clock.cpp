// SPDX-License-Identifier: MIT
#include "actuator/system_clock.hpp"

#include <primum/check.hpp>

#include <cstdint>
#include <ctime>
#include <fstream>

namespace primum::actuator {
namespace {

std::int64_t read_us(clockid_t id) {
    timespec now{};
    PRIMUM_CHECK(::clock_gettime(id, &now) == 0);
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

Stamp SystemClock::now() const {
    return {instant_from_us(read_us(CLOCK_MONOTONIC)), wall_from_us(read_us(CLOCK_REALTIME))};
}

std::string read_boot_id() {
    std::ifstream in("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(in, id);
    return id;
}

}  // namespace primum::actuator

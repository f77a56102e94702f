// SPDX-License-Identifier: MIT
#include "systemd/machine.hpp"

#include <array>

#include <systemd/sd-id128.h>

namespace primum::systemd {
namespace {

constexpr sd_id128_t application =
    SD_ID128_MAKE(a1, e9, be, 0c, 6b, 94, 47, b7, ac, 3c, 4d, 23, 15, 6d, e5, 45);

}  // namespace

std::string machine_key() {
    sd_id128_t key{};
    if (::sd_id128_get_machine_app_specific(application, &key) < 0) {
        return {};
    }
    std::array<char, SD_ID128_STRING_MAX> text{};
    return ::sd_id128_to_string(key, text.data());
}

}  // namespace primum::systemd

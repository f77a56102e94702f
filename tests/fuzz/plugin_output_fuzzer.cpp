// SPDX-License-Identifier: MIT
#include "plugin_output.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    primum::fuzz::take_plugin_output({data, size});
    return 0;
}

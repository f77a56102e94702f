// SPDX-License-Identifier: MIT
#include "push_lines.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    primum::fuzz::take_push_lines({data, size});
    return 0;
}

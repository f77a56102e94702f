// SPDX-License-Identifier: MIT
#include "frames.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    primum::fuzz::take_frames({data, size});
    return 0;
}

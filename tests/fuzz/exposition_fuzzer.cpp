// SPDX-License-Identifier: MIT
#include "exposition.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    primum::fuzz::take_pages({data, size});
    return 0;
}

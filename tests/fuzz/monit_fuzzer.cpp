// SPDX-License-Identifier: MIT
#include "monit.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    primum::fuzz::take_monit({data, size});
    return 0;
}

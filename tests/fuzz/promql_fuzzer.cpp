// SPDX-License-Identifier: MIT
#include "promql.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    primum::fuzz::take_promql({data, size});
    return 0;
}

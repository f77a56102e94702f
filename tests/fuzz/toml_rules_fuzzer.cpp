// SPDX-License-Identifier: MIT
#include "toml_rules.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    primum::fuzz::take_rules({data, size});
    return 0;
}

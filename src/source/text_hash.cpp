// SPDX-License-Identifier: MIT
#include "source/text_hash.hpp"

#include <sys/random.h>

namespace primum::source {

std::uint64_t hash_seed() {
    static const std::uint64_t seed = [] {
        std::uint64_t random = 0;
        // Without entropy the hash is as good, only not a secret.
        return ::getrandom(&random, sizeof random, GRND_NONBLOCK) == sizeof random ? random : 1U;
    }();
    return seed;
}

}  // namespace primum::source

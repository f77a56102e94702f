// SPDX-License-Identifier: MIT
#include "rules/digest.hpp"

#include <primum/check.hpp>

#include <array>

#include <gcrypt.h>

namespace primum::rules {
namespace {

// The version check initialises the library; a program that has done so already is left alone.
bool ready_gcrypt() {
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0) {
        return true;
    }
    if (gcry_check_version("1.10.0") == nullptr) {
        return false;
    }
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return true;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    static const bool ready = ready_gcrypt();
    PRIMUM_CHECK(ready);
    std::array<unsigned char, 32> hash{};
    gcry_md_hash_buffer(GCRY_MD_SHA256, hash.data(), bytes.data(), bytes.size());
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(hash.size() * 2);
    for (const unsigned char byte : hash) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

}  // namespace primum::rules

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

void need_gcrypt() {
    static const bool ready = ready_gcrypt();
    PRIMUM_CHECK(ready);
}

constexpr std::size_t hash_size = 32;

std::string to_hex(const unsigned char* hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(hash_size * 2);
    for (std::size_t i = 0; i < hash_size; ++i) {
        out += digits[hash[i] >> 4U];
        out += digits[hash[i] & 15U];
    }
    return out;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    need_gcrypt();
    std::array<unsigned char, hash_size> hash{};
    gcry_md_hash_buffer(GCRY_MD_SHA256, hash.data(), bytes.data(), bytes.size());
    return to_hex(hash.data());
}

Sha256::Sha256() {
    need_gcrypt();
    PRIMUM_CHECK(gcry_md_open(&handle_, GCRY_MD_SHA256, 0) == 0);
}

Sha256::~Sha256() {
    gcry_md_close(handle_);
}

void Sha256::add(std::string_view bytes) {
    gcry_md_write(handle_, bytes.data(), bytes.size());
}

std::string Sha256::hex() {
    return to_hex(gcry_md_read(handle_, GCRY_MD_SHA256));
}

}  // namespace primum::rules

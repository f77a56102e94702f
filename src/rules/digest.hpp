// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

struct gcry_md_handle;

namespace primum::rules {

// SHA-256 of `bytes`, as 64 lower-case hex digits. Safe from any thread; readies libgcrypt at its
// first use unless the program already has.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

// The same, of bytes that come piece by piece.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256(Sha256&&) = delete;
    Sha256& operator=(Sha256&&) = delete;

    void add(std::string_view bytes);
    // Of everything added so far; nothing may be added afterwards.
    [[nodiscard]] std::string hex();

private:
    gcry_md_handle* handle_ = nullptr;
};

}  // namespace primum::rules

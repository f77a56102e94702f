// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace primum::source {

// Unpacks gzip (RFC 1952, also of several members) as it comes, up to a size: what a few bytes
// unpack to never takes more memory than that.
class Inflater {
public:
    enum class Fed : std::uint8_t { well, too_large, broken };

    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    // Forgets what came so far.
    void begin();
    // Appends to `out`, which never grows over `max_bytes`. After anything but `well`: begin().
    [[nodiscard]] Fed feed(std::string_view packed, std::string& out, std::size_t max_bytes);
    // Whether what came is whole: it ended with the checksum of a member.
    [[nodiscard]] bool whole() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/check.hpp>

#include <string>

#include <zlib.h>

namespace primum::source {

// One gzip member of `text`.
inline std::string gzip(std::string text) {
    z_stream stream{};
    PRIMUM_CHECK(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) ==
                 Z_OK);
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    PRIMUM_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(packed.size() - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace primum::source

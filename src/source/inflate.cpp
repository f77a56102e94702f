// SPDX-License-Identifier: MIT
#include "source/inflate.hpp"

#include <primum/check.hpp>

#include <algorithm>

#include <zlib.h>

namespace primum::source {
namespace {

constexpr int gzip_only = 16;  // added to the window's bits: no zlib format
constexpr std::size_t step_bytes = std::size_t{64} * 1024;

}  // namespace

class Inflater::Impl {
public:
    Impl() { PRIMUM_CHECK(inflateInit2(&stream_, MAX_WBITS + gzip_only) == Z_OK); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { inflateEnd(&stream_); }

    void begin() {
        PRIMUM_CHECK(inflateReset(&stream_) == Z_OK);
        whole_ = false;
    }

    Fed feed(std::string_view packed, std::string& out, std::size_t max_bytes) {
        auto* in = const_cast<char*>(packed.data());  // zlib writes nothing there
        stream_.next_in = reinterpret_cast<Bytef*>(in);
        stream_.avail_in = static_cast<uInt>(packed.size());
        for (;;) {
            if (whole_ && stream_.avail_in > 0) {
                begin();  // another member
            }
            const auto fed = step(out, max_bytes);
            // Room was left, so all that came is used.
            if (fed != Fed::well || (stream_.avail_in == 0 && stream_.avail_out > 0)) {
                return fed;
            }
        }
    }

    [[nodiscard]] bool whole() const { return whole_; }

private:
    // Unpacks up to step_bytes; one byte over the limit shows that there is more.
    Fed step(std::string& out, std::size_t max_bytes) {
        const std::size_t before = out.size();
        const std::size_t room = std::min(step_bytes, max_bytes + 1 - before);
        out.resize(before + room);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream_.avail_out = static_cast<uInt>(room);
        const int result = inflate(&stream_, Z_NO_FLUSH);
        out.resize(out.size() - stream_.avail_out);
        if (out.size() > max_bytes) {
            out.resize(max_bytes);
            return Fed::too_large;
        }
        whole_ = result == Z_STREAM_END;
        // Z_BUF_ERROR: nothing to do, for want of input.
        return result == Z_OK || result == Z_BUF_ERROR || whole_ ? Fed::well : Fed::broken;
    }

    z_stream stream_{};
    bool whole_ = false;
};

Inflater::Inflater() : impl_(std::make_unique<Impl>()) {}

Inflater::~Inflater() = default;

void Inflater::begin() {
    impl_->begin();
}

Inflater::Fed Inflater::feed(std::string_view packed, std::string& out, std::size_t max_bytes) {
    return impl_->feed(packed, out, max_bytes);
}

bool Inflater::whole() const {
    return impl_->whole();
}

}  // namespace primum::source

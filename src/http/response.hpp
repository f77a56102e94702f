// SPDX-License-Identifier: MIT
#pragma once

#include "http/server.hpp"

#include <primum/check.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <microhttpd.h>

namespace primum::http {

// What every reply says to a browser: nothing from elsewhere, nothing inline, nowhere framed.
inline constexpr std::array<std::pair<const char*, const char*>, 4> safety_headers{
    {{"X-Content-Type-Options", "nosniff"},
     {"Referrer-Policy", "no-referrer"},
     {"Cross-Origin-Resource-Policy", "same-origin"},
     {"Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}}};

// A Reply as libmicrohttpd takes it.
class Response {
public:
    explicit Response(const Reply& reply)
        // MHD copies the body; it does not write to what it is given.
        : raw_(MHD_create_response_from_buffer(reply.body.size(),
                                               const_cast<char*>(reply.body.data()),  // NOLINT
                                               MHD_RESPMEM_MUST_COPY)) {
        PRIMUM_CHECK(raw_ != nullptr);
        header(MHD_HTTP_HEADER_CONTENT_TYPE, reply.content_type.c_str());
        for (const auto& [name, value] : safety_headers) {
            header(name, value);
        }
        for (const auto& [name, value] : reply.headers) {
            header(name.c_str(), value.c_str());
        }
    }
    Response(const Response&) = delete;
    Response& operator=(const Response&) = delete;
    ~Response() { MHD_destroy_response(raw_); }

    void header(const char* name, const char* value) const {
        PRIMUM_CHECK(MHD_add_response_header(raw_, name, value) == MHD_YES);
    }
    [[nodiscard]] MHD_Result queue(MHD_Connection* connection, unsigned status) const {
        return MHD_queue_response(connection, status, raw_);
    }

private:
    MHD_Response* raw_;
};

inline Reply text_reply(unsigned status, std::string_view text) {
    return {status, Reply{}.content_type, std::string{text}};
}

// The header of a request; empty where it has none.
inline std::string_view header_of(MHD_Connection* connection, const char* name) {
    const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value != nullptr ? std::string_view{value} : std::string_view{};
}

}  // namespace primum::http

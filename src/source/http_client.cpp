// SPDX-License-Identifier: MIT
#include "source/http_client.hpp"

#include "source/curl_loop.hpp"

namespace primum::source {

HttpClient::HttpClient(systemd::EventLoop& loop, const Clock& clock)
    : curl_(std::make_unique<CurlLoop>(loop, clock)) {}

HttpClient::~HttpClient() = default;

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/source.hpp>
#include <primum/vocabulary.hpp>

#include <curl/curl.h>

#include <string>
#include <string_view>

namespace primum::source {

// What libcurl's end of a transfer means for a source. `os_error`: CURLINFO_OS_ERRNO.
[[nodiscard]] SourceFailure failure_of(CURLcode code, long os_error, const HttpAccess& access);

// The file of `access` that a TLS failure is about, or empty.
[[nodiscard]] std::string_view file_behind(CURLcode code, const HttpAccess& access);

// The URL without the user and password in it; empty where libcurl cannot read it.
[[nodiscard]] std::string without_user(const std::string& url);

// Scheme, host and port of a URL, as one text to be compared; empty where libcurl cannot read it.
[[nodiscard]] std::string origin_of(const std::string& url);

// The earliest end of validity among the certificates of the last handshake, seconds since 1970;
// -1 when there was none.
[[nodiscard]] long tls_expiry_of(CURL* easy);

}  // namespace primum::source

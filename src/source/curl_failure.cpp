// SPDX-License-Identifier: MIT
#include "source/curl_failure.hpp"

#include <primum/check.hpp>

#include <cerrno>
#include <memory>
#include <optional>

namespace primum::source {
namespace {

SourceFailure connect_failure(long os_error, bool local) {
    switch (os_error) {
        case ECONNREFUSED:
            return SourceFailure::refused;
        case ENOENT:
            return local ? SourceFailure::missing : SourceFailure::unreachable;
        case EACCES:
            return local ? SourceFailure::denied : SourceFailure::unreachable;
        default:
            return SourceFailure::unreachable;
    }
}

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::optional<std::string> part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) {
        return std::nullopt;
    }
    std::string part_text{text};
    curl_free(text);
    return part_text;
}

// nullptr: no URL.
std::unique_ptr<CURLU, FreeUrl> parse(const std::string& url) {
    std::unique_ptr<CURLU, FreeUrl> parsed{curl_url()};
    PRIMUM_CHECK(parsed != nullptr);
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        parsed.reset();
    }
    return parsed;
}

}  // namespace

SourceFailure failure_of(CURLcode code, long os_error, const HttpAccess& access) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return SourceFailure::timeout;
        case CURLE_COULDNT_RESOLVE_HOST:
            return SourceFailure::resolve;
        case CURLE_COULDNT_CONNECT:
            return connect_failure(os_error, !access.unix_socket.empty());
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
            return SourceFailure::tls;
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            return SourceFailure::closed;
        case CURLE_FILESIZE_EXCEEDED:
        case CURLE_OUT_OF_MEMORY:  // what a header line over libcurl's own limit ends in
            return SourceFailure::too_large;
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
            return SourceFailure::protocol;
        default:
            return SourceFailure::other;
    }
}

std::string_view file_behind(CURLcode code, const HttpAccess& access) {
    switch (code) {
        case CURLE_SSL_CERTPROBLEM:
            return access.cert_file;
        case CURLE_SSL_CACERT_BADFILE:
            return access.ca_file;
        default:
            return {};
    }
}

std::string without_user(const std::string& url) {
    const auto parsed = parse(url);
    if (parsed == nullptr) {
        return {};
    }
    curl_url_set(parsed.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(parsed.get(), CURLUPART_PASSWORD, nullptr, 0);
    return part_of(parsed.get(), CURLUPART_URL).value_or(std::string{});
}

std::string origin_of(const std::string& url) {
    const auto parsed = parse(url);
    if (parsed == nullptr) {
        return {};
    }
    const auto scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    const auto host = part_of(parsed.get(), CURLUPART_HOST);
    const auto port = part_of(parsed.get(), CURLUPART_PORT);
    return scheme && host && port ? *scheme + "://" + *host + ':' + *port : std::string{};
}

long tls_expiry_of(CURL* easy) {
    constexpr std::string_view field = "Expire date:";
    curl_certinfo* chain = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr) {
        return -1;
    }
    long earliest = -1;
    for (int i = 0; i < chain->num_of_certs; ++i) {
        for (const auto* entry = chain->certinfo[i]; entry != nullptr; entry = entry->next) {
            const std::string_view text{entry->data};
            if (!text.starts_with(field)) {
                continue;
            }
            const auto at = curl_getdate(entry->data + field.size(), nullptr);
            earliest = at >= 0 && (earliest < 0 || at < earliest) ? at : earliest;
        }
    }
    return earliest;
}

}  // namespace primum::source

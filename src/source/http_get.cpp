// SPDX-License-Identifier: MIT
#include "source/curl_failure.hpp"
#include "source/curl_loop.hpp"
#include "source/http_client.hpp"
#include "source/inflate.hpp"
#include "source/secret_file.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <strings.h>

namespace primum::source {
namespace {

constexpr std::size_t kept_body_bytes = std::size_t{64} * 1024;  // between two GETs
// What is read at once: much of an answer that was large the last time, for each read costs the
// kernel an acknowledgement and the loop a round.
constexpr long read_bytes = 16L * 1024;
constexpr long large_read_bytes = 512L * 1024;
constexpr std::size_t max_header_bytes = std::size_t{64} * 1024;  // of all answers of one GET
constexpr std::size_t max_certificate_bytes = std::size_t{1024} * 1024;

// Why a transfer was ended from our side.
enum class Stop : std::uint8_t { none, body, headers, broken, encoding };

// The value of header `name` in a line, without the blanks around it; nullopt: another header.
std::optional<std::string_view> value_in(std::string_view line, std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        ::strncasecmp(line.data(), name.data(), name.size()) != 0) {
        return std::nullopt;
    }
    line.remove_prefix(name.size() + 1);
    const auto from = line.find_first_not_of(" \t");
    const auto to = line.find_last_not_of(" \t\r\n");
    return from == std::string_view::npos || to == std::string_view::npos || to < from
               ? std::string_view{}
               : line.substr(from, to - from + 1);
}

bool is_word(std::string_view text, std::string_view word) {
    return text.size() == word.size() && ::strncasecmp(text.data(), word.data(), word.size()) == 0;
}

}  // namespace

class HttpGet::Impl final : public CurlTransfer {
public:
    Impl(CurlLoop& curl, Request request, Done done)
        : curl_(curl), request_(std::move(request)), done_(std::move(done)) {
        easy_ = curl_easy_init();
        PRIMUM_CHECK(easy_ != nullptr);
        headers_ = curl_slist_append(nullptr, "Accept-Encoding: gzip");
        if (!request_.accept.empty()) {
            headers_ =
                curl_slist_append(headers_, fmt::format("Accept: {}", request_.accept).c_str());
        }
        PRIMUM_CHECK(headers_ != nullptr);
        origin_ = origin_of(request_.url);
        set_options();
    }
    ~Impl() override {
        if (running_) {
            curl_.remove(easy_);
        }
        curl_easy_cleanup(easy_);
        curl_slist_free_all(headers_);
        curl_slist_free_all(post_headers_);
    }

    void post(std::string body, std::string_view content_type, Duration timeout) {
        PRIMUM_CHECK(!busy_);
        posted_ = std::move(body);
        const auto type = fmt::format("Content-Type: {}", content_type);
        curl_slist_free_all(post_headers_);
        post_headers_ = curl_slist_append(nullptr, type.c_str());
        // Without this, libcurl waits for a server's leave to send a large body.
        post_headers_ = curl_slist_append(post_headers_, "Expect:");
        PRIMUM_CHECK(post_headers_ != nullptr);
        curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, post_headers_);
        curl_easy_setopt(
            easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(posted_.size()));
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, posted_.c_str());
        start(timeout);
    }

    void start(Duration timeout) {
        PRIMUM_CHECK(!busy_);
        busy_ = true;
        began_ = curl_.now();
        deadline_ = began_ + timeout;
        redirects_ = 0;
        header_bytes_ = 0;
        asked_ = origin_;
        expiry_.reset();
        if (auto read = read_files(); !read.has_value()) {
            HttpAnswer answer;
            answer.failure = read.error().failure;
            answer.detail = std::move(read.error().detail);
            finish_later(std::move(answer));
            return;
        }
        ask(request_.url);
    }

    [[nodiscard]] bool busy() const { return busy_; }

    void ended(CURLcode code) override {
        curl_.remove(easy_);
        running_ = false;
        if (const long at = tls_expiry_of(easy_); at >= 0 && redirects_ == 0) {
            expiry_ = wall_from_us(std::int64_t{at} * 1'000'000);
        }
        auto answer = answer_of(code);
        if (answer.failure == SourceFailure::none && request_.way != HttpWay::connect &&
            answer.status != 200) {
            if (follow(answer)) {
                return;
            }
            if (request_.way == HttpWay::page) {
                answer.failure = SourceFailure::http_status;
            }
        }
        finish(std::move(answer));
    }

private:
    using Read = Result<void, FileError>;

    // The last thing done is the callback, in which this object may go.
    void finish(HttpAnswer answer) {
        busy_ = false;
        answer.took = curl_.now() - began_;
        answer.tls_expiry = expiry_;
        forget_credentials();
        // A large buffer is given back after the callback, and goes nowhere before.
        std::string large;
        if (body_.capacity() > kept_body_bytes) {
            large.swap(body_);
        }
        last_bytes_ = answer.failure == SourceFailure::none ? large.size() : 0;
        auto& curl = curl_;
        done_(answer);
        curl.give_back(std::move(large));
    }
    void finish_later(HttpAnswer answer) {
        later_ = curl_.loop().soon([this, answer = std::move(answer)] { finish(answer); });
    }

    void set_options() {
        curl_easy_setopt(easy_, CURLOPT_PRIVATE, static_cast<CurlTransfer*>(this));
        curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(easy_, CURLOPT_PROXY, "");
        curl_easy_setopt(easy_, CURLOPT_NETRC, CURL_NETRC_IGNORED);
        curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
        curl_easy_setopt(easy_, CURLOPT_USERAGENT, "primum");
        curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
        // A time-out leaves a name resolution behind on its thread instead of waiting for it.
        curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
        const auto most = static_cast<curl_off_t>(request_.access.max_bytes);
        curl_easy_setopt(easy_, CURLOPT_MAXFILESIZE_LARGE, most);
        curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Impl::on_body);
        curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
        curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Impl::on_header);
        curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
        curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data());
        if (!request_.access.unix_socket.empty()) {
            curl_easy_setopt(easy_, CURLOPT_UNIX_SOCKET_PATH, request_.access.unix_socket.c_str());
        }
        if (request_.way == HttpWay::probe || request_.way == HttpWay::connect) {
            curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
            curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
            curl_easy_setopt(easy_, CURLOPT_CERTINFO, 1L);
        }
        if (request_.way == HttpWay::connect) {
            curl_easy_setopt(easy_, CURLOPT_CONNECT_ONLY, 1L);
        }
    }

    void set_blob(CURLoption option, std::string& bytes) {
        curl_blob blob{bytes.data(), bytes.size(), CURL_BLOB_COPY};
        PRIMUM_CHECK(curl_easy_setopt(easy_, option, &blob) == CURLE_OK);
    }
    Read read_into(CURLoption option, const std::string& path) {
        if (path.empty()) {
            return {};
        }
        auto bytes = read_bounded(path, max_certificate_bytes);
        if (!bytes.has_value()) {
            return fail(std::move(bytes.error()));
        }
        set_blob(option, *bytes);
        return {};
    }
    Read read_secret_into(CURLoption option, const std::string& path) {
        if (path.empty()) {
            return {};
        }
        const auto secret = read_secret(path);
        if (!secret.has_value()) {
            return fail(secret.error());
        }
        PRIMUM_CHECK(curl_easy_setopt(easy_, option, secret->c_str()) == CURLE_OK);
        return {};
    }

    Read read_files() {
        const auto& access = request_.access;
        if (!access.ca_file.empty()) {
            curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);  // those in the file and no others
            curl_easy_setopt(easy_, CURLOPT_CAINFO, nullptr);
        }
        for (const auto& [option, path] : {std::pair{CURLOPT_CAINFO_BLOB, &access.ca_file},
                                           std::pair{CURLOPT_SSLCERT_BLOB, &access.cert_file},
                                           std::pair{CURLOPT_SSLKEY_BLOB, &access.key_file}}) {
            if (auto read = read_into(option, *path); !read.has_value()) {
                return read;
            }
        }
        if (!access.user.empty()) {
            curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
            curl_easy_setopt(easy_, CURLOPT_USERNAME, access.user.c_str());
        } else if (!access.bearer_file.empty()) {
            curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        }
        if (auto read = read_secret_into(CURLOPT_PASSWORD, access.password_file); !read) {
            return read;
        }
        return read_secret_into(CURLOPT_XOAUTH2_BEARER, access.bearer_file);
    }

    void forget_credentials() {
        curl_easy_setopt(easy_, CURLOPT_USERNAME, nullptr);
        curl_easy_setopt(easy_, CURLOPT_PASSWORD, nullptr);
        curl_easy_setopt(easy_, CURLOPT_XOAUTH2_BEARER, nullptr);
        curl_easy_setopt(easy_, CURLOPT_SSLCERT_BLOB, nullptr);
        curl_easy_setopt(easy_, CURLOPT_SSLKEY_BLOB, nullptr);
    }

    void ask(const std::string& url) {
        stop_ = Stop::none;
        body_.clear();
        packed_bytes_ = 0;
        packed_ = false;
        error_.front() = '\0';
        const long at_once = last_bytes_ > 0 ? large_read_bytes : read_bytes;
        PRIMUM_CHECK(curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, at_once) == CURLE_OK);
        curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - curl_.now());
        curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, std::max<long>(1, left.count()));
        running_ = true;
        curl_.add(easy_);
    }

    static std::size_t on_header(char* data, std::size_t /*one*/, std::size_t bytes, void* self) {
        return static_cast<Impl*>(self)->take_header({data, bytes}) ? bytes : 0;
    }

    bool take_header(std::string_view line) {
        header_bytes_ += line.size();
        if (header_bytes_ > max_header_bytes) {
            stop_ = Stop::headers;
            return false;
        }
        const auto encoding = value_in(line, "content-encoding");
        if (!encoding || encoding->empty() || is_word(*encoding, "identity")) {
            return true;
        }
        if (packed_ || (!is_word(*encoding, "gzip") && !is_word(*encoding, "x-gzip"))) {
            stop_ = Stop::encoding;
            return false;
        }
        packed_ = true;
        inflater_.begin();
        return true;
    }

    static std::size_t on_body(char* data, std::size_t /*one*/, std::size_t bytes, void* self) {
        return static_cast<Impl*>(self)->take_body({data, bytes}) ? bytes : 0;
    }

    bool take_body(std::string_view bytes) {
        if (packed_bytes_ == 0 && last_bytes_ > 0) {
            curl_.borrow(body_);
            body_.reserve(
                std::min<std::size_t>(last_bytes_ + last_bytes_ / 8, request_.access.max_bytes));
        }
        packed_bytes_ += bytes.size();
        if (packed_bytes_ > request_.access.max_bytes) {
            stop_ = Stop::body;
        } else if (!packed_) {
            body_.append(bytes);
        } else {
            const auto fed = inflater_.feed(bytes, body_, request_.access.max_bytes);
            stop_ = fed == Inflater::Fed::too_large ? Stop::body
                    : fed == Inflater::Fed::broken  ? Stop::broken
                                                    : Stop::none;
        }
        return stop_ == Stop::none;
    }

    // Asks where a redirect points to. False: it is none, or is not followed; `answer` says why.
    bool follow(HttpAnswer& answer) {
        char* target = nullptr;
        curl_easy_getinfo(easy_, CURLINFO_REDIRECT_URL, &target);
        answer.detail = fmt::format("HTTP status {}", answer.status);
        if (target == nullptr) {
            return false;
        }
        if (redirects_ == request_.access.redirects || post_headers_ != nullptr) {
            answer.detail += redirects_ == 0
                                 ? "; redirects are not followed, name the last URL"
                                 : fmt::format("; after {} redirects another one", redirects_);
            return false;
        }
        // libcurl gives the user and password of the first URL along.
        const auto url = without_user(target);
        auto origin = origin_of(url);
        const bool plain = origin.starts_with("http://");
        if (!plain && !origin.starts_with("https://")) {
            answer.detail += "; a redirect to no http or https URL is not followed";
            return false;
        }
        if (plain && asked_.starts_with("https://")) {
            answer.detail += "; a redirect from https to http is not followed";
            return false;
        }
        if (origin != origin_) {
            forget_credentials();  // for good: also on the way back to where they belong
        }
        asked_ = std::move(origin);
        ++redirects_;
        ask(url);
        return true;
    }

    [[nodiscard]] HttpAnswer answer_of(CURLcode code) const {
        HttpAnswer answer;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &answer.status);
        if (stop_ != Stop::none || code == CURLE_FILESIZE_EXCEEDED) {
            say_stop(answer);
        } else if (code != CURLE_OK) {
            say_failure(answer, code);
        } else if (packed_ && !inflater_.whole() && packed_bytes_ > 0) {
            answer.failure = SourceFailure::closed;
            answer.detail = "the gzip data end in the middle";
        } else {
            answer.body = body_;
            const char* type = nullptr;
            curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &type);
            answer.content_type = type != nullptr ? type : std::string_view{};
        }
        return answer;
    }

    void say_stop(HttpAnswer& answer) const {
        switch (stop_) {
            case Stop::broken:
                answer.failure = SourceFailure::protocol;
                answer.detail = "the gzip data are broken";
                return;
            case Stop::encoding:
                answer.failure = SourceFailure::protocol;
                answer.detail = "the answer's Content-Encoding was not asked for";
                return;
            case Stop::headers:
                answer.failure = SourceFailure::too_large;
                answer.detail = fmt::format("the headers are over {} bytes", max_header_bytes);
                return;
            case Stop::body:
            case Stop::none:
                answer.failure = SourceFailure::too_large;
                answer.detail =
                    fmt::format("the answer is over {} bytes", request_.access.max_bytes);
                return;
        }
    }

    void say_failure(HttpAnswer& answer, CURLcode code) const {
        long os_error = 0;
        curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
        answer.failure = failure_of(code, os_error, request_.access);
        answer.detail = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
        if (const auto file = file_behind(code, request_.access); !file.empty()) {
            answer.detail = fmt::format("{}: {}", file, answer.detail);
        }
    }

    CurlLoop& curl_;
    Request request_;
    Done done_;
    CURL* easy_ = nullptr;
    curl_slist* headers_ = nullptr;
    curl_slist* post_headers_ = nullptr;
    std::string origin_;  // of the first URL
    std::string asked_;   // that of the last one
    systemd::LoopSource later_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::string body_;
    std::string posted_;  // what a POST sends
    Inflater inflater_;
    std::optional<WallTime> expiry_;
    Instant began_;
    Instant deadline_;
    std::size_t header_bytes_ = 0;
    std::size_t packed_bytes_ = 0;
    std::size_t last_bytes_ = 0;  // of the answer before, when its buffer was given back
    std::uint32_t redirects_ = 0;
    Stop stop_ = Stop::none;
    bool packed_ = false;
    bool running_ = false;  // libcurl has the handle
    bool busy_ = false;
};

HttpGet::HttpGet(HttpClient& client, Request request, Done done)
    : impl_(std::make_unique<Impl>(*client.curl_, std::move(request), std::move(done))) {}

HttpGet::~HttpGet() = default;

void HttpGet::start(Duration timeout) {
    impl_->start(timeout);
}

void HttpGet::post(std::string body, std::string_view content_type, Duration timeout) {
    impl_->post(std::move(body), content_type, timeout);
}

bool HttpGet::busy() const {
    return impl_->busy();
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "source/http_client.hpp"

#include <primum/check.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <sys/epoll.h>

namespace primum::source {
namespace {

void init_library_once() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    PRIMUM_CHECK(done == CURLE_OK);
}

SourceFailure failure_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return SourceFailure::timeout;
        case CURLE_COULDNT_RESOLVE_HOST:
            return SourceFailure::resolve;
        case CURLE_COULDNT_CONNECT:
            return SourceFailure::unreachable;
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
            return SourceFailure::too_large;
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
            return SourceFailure::protocol;
        default:
            return SourceFailure::other;
    }
}

}  // namespace

class HttpClient::Impl {
public:
    Impl(systemd::EventLoop& loop, const Clock& clock) : loop_(loop), clock_(clock) {
        init_library_once();
        multi_ = curl_multi_init();
        PRIMUM_CHECK(multi_ != nullptr);
        curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
        curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
        curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { curl_multi_cleanup(multi_); }

    void add(CURL* easy) { PRIMUM_CHECK(curl_multi_add_handle(multi_, easy) == CURLM_OK); }
    void remove(CURL* easy) { PRIMUM_CHECK(curl_multi_remove_handle(multi_, easy) == CURLM_OK); }

private:
    static int on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*mine*/) {
        static_cast<Impl*>(self)->watch(fd, what);
        return 0;
    }

    // Only arms the loop's timer: libcurl must not be called from here.
    static int on_timer(CURLM* /*multi*/, long timeout_ms, void* self) {
        static_cast<Impl*>(self)->arm(timeout_ms);
        return 0;
    }

    void watch(curl_socket_t fd, int what) {
        sockets_.erase(fd);
        if (what == CURL_POLL_REMOVE) {
            return;
        }
        std::uint32_t events = 0;
        events |= (what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U;
        events |= (what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U;
        sockets_[fd] = loop_.on_io(fd, events, [this, fd](std::uint32_t bits) {
            int action = 0;
            action |= (bits & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
            action |= (bits & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
            action |= (bits & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0;
            act(fd, action);
        });
    }

    void arm(long timeout_ms) {
        timer_.reset();
        if (timeout_ms >= 0) {
            timer_ = loop_.at(clock_.now().t + std::chrono::milliseconds{timeout_ms},
                              [this] { act(CURL_SOCKET_TIMEOUT, 0); });
        }
    }

    void act(curl_socket_t fd, int action) {
        int running = 0;
        curl_multi_socket_action(multi_, fd, action, &running);
        finish_all();
    }

    void finish_all();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    CURLM* multi_ = nullptr;
    std::map<curl_socket_t, systemd::LoopSource> sockets_;
    systemd::LoopSource timer_;
};

class HttpGet::Impl {
public:
    Impl(HttpClient::Impl& client, Request request, Done done)
        : client_(client), request_(std::move(request)), done_(std::move(done)) {
        easy_ = curl_easy_init();
        PRIMUM_CHECK(easy_ != nullptr);
        headers_ = curl_slist_append(nullptr, fmt::format("Accept: {}", request_.accept).c_str());
        PRIMUM_CHECK(headers_ != nullptr);
        set_options();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (busy_) {
            client_.remove(easy_);
        }
        curl_easy_cleanup(easy_);
        curl_slist_free_all(headers_);
    }

    void start(Duration timeout) {
        PRIMUM_CHECK(!busy_);
        busy_ = true;
        too_large_ = false;
        body_.clear();
        error_.front() = '\0';
        const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
        curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, std::max<long>(1, ms));
        client_.add(easy_);
    }

    [[nodiscard]] bool busy() const { return busy_; }

    // The transfer has ended. The last thing done here is the callback.
    void finish(CURLcode code) {
        client_.remove(easy_);
        busy_ = false;
        const auto answer = answer_of(code);
        done_(answer);
    }

private:
    void set_options() {
        curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
        curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
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
        curl_easy_setopt(
            easy_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_bytes));
        curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Impl::on_body);
        curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
        curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data());
    }

    static std::size_t on_body(char* data, std::size_t /*one*/, std::size_t bytes, void* self) {
        return static_cast<Impl*>(self)->take(data, bytes);
    }

    std::size_t take(const char* data, std::size_t bytes) {
        if (body_.size() + bytes > request_.max_bytes) {
            too_large_ = true;
            return 0;  // ends the transfer
        }
        body_.append(data, bytes);
        return bytes;
    }

    [[nodiscard]] HttpAnswer answer_of(CURLcode code) const {
        if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) {
            return {SourceFailure::too_large,
                    fmt::format("the answer is over {} bytes", request_.max_bytes),
                    {},
                    {}};
        }
        if (code != CURLE_OK) {
            return {refused(code) ? SourceFailure::refused : failure_of(code),
                    error_.front() != '\0' ? error_.data() : curl_easy_strerror(code),
                    {},
                    {}};
        }
        long status = 0;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200) {
            const bool redirect = status >= 300 && status < 400;
            return {SourceFailure::http_status,
                    fmt::format("HTTP status {}{}",
                                status,
                                redirect ? "; redirects are not followed, name the last URL" : ""),
                    {},
                    {}};
        }
        const char* type = nullptr;
        curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &type);
        return {SourceFailure::none, {}, body_, type != nullptr ? type : std::string_view{}};
    }

    [[nodiscard]] bool refused(CURLcode code) const {
        long os_error = 0;
        curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
        return code == CURLE_COULDNT_CONNECT && os_error == ECONNREFUSED;
    }

    HttpClient::Impl& client_;
    Request request_;
    Done done_;
    CURL* easy_ = nullptr;
    curl_slist* headers_ = nullptr;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::string body_;
    bool too_large_ = false;
    bool busy_ = false;
};

void HttpClient::Impl::finish_all() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        // The message does not outlive the handle's removal.
        const auto code = message->data.result;
        HttpGet::Impl* get = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &get);
        get->finish(code);
    }
}

HttpClient::HttpClient(systemd::EventLoop& loop, const Clock& clock)
    : impl_(std::make_unique<Impl>(loop, clock)) {}

HttpClient::~HttpClient() = default;

HttpGet::HttpGet(HttpClient& client, Request request, Done done)
    : impl_(std::make_unique<Impl>(*client.impl_, std::move(request), std::move(done))) {}

HttpGet::~HttpGet() = default;

void HttpGet::start(Duration timeout) {
    impl_->start(timeout);
}

bool HttpGet::busy() const {
    return impl_->busy();
}

}  // namespace primum::source

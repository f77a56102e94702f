// SPDX-License-Identifier: MIT
#include "source/curl_loop.hpp"

#include <primum/check.hpp>

#include <utility>

#include <sys/epoll.h>

namespace primum::source {
namespace {

// Connections kept open between collections, over all sources; libcurl by itself keeps a few times
// as many as are in use at the moment.
constexpr long most_idle = 1'024;

constexpr std::size_t most_spare_bytes = std::size_t{8} * 1024 * 1024;

void init_library_once() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    PRIMUM_CHECK(done == CURLE_OK);
}

}  // namespace

CurlLoop::CurlLoop(systemd::EventLoop& loop, const Clock& clock) : loop_(loop), clock_(clock) {
    init_library_once();
    multi_ = curl_multi_init();
    PRIMUM_CHECK(multi_ != nullptr);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, most_idle);
}

CurlLoop::~CurlLoop() {
    curl_multi_cleanup(multi_);
}

void CurlLoop::add(CURL* easy) {
    PRIMUM_CHECK(curl_multi_add_handle(multi_, easy) == CURLM_OK);
}

void CurlLoop::remove(CURL* easy) {
    PRIMUM_CHECK(curl_multi_remove_handle(multi_, easy) == CURLM_OK);
}

void CurlLoop::borrow(std::string& body) {
    if (spare_.capacity() > body.capacity()) {
        body = std::exchange(spare_, {});
        body.clear();
    }
}

void CurlLoop::give_back(std::string&& body) {
    if (body.capacity() > spare_.capacity() && body.capacity() <= most_spare_bytes) {
        spare_ = std::move(body);
    }
}

int CurlLoop::on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*mine*/) {
    static_cast<CurlLoop*>(self)->watch(fd, what);
    return 0;
}

// Only arms the loop's timer: libcurl must not be called from here.
int CurlLoop::on_timer(CURLM* /*multi*/, long timeout_ms, void* self) {
    static_cast<CurlLoop*>(self)->arm(timeout_ms);
    return 0;
}

void CurlLoop::watch(curl_socket_t fd, int what) {
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

void CurlLoop::arm(long timeout_ms) {
    timer_.reset();
    if (timeout_ms >= 0) {
        timer_ = loop_.at(now() + std::chrono::milliseconds{timeout_ms},
                          [this] { act(CURL_SOCKET_TIMEOUT, 0); });
    }
}

void CurlLoop::act(curl_socket_t fd, int action) {
    int running = 0;
    curl_multi_socket_action(multi_, fd, action, &running);
    end_all();
}

void CurlLoop::end_all() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        // The message does not outlive the handle's removal.
        const auto code = message->data.result;
        void* user = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
        static_cast<CurlTransfer*>(user)->ended(code);
    }
}

}  // namespace primum::source

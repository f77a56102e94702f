// SPDX-License-Identifier: MIT
#include "ctl/push_peer.hpp"

#include "ctl/json.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

// primumd takes more as fast as its rules allow; so long without any step it hangs.
constexpr int patience_ms = 30'000;

PushFailure gone(const std::string& path) {
    const int why = errno;
    const std::string text = std::strerror(why);  // NOLINT(concurrency-mt-unsafe)
    if (why == EACCES || why == EPERM) {
        return {Exit::denied, path + ": " + text};
    }
    return {Exit::unreachable,
            path + ": " + text + "; does primumd run (systemctl start primumd.service)?"};
}

RefusedLine refused_of(std::string_view line) {
    const auto answer = Document::parse(line);
    if (!answer || !answer->root()["refused"].present()) {
        return {0, "unreadable", std::string{line}};
    }
    const auto root = answer->root();
    return {static_cast<std::uint64_t>(root["line"].number()),
            root["refused"].text(),
            root["detail"].text()};
}

}  // namespace

Result<PushPeer, PushFailure> PushPeer::connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return fail(PushFailure{Exit::usage, path + " is too long for a socket"});
    }
    std::copy(path.begin(), path.end(), address.sun_path);
    PushPeer peer{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT
    if (peer.fd_ < 0 || ::connect(peer.fd_, generic, sizeof address) != 0) {
        return fail(gone(path));
    }
    return peer;
}

PushPeer::~PushPeer() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

PushPeer::PushPeer(PushPeer&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), closed_(other.closed_), heard_(std::move(other.heard_)) {}

Result<short, PushFailure> PushPeer::wait_for(short events) const {
    pollfd wait{fd_, events, 0};
    int count = 0;
    do {
        count = ::poll(&wait, 1, patience_ms);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) {
        return fail(PushFailure{Exit::temporary, "primumd has stopped reading"});
    }
    return wait.revents;
}

Result<void, PushFailure> PushPeer::send(std::string_view text) {
    while (!text.empty() && !closed_) {
        const auto ready = wait_for(POLLIN | POLLOUT);
        if (!ready) {
            return fail(ready.error());
        }
        if ((*ready & POLLIN) != 0) {
            read_answers();
        }
        const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            text.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno != EAGAIN && errno != EINTR) {
            read_answers();  // perhaps it says why
            closed_ = true;
        }
    }
    if (closed_ && heard_.empty()) {
        return fail(PushFailure{Exit::temporary, "primumd has let go of the connection"});
    }
    return {};
}

Result<void, PushFailure> PushPeer::finish() {
    ::shutdown(fd_, SHUT_WR);
    while (!closed_) {
        const auto ready = wait_for(POLLIN);
        if (!ready) {
            return fail(ready.error());
        }
        read_answers();
    }
    return {};
}

std::vector<RefusedLine> PushPeer::take_refused() {
    std::vector<RefusedLine> refused;
    std::size_t begin = 0;
    for (auto end = heard_.find('\n'); end != std::string::npos; end = heard_.find('\n', begin)) {
        refused.push_back(refused_of(std::string_view{heard_}.substr(begin, end - begin)));
        begin = end + 1;
    }
    heard_.erase(0, begin);
    return refused;
}

void PushPeer::read_answers() {
    std::array<char, 16'384> bytes{};
    const auto size = ::recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size > 0) {
        heard_.append(bytes.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        closed_ = true;
    }
}

}  // namespace primum::ctl

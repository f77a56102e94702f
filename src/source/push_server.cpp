// SPDX-License-Identifier: MIT
#include "source/push_server.hpp"

#include "source/push_peer.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace primum::source {
namespace {

constexpr double bytes_of_a_token = 1'024;

// A long line may have many values.
std::uint32_t steps_of(std::size_t line_bytes) {
    return 1 + static_cast<std::uint32_t>(line_bytes / 1'024);
}

}  // namespace

PushServer::PushServer(systemd::EventLoop& loop, const Clock& clock, PushServerLimits limits)
    : loop_(loop),
      clock_(clock),
      limits_(limits),
      desk_(limits.line),
      stream_(std::make_unique<Listener>()),
      datagrams_(std::make_unique<Listener>()),
      buffer_(std::max(limits.read_bytes, limits.line.line_bytes + 1), '\0'),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    PRIMUM_CHECK(epoll_ >= 0);
    io_ = loop_.on_io(epoll_, EPOLLIN, [this](std::uint32_t) { turn(); });
}

PushServer::~PushServer() {
    io_.reset();
    ::close(epoll_);
}

void PushServer::listen_stream(int fd) {
    adopt(*stream_, fd, true);
}

void PushServer::listen_datagrams(int fd) {
    const int on = 1;
    PRIMUM_CHECK(::setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0);
    adopt(*datagrams_, fd, false);
}

void PushServer::adopt(Listener& listener, int fd, bool stream) {
    if (listener.fd >= 0) {
        ::close(listener.fd);
    }
    const int flags = ::fcntl(fd, F_GETFL);
    PRIMUM_CHECK(flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0);
    listener.fd = fd;
    listener.stream = stream;
    watch(fd, EPOLLIN, &listener);
}

bool PushServer::listening() const {
    return stream_->fd >= 0 || datagrams_->fd >= 0;
}

void PushServer::attach(PushTaker& taker) {
    desk_.attach(taker);
    review_users();
}

void PushServer::detach(const PushTaker& taker) {
    desk_.detach(taker);
    review_users();
}

PushFigures PushServer::figures() {
    auto figures = desk_.figures();
    for (const auto& [uid, user] : users_) {
        figures.open += static_cast<std::uint32_t>(user->connections.size());
    }
    return figures;
}

// What they may do has changed with the rules. Who may nothing any more is told so at its next
// line.
void PushServer::review_users() {
    const auto now = clock_.now().t;
    for (auto& [uid, user] : users_) {
        user->bucket.set_rate(std::max(desk_.rate_of(uid), 1U), now);
    }
}

PushServer::User* PushServer::user_of(uid_t uid) {
    const auto found = users_.find(uid);
    const auto rate = desk_.rate_of(uid);
    if (rate == 0) {
        return nullptr;
    }
    if (found != users_.end()) {
        return found->second.get();
    }
    auto user = std::make_unique<User>(uid, rate, clock_.now().t);
    return users_.emplace(uid, std::move(user)).first->second.get();
}

void PushServer::turn() {
    soon_.reset();
    later_.reset();
    collect();
    auto steps = limits_.steps_per_turn;
    serve(steps);
    steps = limits_.steps_at_a_time;
    accept_some(steps);
    steps = limits_.steps_at_a_time;
    receive_some(steps);
    again();
}

// Connections are told of once, when something new has come; listeners as long as something waits.
void PushServer::collect() {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    stream_->ready = false;
    datagrams_->ready = false;
    for (int i = 0; i < count; ++i) {
        auto* who = events.at(static_cast<std::size_t>(i)).data.ptr;
        if (who == stream_.get() || who == datagrams_.get()) {
            static_cast<Listener*>(who)->ready = true;
        } else {
            static_cast<Connection*>(who)->readable = true;
        }
    }
}

void PushServer::accept_some(std::uint32_t& steps) {
    while (stream_->ready && steps > 0) {
        const int fd = ::accept4(stream_->fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            stream_->ready = errno == EINTR || errno == ECONNABORTED;
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
                pause(*stream_);
            }
        } else {
            accepted(fd);
        }
        --steps;
    }
    if (stream_->ready) {
        pause(*stream_);
    }
}

void PushServer::accepted(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    auto* user = known ? user_of(peer.uid) : nullptr;
    std::size_t open = 0;
    for (const auto& [uid, one] : users_) {
        open += one->connections.size();
    }
    ++desk_.figures().connections;
    if (user == nullptr || open >= limits_.connections ||
        user->connections.size() >= limits_.connections_per_uid) {
        const auto code =
            user == nullptr ? PushRefusal::not_permitted : PushRefusal::too_many_connections;
        static_cast<void>(
            send_whole(fd, answer_line(0, desk_.refuse(code, fmt::format("uid {}", peer.uid)))));
        ::close(fd);
        return;
    }
    auto& connection =
        user->connections.emplace_back(std::make_unique<Connection>(fd, *user, limits_));
    watch(fd, EPOLLIN | EPOLLRDHUP | EPOLLET, connection.get());
}

void PushServer::receive_some(std::uint32_t& steps) {
    while (datagrams_->ready && steps > 0) {
        --steps;
        iovec bytes{buffer_.data(), limits_.line.line_bytes + 1};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
        msghdr message{};
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto size = ::recvmsg(datagrams_->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (size < 0) {
            datagrams_->ready = errno == EINTR;
            continue;
        }
        const auto uid = sender_of(message);
        if (!uid) {
            static_cast<void>(desk_.refuse(PushRefusal::not_permitted));
        } else if ((static_cast<unsigned>(message.msg_flags) & MSG_TRUNC) != 0U) {
            static_cast<void>(desk_.refuse(PushRefusal::too_long));
        } else {
            received(*uid, {buffer_.data(), static_cast<std::size_t>(size)}, steps);
        }
    }
    if (datagrams_->ready) {
        pause(*datagrams_);
    }
}

// One or more lines; the last one needs no newline, for a datagram comes whole or not at all.
void PushServer::received(uid_t uid, std::string_view bytes, std::uint32_t& steps) {
    auto* user = user_of(uid);
    if (user == nullptr) {
        static_cast<void>(desk_.refuse(PushRefusal::not_permitted));
        return;
    }
    const auto now = clock_.now().t;
    PushNumbers numbers{limits_.numbers_bytes};
    user->bucket.charge(static_cast<double>(bytes.size()) / bytes_of_a_token);
    while (!bytes.empty()) {
        if (!user->bucket.may(now)) {
            static_cast<void>(desk_.refuse(PushRefusal::rate_limited));
            return;
        }
        const auto end = bytes.find('\n');
        const auto line = bytes.substr(0, end);
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        user->bucket.charge(1);
        steps -= std::min(steps, steps_of(line.size()));
        if (!line.empty()) {
            static_cast<void>(desk_.take(uid, numbers, line));
        }
    }
}

// A few steps for each user that has work and may, round and round, from the one after the last.
void PushServer::serve(std::uint32_t& steps) {
    bool moved = true;
    while (moved && steps > 0 && !users_.empty()) {
        moved = false;
        auto at = served_ ? users_.upper_bound(*served_) : users_.begin();
        for (std::size_t i = 0; i < users_.size() && steps > 0; ++i, ++at) {
            if (at == users_.end()) {
                at = users_.begin();
            }
            served_ = at->first;
            moved = serve_one(*at->second, steps) || moved;
        }
    }
}

bool PushServer::serve_one(User& user, std::uint32_t& steps) {
    const auto now = clock_.now().t;
    auto& connections = user.connections;
    auto left = std::min(steps, limits_.steps_at_a_time);
    const auto before = left;
    for (std::size_t i = connections.size(); i > 0 && left > 0; --i) {
        user.next = user.next < connections.size() ? user.next : 0;
        auto& connection = *connections[user.next];
        while (left > 0 && connection.has_work() && !connection.ended && user.bucket.may(now)) {
            left -= std::min(left, step(connection));
        }
        if (connection.ended) {
            connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(user.next));
        } else {
            ++user.next;
        }
    }
    steps -= before - left;
    return left != before;
}

// One line, or one read; what it counts for. 0: there was neither.
std::uint32_t PushServer::step(Connection& connection) {
    if (const auto cut = connection.cutter.next()) {
        connection.user.bucket.charge(1);
        take_line(connection, *cut);
        return steps_of(cut->line.size());
    }
    return connection.readable && read_more(connection) ? 1 : 0;
}

bool PushServer::read_more(Connection& connection) {
    const auto size = ::recv(connection.fd, buffer_.data(), limits_.read_bytes, MSG_DONTWAIT);
    if (size > 0) {
        connection.user.bucket.charge(static_cast<double>(size) / bytes_of_a_token);
        connection.cutter.feed({buffer_.data(), static_cast<std::size_t>(size)});
        return true;
    }
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        connection.readable = errno == EINTR;
        return false;
    }
    connection.readable = false;
    connection.ended = true;
    if (const auto line = connection.cutter.unfinished()) {
        answer(connection, *line, desk_.refuse(PushRefusal::unfinished_line));
    }
    return true;
}

void PushServer::take_line(Connection& connection, const LineCutter::Cut& cut) {
    if (cut.too_long) {
        answer(connection,
               cut.number,
               desk_.refuse(PushRefusal::too_long,
                            fmt::format("more than {} bytes", limits_.line.line_bytes)));
    } else if (!cut.line.empty()) {
        if (const auto refused = desk_.take(connection.user.uid, connection.numbers, cut.line)) {
            answer(connection, cut.number, *refused);
        }
    }
}

void PushServer::answer(Connection& connection, std::uint64_t line, const PushError& error) {
    if (connection.mute) {
        ++desk_.figures().answers_dropped;
        return;
    }
    const auto text = answer_line(line, error);
    const auto sent = ::send(connection.fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(text.size())) {
        ++desk_.figures().answers_dropped;
        connection.mute = sent > 0;  // the rest of that line cannot be made up for
    }
}

void PushServer::pause(Listener& listener) {
    listener.paused = true;
    epoll_event none{};
    none.data.ptr = &listener;
    PRIMUM_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener.fd, &none) == 0);
    if (!pause_.armed()) {
        pause_ = loop_.at(clock_.now().t + limits_.pause, [this] { go_on(); });
    }
}

void PushServer::go_on() {
    pause_.reset();
    for (auto* listener : {stream_.get(), datagrams_.get()}) {
        if (std::exchange(listener->paused, false)) {
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.ptr = listener;
            PRIMUM_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener->fd, &event) == 0);
        }
    }
}

// What is left is done in the next turn, after everything else that is due; of those who have used
// up what they may, when they have some again.
void PushServer::again() {
    const auto now = clock_.now().t;
    std::optional<Instant> at;
    for (const auto& [uid, user] : users_) {
        if (!user->has_work()) {
            continue;
        }
        if (user->bucket.may(now)) {
            soon_ = loop_.soon([this] { turn(); });
            return;
        }
        at = at ? std::min(*at, user->bucket.ready_at()) : user->bucket.ready_at();
    }
    if (at) {
        later_ = loop_.at(*at, [this] { turn(); });
    }
}

void PushServer::watch(int fd, std::uint32_t events, void* who) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = who;
    PRIMUM_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0);
}

}  // namespace primum::source

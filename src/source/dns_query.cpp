// SPDX-License-Identifier: MIT
#include "source/dns_query.hpp"

#include <primum/check.hpp>

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <ares.h>
#include <sys/epoll.h>

namespace primum::source {
namespace {

constexpr int max_addresses = 64;    // of an answer; further ones are not looked at
constexpr int packet_bytes = 1'232;  // EDNS; what no network cuts (DNS flag day 2020)

void init_library_once() {
    static const int done = ares_library_init(ARES_LIB_INIT_ALL);
    PRIMUM_CHECK(done == ARES_SUCCESS);
}

template <class Address>
std::string text_of(int family, const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return inet_ntop(family, &address, text.data(), text.size()) != nullptr ? text.data() : "";
}

// `status`: of reading the answer.
std::vector<std::string> addresses_in(DnsType type,
                                      const unsigned char* answer,
                                      int size,
                                      int& status) {
    std::vector<std::string> addresses;
    int count = max_addresses;
    if (type == DnsType::a) {
        std::array<ares_addrttl, max_addresses> found{};
        status = ares_parse_a_reply(answer, size, nullptr, found.data(), &count);
        for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
            addresses.push_back(text_of(AF_INET, found.at(static_cast<std::size_t>(i)).ipaddr));
        }
    } else {
        std::array<ares_addr6ttl, max_addresses> found{};
        status = ares_parse_aaaa_reply(answer, size, nullptr, found.data(), &count);
        for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
            addresses.push_back(text_of(AF_INET6, found.at(static_cast<std::size_t>(i)).ip6addr));
        }
    }
    return addresses;
}

// Whether the server itself has spoken, as far as c-ares tells.
SourceFailure failure_of(int status) {
    switch (status) {
        case ARES_SUCCESS:
        case ARES_ENODATA:
        case ARES_ENOTFOUND:
        case ARES_EFORMERR:
        case ARES_ESERVFAIL:
        case ARES_ENOTIMP:
        case ARES_EREFUSED:
            return SourceFailure::none;
        case ARES_ECONNREFUSED:
            return SourceFailure::refused;
        case ARES_ETIMEOUT:
        case ARES_ECANCELLED:
            return SourceFailure::timeout;
        case ARES_EBADRESP:
            return SourceFailure::protocol;
        default:
            return SourceFailure::other;
    }
}

}  // namespace

class DnsQuery::Impl {
public:
    Impl(systemd::EventLoop& loop,
         const Clock& clock,
         std::string server,
         std::string name,
         DnsType type,
         Done done)
        : loop_(loop),
          clock_(clock),
          server_(std::move(server)),
          name_(std::move(name)),
          type_(type),
          done_(std::move(done)) {
        init_library_once();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { close(); }

    // A channel of its own for each question: nothing of an earlier one can be taken for an answer.
    void start(Duration timeout) {
        PRIMUM_CHECK(channel_ == nullptr);
        began_ = clock_.now().t;
        answer_ = {};
        answered_ = false;
        if (!open(timeout)) {
            answer_.failure = SourceFailure::other;
            answer_.detail = fmt::format("\"{}\" cannot be asked", server_);
            later_ = loop_.soon([this] { finish(); });
            return;
        }
        deadline_ = loop_.at(began_ + timeout, [this] {
            ares_cancel(channel_);
            settle();
        });
        ares_query(
            channel_, name_.c_str(), C_IN, type_ == DnsType::a ? T_A : T_AAAA, &on_answer, this);
        settle();
    }

private:
    bool open(Duration timeout) {
        ares_options options{};
        // NOCHECKRESP: a server's refusal is an answer, not a reason to ask on.
        options.flags =
            ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS;
        options.ednspsz = packet_bytes;
        options.tries = 1;
        options.timeout = static_cast<int>(std::max<std::int64_t>(
            1, std::chrono::ceil<std::chrono::milliseconds>(timeout).count()));
        options.sock_state_cb = &on_socket;
        options.sock_state_cb_data = this;
        std::array<char, 2> files{'b', '\0'};
        options.lookups = files.data();
        const int mask = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS |
                         ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS;
        if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
            channel_ = nullptr;
            return false;
        }
        if (ares_set_servers_ports_csv(channel_, server_.c_str()) != ARES_SUCCESS) {
            close();
            return false;
        }
        return true;
    }

    // The callbacks that c-ares makes for what is left find the answer taken.
    void close() {
        answered_ = true;
        if (channel_ != nullptr) {
            ares_destroy(std::exchange(channel_, nullptr));
        }
        sockets_.clear();
        deadline_.reset();
    }

    static void on_socket(void* self, ares_socket_t fd, int readable, int writable) {
        static_cast<Impl*>(self)->watch(fd, readable != 0, writable != 0);
    }

    void watch(ares_socket_t fd, bool readable, bool writable) {
        sockets_.erase(fd);
        if (readable || writable) {
            const std::uint32_t events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
            sockets_[fd] = loop_.on_io(fd, events, [this, fd](std::uint32_t bits) {
                const bool broken = (bits & (EPOLLERR | EPOLLHUP)) != 0;
                ares_process_fd(channel_,
                                broken || (bits & EPOLLIN) != 0 ? fd : ARES_SOCKET_BAD,
                                (bits & EPOLLOUT) != 0 ? fd : ARES_SOCKET_BAD);
                settle();
            });
        }
    }

    static void on_answer(
        void* self, int status, int /*timeouts*/, unsigned char* bytes, int size) {
        static_cast<Impl*>(self)->take(status, bytes, size);
    }

    // Called from within c-ares, which must not be left: settle() ends the question.
    void take(int status, const unsigned char* bytes, int size) {
        if (std::exchange(answered_, true)) {
            return;
        }
        if (status == ARES_SUCCESS) {
            answer_.addresses = addresses_in(type_, bytes, size, status);
        }
        answer_.failure = failure_of(status);
        if (status != ARES_SUCCESS) {
            answer_.detail =
                status == ARES_ECANCELLED ? "no answer in time" : ares_strerror(status);
        }
    }

    void settle() {
        if (!answered_) {
            return;
        }
        // Not from here: c-ares or the loop may be on the stack.
        deadline_.reset();
        later_ = loop_.soon([this] { finish(); });
    }

    void finish() {
        close();
        answer_.took = clock_.now().t - began_;
        const auto answer = std::move(answer_);
        done_(answer);
    }

    systemd::EventLoop& loop_;
    const Clock& clock_;
    std::string server_;
    std::string name_;
    DnsType type_;
    Done done_;
    ares_channel channel_ = nullptr;
    std::map<ares_socket_t, systemd::LoopSource> sockets_;
    systemd::LoopSource deadline_;
    systemd::LoopSource later_;
    Instant began_;
    DnsAnswer answer_;
    bool answered_ = false;
};

DnsQuery::DnsQuery(systemd::EventLoop& loop,
                   const Clock& clock,
                   std::string server,
                   std::string name,
                   DnsType type,
                   Done done)
    : impl_(std::make_unique<Impl>(
          loop, clock, std::move(server), std::move(name), type, std::move(done))) {}

DnsQuery::~DnsQuery() = default;

void DnsQuery::start(Duration timeout) {
    impl_->start(timeout);
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "http/listen_socket.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>

#include <sys/socket.h>
#include <unistd.h>

namespace primum::http {
namespace {

using Kind = HttpError::Kind;

constexpr int backlog = 64;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* raw() const {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    return error == std::errc{} && rest == end ? std::optional{port} : std::nullopt;
}

std::optional<Address> parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto port = parse_port(text.substr(colon + 1));
    std::string host{text.substr(0, colon)};
    if (!port) {
        return std::nullopt;
    }
    Address address;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(*port);
        address.size = sizeof *six;
        return inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) == 1 ? std::optional{address}
                                                                       : std::nullopt;
    }
    auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
    four->sin_family = AF_INET;
    four->sin_port = htons(*port);
    address.size = sizeof *four;
    return inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1 ? std::optional{address}
                                                                  : std::nullopt;
}

HttpError error_of(int code, std::string_view address) {
    switch (code) {
        case EADDRINUSE:
            return {Kind::in_use,
                    fmt::format("cannot listen on {}: somebody else listens there; set [http] "
                                "listen to another port, or to \"\" for none",
                                address)};
        case EACCES:
            return {Kind::not_permitted,
                    fmt::format("cannot listen on {}: not permitted; set [http] listen to a port "
                                "from 1024 on",
                                address)};
        case EADDRNOTAVAIL:
            return {Kind::bad_address,
                    fmt::format("cannot listen on {}: this host does not have that address; set "
                                "[http] listen to one it has, or to 127.0.0.1",
                                address)};
        default:
            return {Kind::system,
                    fmt::format(
                        "cannot listen on {}: {}", address, std::generic_category().message(code))};
    }
}

}  // namespace

Result<ListenSocket, HttpError> ListenSocket::open(std::string_view address) {
    auto parsed = parse(address);
    if (!parsed) {
        return fail(HttpError{Kind::bad_address,
                              fmt::format("\"{}\" is not an address to listen on; write [http] "
                                          "listen as \"127.0.0.1:9763\" or \"[::1]:9763\"",
                                          address)});
    }
    ListenSocket made{
        socket(parsed->raw()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (made.fd_ < 0) {
        return fail(error_of(errno, address));
    }
    const int on = 1;
    if (setsockopt(made.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(made.fd_, parsed->raw(), parsed->size) != 0 || ::listen(made.fd_, backlog) != 0 ||
        getsockname(made.fd_, parsed->raw(), &parsed->size) != 0) {
        return fail(error_of(errno, address));
    }
    // The port stands at the same place in both families.
    made.port_ = ntohs(reinterpret_cast<const sockaddr_in*>(parsed->raw())->sin_port);
    return made;
}

ListenSocket::~ListenSocket() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

}  // namespace primum::http

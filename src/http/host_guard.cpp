// SPDX-License-Identifier: MIT
#include "http/host_guard.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <optional>
#include <string>

namespace primum::http {
namespace {

constexpr std::size_t max_name_bytes = 253;  // RFC 1035, 2.3.4

bool is_port(std::string_view text) {
    return text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The name or address without its port, brackets kept; nothing where that is no host.
std::optional<std::string_view> without_port(std::string_view host) {
    const auto colon = host.rfind(':');
    const auto bracket = host.rfind(']');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
        return host;
    }
    return is_port(host.substr(colon + 1)) ? std::optional{host.substr(0, colon)} : std::nullopt;
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

bool in_brackets(std::string_view text) {
    return text.size() > 2 && text.front() == '[' && text.back() == ']';
}

}  // namespace

bool is_loopback(std::string_view listen_address) {
    const auto host = without_port(listen_address);
    if (!host) {
        return false;
    }
    if (in_brackets(*host)) {
        const std::string six{host->substr(1, host->size() - 2)};
        in6_addr address{};
        return inet_pton(AF_INET6, six.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
    }
    in_addr address{};
    return inet_pton(AF_INET, std::string{*host}.c_str(), &address) == 1 &&
           (ntohl(address.s_addr) >> 24U) == 127U;
}

bool names_loopback(std::string_view host) {
    if (host.empty()) {
        return true;
    }
    const auto found = host.size() <= max_name_bytes ? without_port(host) : std::nullopt;
    if (!found || found->empty()) {
        return false;
    }
    std::string name = lower(*found);
    if (in_brackets(name)) {
        in6_addr address{};
        name = name.substr(1, name.size() - 2);
        return inet_pton(AF_INET6, name.c_str(), &address) == 1;
    }
    in_addr address{};
    if (inet_pton(AF_INET, name.c_str(), &address) == 1) {
        return true;
    }
    if (name.back() == '.') {
        name.pop_back();
    }
    return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace primum::http

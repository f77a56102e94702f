// SPDX-License-Identifier: MIT
#include "rules/remedy_plan.hpp"
#include "rules/source_plan.hpp"
#include "rules/url.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::rules {
namespace {

constexpr CountRange redirects_allowed{0, 5};
constexpr std::size_t socket_bytes = 107;  // sockaddr_un, with a zero at its end
constexpr CountRange bytes_allowed{1'024, 256 * 1024 * 1024};

void read_path(CanonicalText& text, Section& section, std::string_view key, std::string& path) {
    if (!section.read(key, path)) {
        return;
    }
    if (const auto mistake = mistake_in_path(path); !mistake.empty()) {
        section.fail_at(*section.find(key), fmt::format("{}: {}", path, mistake));
    }
    text.add(key, path);
}

// Two keys that only make sense together.
void read_pair(Section& section, std::string_view one, std::string_view other) {
    const Member* first = section.find(one);
    const Member* second = section.find(other);
    if ((first == nullptr) != (second == nullptr)) {
        section.fail_key(first != nullptr ? *first : *second,
                         fmt::format("{} and {} belong together", one, other));
    }
}

}  // namespace

HttpAccess read_http_access(CanonicalText& text, Section& section) {
    HttpAccess access;
    read_path(text, section, "unix_socket", access.unix_socket);
    if (access.unix_socket.size() > socket_bytes) {
        section.fail_at(*section.find("unix_socket"),
                        fmt::format("the path of a socket has at most {} bytes", socket_bytes));
    }
    if (section.read("redirects", access.redirects, redirects_allowed)) {
        text.add("redirects", access.redirects);
    }
    if (section.read("max_bytes", access.max_bytes, bytes_allowed)) {
        text.add("max_bytes", access.max_bytes);
    }
    read_path(text, section, "ca_file", access.ca_file);
    read_path(text, section, "cert_file", access.cert_file);
    read_path(text, section, "key_file", access.key_file);
    read_pair(section, "cert_file", "key_file");
    if (section.read("user", access.user)) {
        // RFC 7617, 2: what follows a colon would be the password.
        if (access.user.empty() || std::any_of(access.user.begin(), access.user.end(), [](char c) {
                return c < 0x20 || c == 0x7f || c == ':';
            })) {
            section.fail_at(*section.find("user"),
                            "a user is a word of printable ASCII without a colon");
        }
        text.add("user", access.user);
    }
    read_path(text, section, "password_file", access.password_file);
    read_pair(section, "user", "password_file");
    read_path(text, section, "bearer_file", access.bearer_file);
    const Member* bearer = section.find("bearer_file");
    if (bearer != nullptr && section.find("user") != nullptr) {
        section.fail_key(*bearer, "one of user and bearer_file is enough");
    }
    return access;
}

void read_prometheus(CanonicalText& text, SourceRule& source, Section& section) {
    if (section.find("url") == nullptr) {
        section.fail_here("a source of kind prometheus needs a url");
    } else {
        read_url(section, source.url);
    }
    PrometheusPlan plan;
    plan.access = read_http_access(text, section);
    if (section.read_name("format", plan.format)) {
        text.add("format", name_of(plan.format));
    }
    source.plan = std::move(plan);
}

}  // namespace primum::rules

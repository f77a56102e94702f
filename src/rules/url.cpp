// SPDX-License-Identifier: MIT
#include "rules/url.hpp"

#include <algorithm>

namespace primum::rules {

std::string_view mistake_in_url(std::string_view url) {
    constexpr std::size_t max_url_bytes = 2048;
    if (url.size() > max_url_bytes) {
        return "the address is too long";
    }
    const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
    if (scheme == 0) {
        return "an address that begins with http:// or https:// is expected";
    }
    if (std::any_of(url.begin(), url.end(), [](char c) {
            return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#' || c == '\\';
        })) {
        return "the address has a blank, '#', '\\' or control character in it";
    }
    const std::string_view authority = url.substr(scheme, url.find_first_of("/?", scheme) - scheme);
    if (authority.find('@') != std::string_view::npos) {
        return "user and password do not belong into an address";
    }
    if (authority.empty() || authority.front() == ':') {
        return "the address has no host";
    }
    return {};
}

bool read_url(Section& section, std::string& out) {
    if (!section.read("url", out)) {
        return false;
    }
    if (const std::string_view why = mistake_in_url(out); !why.empty()) {
        section.fail_at(*section.find("url"), why);
        return false;
    }
    return true;
}

}  // namespace primum::rules

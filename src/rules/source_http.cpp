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
    const HttpAccess usual;
    if (section.read("redirects", access.redirects, redirects_allowed) &&
        access.redirects != usual.redirects) {
        text.add("redirects", access.redirects);
    }
    if (section.read("max_bytes", access.max_bytes, bytes_allowed) &&
        access.max_bytes != usual.max_bytes) {
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
    if (section.read_name("format", plan.format) && plan.format != PageFormat::automatic) {
        text.add("format", name_of(plan.format));
    }
    source.plan = std::move(plan);
}

namespace {

constexpr std::size_t max_queries = 64;
constexpr std::size_t max_query_bytes = 4'096;
constexpr std::size_t max_name_bytes = 128;

bool is_metric_name(std::string_view name) {
    const auto begins = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    };
    return !name.empty() && name.size() <= max_name_bytes && begins(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return begins(c) || (c >= '0' && c <= '9');
           });
}

void read_queries(CanonicalText& text, Section& section, PromqlPlan& plan) {
    auto queries = section.table("query");
    if (!queries || queries->members().empty()) {
        section.fail_here("a source of kind promql needs a query, like query.errors = \"...\"");
        return;
    }
    for (const Member& member : queries->members()) {
        queries->find(member.key);
        const std::string* query = queries->string_of(member);
        if (query == nullptr) {
            continue;
        }
        if (!is_metric_name(member.key)) {
            queries->fail_key(member, "a query is named as a metric is: letters, digits, '_', ':'");
        }
        if (query->empty() || query->size() > max_query_bytes) {
            queries->fail_at(member, fmt::format("a query has 1 to {} bytes", max_query_bytes));
        }
        text.add("query", member.key);
        text.add("text", *query);
        plan.queries.push_back({member.key, *query});
    }
    if (plan.queries.size() > max_queries) {
        section.fail_at(*section.find("query"), fmt::format("over {} queries", max_queries));
    }
}

}  // namespace

void read_promql(CanonicalText& text, SourceRule& source, Section& section) {
    const Member* url = section.find("url");
    if (url == nullptr) {
        section.fail_here("a source of kind promql needs a url");
    } else if (read_url(section, source.url) && source.url.find('?') != std::string::npos) {
        section.fail_at(*url, "the server's address is expected, without a query");
    }
    PromqlPlan plan;
    plan.access = read_http_access(text, section);
    read_queries(text, section, plan);
    if (const Member* partial = section.find("accept_partial")) {
        if (partial->value.kind != Node::Kind::boolean) {
            section.fail_at(*partial, "true or false is expected");
        }
        plan.accept_partial = partial->value.boolean;
        if (plan.accept_partial) {
            text.add("accept_partial", std::uint32_t{1});
        }
    }
    if (section.read("max_age", plan.max_age, {std::chrono::seconds{1}, std::chrono::hours{1}}) &&
        plan.max_age != PromqlPlan{}.max_age) {
        text.add("max_age", plan.max_age);
    }
    source.plan = std::move(plan);
}

}  // namespace primum::rules

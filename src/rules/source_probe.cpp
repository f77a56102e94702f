// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/source_plan.hpp"
#include "rules/url.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace primum::rules {
namespace {

constexpr std::size_t max_vantages = 16;
constexpr std::size_t max_address_bytes = 255;
constexpr std::size_t max_statuses = 32;

// The vantage points of a probe: one under `one`, or several under `many`.
std::vector<std::string> read_vantages(CanonicalText& text,
                                       Section& section,
                                       std::string_view one,
                                       std::string_view many,
                                       std::string_view (*mistake_in)(std::string_view)) {
    std::vector<std::string> vantages;
    const Member* first = section.find(one);
    const Member* list = section.find(many);
    if ((first == nullptr) == (list == nullptr)) {
        section.fail_here(fmt::format("either {} or {} is needed", one, many));
        return vantages;
    }
    if (first != nullptr) {
        vantages.emplace_back();
        section.read(one, vantages.front());
    } else {
        section.read(many, vantages);
    }
    const Member& at = first != nullptr ? *first : *list;
    if (vantages.empty() || vantages.size() > max_vantages) {
        section.fail_at(at, fmt::format("1 to {} are expected", max_vantages));
    }
    for (const auto& vantage : vantages) {
        if (const auto mistake = mistake_in(vantage); !mistake.empty()) {
            section.fail_at(at, fmt::format("\"{}\": {}", vantage.substr(0, 64), mistake));
        }
    }
    if (std::set<std::string>{vantages.begin(), vantages.end()}.size() != vantages.size()) {
        section.fail_at(at, "one stands there twice");
    }
    text.add("vantages", vantages);
    return vantages;
}

bool is_address(std::string_view text, DnsType type) {
    in6_addr ignored{};
    const std::string address{text};
    return inet_pton(type == DnsType::a ? AF_INET : AF_INET6, address.c_str(), &ignored) == 1;
}

// As the kernel writes it, so that it can be compared as text.
std::string usual_form(const std::string& address, DnsType type) {
    const int family = type == DnsType::a ? AF_INET : AF_INET6;
    in6_addr binary{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_pton(family, address.c_str(), &binary);
    return inet_ntop(family, &binary, text.data(), text.size()) != nullptr ? text.data() : address;
}

bool is_port(std::string_view text) {
    std::uint32_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    return error == std::errc{} && stop == end && port >= 1 && port <= 65'535;
}

// host:port, or [IPv6]:port.
std::string_view mistake_in_address(std::string_view address) {
    constexpr std::string_view expected = "host:port is expected, [address]:port for IPv6";
    const auto colon = address.rfind(':');
    if (address.size() > max_address_bytes || colon == std::string_view::npos || colon == 0 ||
        !is_port(address.substr(colon + 1))) {
        return expected;
    }
    auto host = address.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    return std::all_of(host.begin(),
                       host.end(),
                       [&](char c) {
                           const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                           return letter || (c >= '0' && c <= '9') || c == '.' ||
                                  (bracketed ? c == ':' : c == '-' || c == '_');
                       })
               ? std::string_view{}
               : expected;
}

void read_statuses(CanonicalText& text, Section& section, HttpProbePlan& plan) {
    const Member* member = section.find("statuses");
    if (member == nullptr) {
        return;
    }
    const auto& items = member->value.items;
    plan.statuses.clear();
    for (const Node& item : items) {
        if (item.kind == Node::Kind::integer && item.integer >= 100 && item.integer <= 599) {
            plan.statuses.push_back(static_cast<std::uint32_t>(item.integer));
        }
    }
    if (member->value.kind != Node::Kind::array || items.empty() || items.size() > max_statuses ||
        plan.statuses.size() != items.size()) {
        section.fail_at(*member, "an array of HTTP statuses is expected, like [200, 204]");
    }
    std::sort(plan.statuses.begin(), plan.statuses.end());
    if (plan.statuses == HttpProbePlan{}.statuses) {
        return;
    }
    for (const auto status : plan.statuses) {
        text.add("status", status);
    }
}

void read_expectation(CanonicalText& text, Section& section, HttpProbePlan& plan) {
    if (auto json = section.table("json")) {
        JsonExpectation expected;
        if (json->read("pointer", expected.pointer) &&
            !(expected.pointer.empty() || expected.pointer.starts_with('/'))) {
            json->fail_at(*json->find("pointer"),
                          "a JSON pointer begins with '/', like /status (RFC 6901)");
        }
        if (json->find("pointer") == nullptr || !json->read("equals", expected.equals)) {
            section.fail_at(*section.find("json"), "pointer and equals are needed");
        }
        json->refuse_unknown_keys();
        text.add("pointer", expected.pointer);
        text.add("equals", expected.equals);
        plan.json = std::move(expected);
    }
    std::string body;
    if (section.read("body", body)) {
        text.add("body", body);
        plan.body = std::move(body);
    }
    if (plan.json && plan.body) {
        section.fail_key(*section.find("body"), "one of json and body is enough");
    }
}

}  // namespace

namespace {

// An address, or address:port, [address]:port for IPv6.
std::string_view mistake_in_server(std::string_view server) {
    constexpr std::string_view expected =
        "an address is expected, with or without a port: 192.0.2.1, 192.0.2.1:53, [2001:db8::1]:53";
    if (is_address(server, DnsType::a) || is_address(server, DnsType::aaaa)) {
        return {};
    }
    const auto colon = server.rfind(':');
    if (colon == std::string_view::npos || !is_port(server.substr(colon + 1))) {
        return expected;
    }
    const auto host = server.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    return is_address(host, DnsType::a) ||
                   (bracketed && is_address(host.substr(1, host.size() - 2), DnsType::aaaa))
               ? std::string_view{}
               : expected;
}

// RFC 1035, 2.3.4: labels of 1 to 63 bytes, 253 in all; with '_', as services have it.
bool is_host_name(std::string_view name) {
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    std::size_t label = 0;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == '.' ? label == 0 : !(letter || (c >= '0' && c <= '9') || c == '-' || c == '_')) {
            return false;
        }
        label = c == '.' ? 0 : label + 1;
        if (label > 63) {
            return false;
        }
    }
    return label > 0 && name.size() <= 253;
}

}  // namespace

Agreement read_agreement(CanonicalText& text, Section& section, std::size_t of) {
    const auto n = static_cast<std::uint32_t>(of);
    Agreement agree{n / 2 + 1, n};
    Persistence read;
    if (section.find("agree") != nullptr && read_persistence(section, "agree", read)) {
        agree = {read.k, read.n};
        if (read.n != n) {
            section.fail_at(*section.find("agree"),
                            fmt::format("{} vantage points are named, so it is \"k of {}\"", n, n));
        } else if (2 * read.k <= n) {
            section.fail_at(*section.find("agree"),
                            "more than half must agree, or both verdicts could be reached");
        }
    }
    text.add("agree", agree.k);
    return agree;
}

TimeoutMeans read_timeout_means(CanonicalText& text, Section& section) {
    auto means = TimeoutMeans::unknown;
    section.read_name("timeout_means", means);
    text.add("timeout_means", name_of(means));
    return means;
}

void read_tcp(CanonicalText& text, SourceRule& source, Section& section) {
    TcpPlan plan;
    plan.addresses = read_vantages(text, section, "address", "addresses", mistake_in_address);
    plan.agree = read_agreement(text, section, plan.addresses.size());
    plan.timeout_means = read_timeout_means(text, section);
    source.plan = std::move(plan);
}

void read_dns(CanonicalText& text, SourceRule& source, Section& section) {
    DnsPlan plan;
    if (section.find("name") == nullptr) {
        section.fail_here("a source of kind dns needs a name to ask for");
    } else if (section.read("name", plan.name) && !is_host_name(plan.name)) {
        section.fail_at(*section.find("name"), "a host name is expected, like www.example.net");
    }
    text.add("name", plan.name);
    section.read_name("type", plan.type);
    text.add("type", name_of(plan.type));
    plan.servers = read_vantages(text, section, "server", "servers", mistake_in_server);
    if (section.read("expect", plan.expect)) {
        if (plan.expect.empty() || plan.expect.size() > max_vantages) {
            section.fail_at(*section.find("expect"),
                            fmt::format("1 to {} addresses are expected", max_vantages));
        }
        for (std::string& address : plan.expect) {
            if (!is_address(address, plan.type)) {
                section.fail_at(*section.find("expect"),
                                fmt::format("\"{}\" is no address of type {}",
                                            address.substr(0, 64),
                                            name_of(plan.type)));
            } else {
                address = usual_form(address, plan.type);
            }
        }
        text.add("expect", plan.expect);
    }
    plan.agree = read_agreement(text, section, plan.servers.size());
    plan.timeout_means = read_timeout_means(text, section);
    source.plan = std::move(plan);
}

void read_http_probe(CanonicalText& text, SourceRule& source, Section& section) {
    HttpProbePlan plan;
    plan.urls = read_vantages(text, section, "url", "urls", mistake_in_url);
    plan.access = read_http_access(text, section);
    read_statuses(text, section, plan);
    read_expectation(text, section, plan);
    plan.agree = read_agreement(text, section, plan.urls.size());
    plan.timeout_means = read_timeout_means(text, section);
    source.plan = std::move(plan);
}

}  // namespace primum::rules

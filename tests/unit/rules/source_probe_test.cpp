// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;

std::string tcp(std::string_view more) {
    return "[source.p]\nkind = \"tcp\"\n" + std::string{more};
}
std::string http(std::string_view more) {
    return "[source.p]\nkind = \"http\"\n" + std::string{more};
}
TcpPlan tcp_plan(std::string_view more) {
    return std::get<TcpPlan>(rules_of(tcp(more)).sources.at(0).plan);
}
HttpProbePlan http_plan(std::string_view more) {
    return std::get<HttpProbePlan>(rules_of(http(more)).sources.at(0).plan);
}

TEST(SourceProbeTest, ReadsTcp) {
    const auto one = tcp_plan("address = \"db.example.net:5432\"\n");
    EXPECT_THAT(one.addresses, ElementsAre("db.example.net:5432"));
    EXPECT_EQ(one.agree, (Agreement{1, 1}));
    EXPECT_EQ(one.timeout_means, TimeoutMeans::unknown);
    const auto three = tcp_plan(
        "addresses = [\"10.0.0.1:53\", \"[::1]:53\", \"c:53\"]\ntimeout_means = \"failure\"\n");
    EXPECT_EQ(three.agree, (Agreement{2, 3}));
    EXPECT_EQ(three.timeout_means, TimeoutMeans::failure);
    EXPECT_EQ(tcp_plan("addresses = [\"a:1\", \"b:1\"]\nagree = \"2 of 2\"\n").agree,
              (Agreement{2, 2}));
}

TEST(SourceProbeTest, ReadsHttp) {
    const auto plan = http_plan(
        "url = \"https://h/health\"\nstatuses = [204, 200]\n"
        "json = { pointer = \"/status\", equals = \"up\" }\nca_file = \"/etc/ca.pem\"\n");
    EXPECT_THAT(plan.urls, ElementsAre("https://h/health"));
    EXPECT_THAT(plan.statuses, ElementsAre(200U, 204U));
    EXPECT_EQ(plan.json->pointer, "/status");
    EXPECT_EQ(plan.json->equals, "up");
    EXPECT_EQ(plan.access.ca_file, "/etc/ca.pem");
    EXPECT_THAT(http_plan("url = \"http://h/\"\n").statuses, ElementsAre(200U));
    EXPECT_EQ(http_plan("url = \"http://h/\"\nbody = \"ok\"\n").body, "ok");
}

TEST(SourceProbeTest, EveryKeyIsPartOfItsMeaning) {
    const auto digest = [](const std::string& more) {
        return rules_of(http("urls = [\"http://a/\", \"http://b/\", \"http://c/\"]\n" + more))
            .sources.at(0)
            .digest;
    };
    for (const auto* more : {"agree = \"3 of 3\"\n",
                             "timeout_means = \"failure\"\n",
                             "statuses = [204]\n",
                             "body = \"ok\"\n",
                             "json = { pointer = \"/a\", equals = \"b\" }\n"}) {
        EXPECT_NE(digest(more), digest("")) << more;
    }
}

TEST(SourceProbeTest, LocatesMistakesOfTcp) {
    EXPECT_THAT(
        errors_of(tcp("")),
        ElementsAre("r.toml:1:9: either address or addresses is needed (key \"source.p\")"));
    for (const std::string address :
         {"h", "h:", ":1", "h:0", "h:65536", "a b:1", "::1:53", "h/x:1"}) {
        EXPECT_THAT(errors_of(tcp("address = \"" + address + "\"\n")),
                    ElementsAre("r.toml:3:11: \"" + address +
                                "\": host:port is expected, [address]:port for IPv6 (key "
                                "\"source.p.address\")"));
    }
    EXPECT_THAT(errors_of(tcp("addresses = [\"a:1\", \"a:1\"]\nagree = \"1 of 2\"\n")),
                ElementsAre("r.toml:3:13: one stands there twice (key \"source.p.addresses\")",
                            "r.toml:4:9: more than half must agree, or both verdicts could be "
                            "reached (key \"source.p.agree\")"));
    EXPECT_THAT(errors_of(tcp("address = \"a:1\"\nagree = \"2 of 3\"\n")),
                ElementsAre("r.toml:4:9: 1 vantage points are named, so it is \"k of 1\" (key "
                            "\"source.p.agree\")"));
}

TEST(SourceProbeTest, LocatesMistakesOfHttp) {
    EXPECT_THAT(
        errors_of(http("url = \"ftp://h/\"\nstatuses = [200, 99]\nbody = \"a\"\n"
                       "json = { pointer = \"status\", equals = \"up\" }\n")),
        ElementsAre("r.toml:3:7: \"ftp://h/\": an address that begins with http:// or https:// is "
                    "expected (key \"source.p.url\")",
                    "r.toml:4:12: an array of HTTP statuses is expected, like [200, 204] (key "
                    "\"source.p.statuses\")",
                    "r.toml:5:1: one of json and body is enough (key \"source.p.body\")",
                    "r.toml:6:20: a JSON pointer begins with '/', like /status (RFC 6901) (key "
                    "\"source.p.json.pointer\")"));
}

std::string dns(std::string_view more) {
    return "[source.p]\nkind = \"dns\"\n" + std::string{more};
}

TEST(SourceProbeTest, ReadsDns) {
    const auto plan = [](std::string_view more) {
        return std::get<DnsPlan>(rules_of(dns(more)).sources.at(0).plan);
    };
    const auto one = plan("name = \"www.example.net\"\nserver = \"127.0.0.1:5353\"\n");
    EXPECT_EQ(one.name, "www.example.net");
    EXPECT_EQ(one.type, DnsType::a);
    EXPECT_THAT(one.servers, ElementsAre("127.0.0.1:5353"));
    EXPECT_THAT(one.expect, ElementsAre());
    const auto six = plan(
        "name = \"_x.example.net.\"\ntype = \"AAAA\"\nexpect = [\"2001:DB8:0::1\"]\n"
        "servers = [\"10.0.0.1\", \"::1\", \"[::1]:53\"]\n");
    EXPECT_EQ(six.type, DnsType::aaaa);
    EXPECT_THAT(six.expect, ElementsAre("2001:db8::1"));
    EXPECT_EQ(six.agree, (Agreement{2, 3}));
}

TEST(SourceProbeTest, LocatesMistakesOfDns) {
    EXPECT_THAT(
        errors_of(dns("server = \"ns.example.net\"\n")),
        ElementsAre("r.toml:1:9: a source of kind dns needs a name to ask for (key \"source.p\")",
                    "r.toml:3:10: \"ns.example.net\": an address is expected, with or without a "
                    "port: 192.0.2.1, 192.0.2.1:53, [2001:db8::1]:53 (key \"source.p.server\")"));
    for (const std::string name : {"", ".", "a..b", "a b", "-\u00e9", "a,b"}) {
        EXPECT_THAT(errors_of(dns("name = \"" + name + "\"\nserver = \"::1\"\n")),
                    ElementsAre("r.toml:3:8: a host name is expected, like www.example.net (key "
                                "\"source.p.name\")"));
    }
    EXPECT_THAT(errors_of(dns("name = \"a\"\nserver = \"10.0.0.1:0\"\nexpect = [\"::1\"]\n")),
                ElementsAre(testing::HasSubstr("r.toml:4:10: \"10.0.0.1:0\": an address"),
                            "r.toml:5:10: \"::1\" is no address of type A (key "
                            "\"source.p.expect\")"));
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;

std::string source(std::string_view more) {
    return "[source.m]\nkind = \"prometheus\"\nurl = \"https://h/\"\n" + std::string{more};
}

HttpAccess access_of(std::string_view more) {
    return std::get<PrometheusPlan>(rules_of(source(more)).sources.at(0).plan).access;
}

TEST(SourceHttpTest, ReadsEveryKey) {
    const auto access = access_of(
        "unix_socket = \"/run/app/metrics.sock\"\nredirects = 2\nmax_bytes = 4096\n"
        "ca_file = \"/etc/app/ca.pem\"\ncert_file = \"/etc/app/c.pem\"\n"
        "key_file = \"/etc/app/k.pem\"\nuser = \"watch\"\npassword_file = \"/etc/app/p\"\n");
    EXPECT_EQ(access.unix_socket, "/run/app/metrics.sock");
    EXPECT_EQ(access.redirects, 2U);
    EXPECT_EQ(access.max_bytes, 4'096U);
    EXPECT_EQ(access.ca_file, "/etc/app/ca.pem");
    EXPECT_EQ(access.cert_file, "/etc/app/c.pem");
    EXPECT_EQ(access.key_file, "/etc/app/k.pem");
    EXPECT_EQ(access.user, "watch");
    EXPECT_EQ(access.password_file, "/etc/app/p");
    EXPECT_EQ(access_of("bearer_file = \"/etc/app/token\"\n").bearer_file, "/etc/app/token");
}

TEST(SourceHttpTest, HasDefaults) {
    const auto access = access_of("");
    EXPECT_EQ(access.unix_socket, "");
    EXPECT_EQ(access.redirects, 0U);
    EXPECT_EQ(access.max_bytes, 16U * 1024 * 1024);
    EXPECT_EQ(access.user, "");
}

TEST(SourceHttpTest, EveryKeyIsPartOfItsMeaning) {
    const auto digest = [](std::string_view more) {
        return rules_of(source(more)).sources.at(0).digest;
    };
    const auto plain = digest("");
    for (const auto* more : {"unix_socket = \"/a\"\n",
                             "redirects = 1\n",
                             "max_bytes = 4096\n",
                             "ca_file = \"/a\"\n",
                             "cert_file = \"/a\"\nkey_file = \"/b\"\n",
                             "user = \"a\"\npassword_file = \"/b\"\n",
                             "bearer_file = \"/a\"\n"}) {
        EXPECT_NE(digest(more), plain) << more;
    }
}

TEST(SourceHttpTest, LocatesMistakes) {
    EXPECT_THAT(
        errors_of(source("redirects = 6\nmax_bytes = 10\nca_file = \"ca.pem\"\n"
                         "cert_file = \"/c\"\nuser = \"a:b\"\nbearer_file = \"/t\"\n"
                         "unix_socket = \"/" +
                         std::string(107, 's') + "\"\nverify = false\n")),
        ElementsAre(
            "r.toml:4:13: 6 is out of range (0 to 5) (key \"source.m.redirects\")",
            "r.toml:5:13: 10 is out of range (1024 to 268435456) (key \"source.m.max_bytes\")",
            "r.toml:6:11: ca.pem: an absolute path is expected (key \"source.m.ca_file\")",
            "r.toml:7:1: cert_file and key_file belong together (key \"source.m.cert_file\")",
            "r.toml:8:1: user and password_file belong together (key \"source.m.user\")",
            "r.toml:8:8: a user is a word of printable ASCII without a colon (key "
            "\"source.m.user\")",
            "r.toml:9:1: one of user and bearer_file is enough (key \"source.m.bearer_file\")",
            "r.toml:10:15: the path of a socket has at most 107 bytes (key "
            "\"source.m.unix_socket\")",
            testing::HasSubstr("r.toml:11:1: unknown key")));
}

std::string promql(std::string_view more) {
    return "[source.m]\nkind = \"promql\"\n" + std::string{more};
}

TEST(SourcePromqlTest, ReadsEveryKey) {
    const auto source =
        rules_of(promql("url = \"http://h:9090\"\nquery.errors = \"sum(rate(errors[5m]))\"\n"
                        "query.\"job:up\" = \"up\"\naccept_partial = true\nmax_age = \"30s\"\n"
                        "redirects = 1\n"))
            .sources.at(0);
    const auto& plan = std::get<PromqlPlan>(source.plan);
    EXPECT_EQ(source.url, "http://h:9090");
    ASSERT_EQ(plan.queries.size(), 2U);
    EXPECT_EQ(plan.queries[0].name, "errors");
    EXPECT_EQ(plan.queries[0].text, "sum(rate(errors[5m]))");
    EXPECT_EQ(plan.queries[1].name, "job:up");
    EXPECT_TRUE(plan.accept_partial);
    EXPECT_EQ(plan.max_age, std::chrono::seconds{30});
    EXPECT_EQ(plan.access.redirects, 1U);
}

TEST(SourcePromqlTest, EveryKeyIsPartOfItsMeaning) {
    const auto digest = [](const std::string& more) {
        return rules_of(promql("url = \"http://h:9090\"\nquery.a = \"up\"\n" + more))
            .sources.at(0)
            .digest;
    };
    for (const auto* more :
         {"accept_partial = true\n", "max_age = \"30s\"\n", "query.b = \"up\"\n"}) {
        EXPECT_NE(digest(more), digest("")) << more;
    }
}

TEST(SourcePromqlTest, LocatesMistakes) {
    EXPECT_THAT(errors_of(promql("")),
                ElementsAre("r.toml:1:9: a source of kind promql needs a url (key \"source.m\")",
                            "r.toml:1:9: a source of kind promql needs a query, like query.errors "
                            "= \"...\" (key \"source.m\")"));
    EXPECT_THAT(
        errors_of(promql("url = \"http://h/?a\"\naccept_partial = 1\n"
                         "[source.m.query]\n\"a b\" = \"up\"\nc = \"\"\nd = 7\n")),
        ElementsAre("r.toml:3:7: the server's address is expected, without a query (key "
                    "\"source.m.url\")",
                    "r.toml:4:18: true or false is expected (key \"source.m.accept_partial\")",
                    "r.toml:6:1: a query is named as a metric is: letters, digits, '_', ':' (key "
                    "\"source.m.query.a b\")",
                    "r.toml:7:5: a query has 1 to 4096 bytes (key \"source.m.query.c\")",
                    "r.toml:8:5: a string is expected, not a whole number (key "
                    "\"source.m.query.d\")"));
}

}  // namespace
}  // namespace primum::rules

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

}  // namespace
}  // namespace primum::rules

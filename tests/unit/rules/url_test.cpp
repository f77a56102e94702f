// SPDX-License-Identifier: MIT
#include "rules/url.hpp"

#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

std::string source_with_url(std::string_view url) {
    return "[source.m]\nkind = \"prometheus\"\nurl = '" + std::string{url} + "'\n";
}

TEST(UrlTest, TakesAddresses) {
    for (const char* url :
         {"http://127.0.0.1:9464/metrics", "https://h/", "http://[::1]:80/x?y=z", "http://host"}) {
        EXPECT_THAT(errors_of(source_with_url(url)), testing::IsEmpty()) << url;
    }
}

TEST(UrlTest, RefusesOthers) {
    for (const char* url : {"",
                            "127.0.0.1:80",
                            "ftp://h/",
                            "file:///etc/passwd",
                            "http://",
                            "http:///x",
                            "http://:80",
                            "http://u:p@h/",
                            "http://h/ x",
                            "http://h/#x",
                            "HTTP://h",
                            "http://h\\x"}) {
        const auto errors = errors_of(source_with_url(url));
        ASSERT_EQ(errors.size(), 1U) << url;
        EXPECT_THAT(errors[0], testing::StartsWith("r.toml:3:7: ")) << url;
    }
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "http/host_guard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::http {
namespace {

TEST(HostGuardTest, KnowsTheLoopback) {
    for (const auto* address : {"127.0.0.1:9763", "127.8.9.1:1", "[::1]:9763"}) {
        EXPECT_TRUE(is_loopback(address)) << address;
    }
    for (const auto* address : {"0.0.0.0:9763", "192.0.2.1:9763", "[::]:9763", "[2001:db8::1]:1"}) {
        EXPECT_FALSE(is_loopback(address)) << address;
    }
}

TEST(HostGuardTest, TakesAddressesAndLocalhost) {
    for (const auto* host : {"",
                             "127.0.0.1",
                             "127.0.0.1:9763",
                             "192.0.2.7:80",
                             "[::1]",
                             "[::1]:9763",
                             "localhost",
                             "LocalHost:9763",
                             "localhost.",
                             "primum.localhost:1"}) {
        EXPECT_TRUE(names_loopback(host)) << host;
    }
}

TEST(HostGuardTest, RefusesNamesThatAnybodyCanMakeLeadHere) {
    for (const auto* host : {"example.com",
                             "example.com:9763",
                             "localhost.example.com",
                             "notlocalhost",
                             "127.0.0.1.example.com",
                             "1.2.3",
                             "[example.com]",
                             "localhost:9763:80",
                             "localhost:http",
                             "127.0.0.1@example.com",
                             ".",
                             ":80"}) {
        EXPECT_FALSE(names_loopback(host)) << host;
    }
    EXPECT_FALSE(names_loopback(std::string(10'000, 'a') + ".localhost"));
}

}  // namespace
}  // namespace primum::http

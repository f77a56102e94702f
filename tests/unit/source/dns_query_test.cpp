// SPDX-License-Identifier: MIT
#include "source/dns_query.hpp"

#include "dns_server.hpp"
#include "loop_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace primum::source {
namespace {

using testing::ElementsAre;

constexpr Duration patient{std::chrono::seconds{20}};
constexpr Duration impatient{std::chrono::milliseconds{40}};
const std::string one{"\x0a\0\0\x01", 4};
const std::string two{"\x0a\0\0\x02", 4};

class DnsQueryTest : public testing::Test {
protected:
    DnsAnswer ask(const std::string& server,
                  DnsType type = DnsType::a,
                  Duration timeout = patient) {
        std::optional<DnsAnswer> outcome;
        DnsQuery query{
            loop_, clock_, server, "www.example.net", type, [&](const DnsAnswer& answer) {
                outcome = answer;
            }};
        query.start(timeout);
        EXPECT_FALSE(outcome.has_value());
        EXPECT_TRUE(turn_until(loop_, [&] { return outcome.has_value(); }));
        return outcome.value_or(DnsAnswer{});
    }
    DnsAnswer answer(const DnsServer::Answerer& answerer,
                     DnsType type = DnsType::a,
                     Duration timeout = patient) {
        DnsServer server{loop_, answerer};
        return ask(server.address(), type, timeout);
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
};

TEST_F(DnsQueryTest, GivesTheAddresses) {
    const auto outcome =
        answer([](const std::string& query, bool) { return reply_to(query, 0, {one, two}); });
    EXPECT_EQ(outcome.failure, SourceFailure::none) << outcome.detail;
    EXPECT_THAT(outcome.addresses, ElementsAre("10.0.0.1", "10.0.0.2"));
    const std::string six("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    EXPECT_THAT(answer([&](const std::string& query, bool) { return reply_to(query, 0, {six}); },
                       DnsType::aaaa)
                    .addresses,
                ElementsAre("2001:db8::1"));
}

TEST_F(DnsQueryTest, WhatTheServerSaysIsAnAnswer) {
    for (const int rcode : {0, 1, 2, 3, 4, 5}) {
        const auto outcome =
            answer([&](const std::string& query, bool) { return reply_to(query, rcode); });
        EXPECT_EQ(outcome.failure, SourceFailure::none) << rcode << outcome.detail;
        EXPECT_TRUE(outcome.addresses.empty());
        EXPECT_FALSE(outcome.detail.empty());
    }
}

TEST_F(DnsQueryTest, AsksOverTcpWhatDidNotFit) {
    const auto outcome = answer([](const std::string& query, bool tcp) {
        return tcp ? reply_to(query, 0, {one}) : reply_to(query, 0, {}, true);
    });
    EXPECT_EQ(outcome.failure, SourceFailure::none) << outcome.detail;
    EXPECT_THAT(outcome.addresses, ElementsAre("10.0.0.1"));
}

TEST_F(DnsQueryTest, TakesNoAnswerToAnotherQuestion) {
    const auto outcome = answer(
        [](const std::string& query, bool) {
            auto reply = reply_to(query, 0, {one});
            reply[0] = static_cast<char>(~reply[0]);
            return reply;
        },
        DnsType::a,
        impatient);
    EXPECT_EQ(outcome.failure, SourceFailure::timeout);
    EXPECT_EQ(outcome.detail, "no answer in time");
    EXPECT_TRUE(outcome.addresses.empty());
}

TEST_F(DnsQueryTest, ASilentServerIsATimeoutAndNobodyIsARefusal) {
    EXPECT_EQ(answer([](const std::string&, bool) { return std::string{}; }, DnsType::a, impatient)
                  .failure,
              SourceFailure::timeout);
    std::string gone;
    {
        const DnsServer server{loop_, [](const std::string&, bool) { return std::string{}; }};
        gone = server.address();
    }
    EXPECT_EQ(ask(gone).failure, SourceFailure::refused);
}

TEST_F(DnsQueryTest, SurvivesEveryCutAndEveryBrokenByte) {
    std::size_t at = 0;
    bool cut = true;
    std::size_t whole = 0;
    DnsServer server{loop_, [&](const std::string& query, bool) {
                         auto reply = reply_to(query, 0, {one, two});
                         whole = reply.size();
                         if (cut) {
                             return reply.substr(0, at);
                         }
                         reply[at] = static_cast<char>(~reply[at]);
                         return reply;
                     }};
    for (const bool cutting : {true, false}) {
        cut = cutting;
        for (at = 1; at == 1 || at < whole; ++at) {
            const auto outcome = ask(server.address(), DnsType::a, std::chrono::milliseconds{5});
            EXPECT_LE(outcome.addresses.size(), 2U);
        }
    }
}

TEST_F(DnsQueryTest, LettingGoCancelsWithoutACallback) {
    DnsServer server{loop_, [](const std::string&, bool) { return std::string{}; }};
    int answers = 0;
    auto query = std::make_unique<DnsQuery>(
        loop_, clock_, server.address(), "www.example.net", DnsType::a, [&](const DnsAnswer&) {
            ++answers;
        });
    query->start(patient);
    ASSERT_TRUE(turn_until(loop_, [&] { return server.questions() == 1; }));
    query.reset();
    for (int i = 0; i < 10; ++i) {
        loop_.run_once(Duration{0});
    }
    EXPECT_EQ(answers, 0);
}

}  // namespace
}  // namespace primum::source

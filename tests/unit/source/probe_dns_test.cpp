// SPDX-License-Identifier: MIT
#include "source/probe_dns.hpp"

#include "dns_server.hpp"
#include "source_fixture.hpp"

namespace primum::source {
namespace {

const std::string one{"\x0a\0\0\x01", 4};

class ProbeDnsTest : public SourceTest {
protected:
    static SourceRule rule(std::vector<std::string> servers, std::vector<std::string> expect = {}) {
        DnsPlan plan;
        plan.name = "www.example.net";
        const auto n = static_cast<std::uint32_t>(servers.size());
        plan.agree = {n / 2 + 1, n};
        plan.servers = std::move(servers);
        plan.expect = std::move(expect);
        auto rule = quick_rule("names", std::move(plan));
        rule.interval = rule.timeout = std::chrono::milliseconds{500};  // on a busy machine, too
        return rule;
    }
    DnsServer::Answerer says(int rcode, std::vector<std::string> addresses = {}) {
        return [=](const std::string& query, bool) { return reply_to(query, rcode, addresses); };
    }
};

TEST_F(ProbeDnsTest, ANameWithAnAddressIsASuccess) {
    DnsServer server{loop_, says(0, {one})};
    watch(make_dns(tools(), rule({server.address()}, {"10.0.0.9", "10.0.0.1"}), 0));
    ASSERT_TRUE(wait_for_collections(2));
    EXPECT_EQ(value("probe_success"), 1);
    EXPECT_GE(value("probe_duration_seconds{vantage=\"" + server.address() + "\"}").value(), 0);
}

TEST_F(ProbeDnsTest, ANameThatIsNotThereOrIsElsewhereIsAVerdict) {
    DnsServer nowhere{loop_, says(3)};
    watch(make_dns(tools(), rule({nowhere.address()}), 0));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 0);
    DnsServer elsewhere{loop_, says(0, {one})};
    collections_ = 0;
    watch(make_dns(tools(), rule({elsewhere.address()}, {"10.0.0.2"}), 100));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 0);
    EXPECT_EQ(source_->stats().note, elsewhere.address() + ": 10.0.0.1 is not expected");
    EXPECT_TRUE(states_.empty());
}

TEST_F(ProbeDnsTest, ServersThatDisagreeAreNoVerdict) {
    DnsServer good{loop_, says(0, {one})};
    DnsServer bad{loop_, says(2)};
    watch(make_dns(tools(), rule({good.address(), bad.address()}), 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "disagreement");
    EXPECT_EQ(collections_, 0U);
}

TEST_F(ProbeDnsTest, ASilentServerIsUnknown) {
    DnsServer silent{loop_, [](const std::string&, bool) { return std::string{}; }};
    watch(make_dns(tools(), rule({silent.address()}), 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "timeout");
    EXPECT_EQ(collections_, 0U);
}

}  // namespace
}  // namespace primum::source

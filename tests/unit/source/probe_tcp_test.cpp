// SPDX-License-Identifier: MIT
#include "source/probe_tcp.hpp"

#include "loopback_server.hpp"
#include "source_fixture.hpp"

namespace primum::source {
namespace {

using std::chrono::milliseconds;

std::string address_of(const LoopbackServer& server) {
    return "127.0.0.1:" + std::to_string(server.port());
}

class ProbeTcpTest : public SourceTest {
protected:
    static SourceRule rule(std::vector<std::string> addresses, std::uint32_t k = 1) {
        TcpPlan plan;
        plan.agree = {k, static_cast<std::uint32_t>(addresses.size())};
        plan.addresses = std::move(addresses);
        return quick_rule("port", std::move(plan));
    }
    // A port where nobody listens.
    std::string nobody() {
        const LoopbackServer gone{loop_, [](const std::string&) { return Answer{}; }};
        return address_of(gone);
    }
};

TEST_F(ProbeTcpTest, AConnectionIsASuccess) {
    LoopbackServer server{loop_, [](const std::string&) { return Answer{}; }};
    const auto address = address_of(server);
    watch(make_tcp(tools(), rule({address}), 0));
    ASSERT_TRUE(wait_for_collections(2));
    EXPECT_EQ(value("probe_success"), 1);
    EXPECT_EQ(value("probe_vantage_success{vantage=\"" + address + "\"}"), 1);
    EXPECT_GE(value("probe_duration_seconds{vantage=\"" + address + "\"}").value(), 0);
    EXPECT_EQ(server.requests(), 0);
}

TEST_F(ProbeTcpTest, ARefusedConnectionIsAVerdict) {
    watch(make_tcp(tools(), rule({nobody()}), 0));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 0);
    EXPECT_TRUE(states_.empty());
}

TEST_F(ProbeTcpTest, AVerdictOfNoIsLookedAtAgain) {
    auto patient = rule({nobody()});
    patient.interval = milliseconds{200};
    patient.retries = {3, milliseconds{1}, milliseconds{2}};
    watch(make_tcp(tools(), patient, 0));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(source_->stats().retries, 2U);
    EXPECT_EQ(source_->stats().collections, 1U);
    EXPECT_EQ(value("probe_success"), 0);
}

TEST_F(ProbeTcpTest, TwoOfThreeDecide) {
    LoopbackServer one{loop_, [](const std::string&) { return Answer{}; }};
    LoopbackServer two{loop_, [](const std::string&) { return Answer{}; }};
    const auto dead = nobody();
    watch(make_tcp(tools(), rule({address_of(one), dead, address_of(two)}, 2), 0));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 1);
    EXPECT_EQ(value("probe_vantage_success{vantage=\"" + dead + "\"}"), 0);
    collections_ = 0;
    watch(make_tcp(tools(), rule({address_of(one), dead}, 2), 100));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "disagreement");
    EXPECT_EQ(collections_, 0U);
}

}  // namespace
}  // namespace primum::source

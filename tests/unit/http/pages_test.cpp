// SPDX-License-Identifier: MIT
#include "http/pages.hpp"

#include "client.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace primum::http {
namespace {

class PagesTest : public testing::Test {
protected:
    void SetUp() override {
        auto server = Server::listen(loop_, clock_, "127.0.0.1:0");
        ASSERT_TRUE(server) << server.error().message;
        server_ = std::move(*server);
        add_pages(*server_, [this] { return metrics_; }, [this] { return health_; });
    }
    std::string get(const std::string& path) { return ask(loop_, server_->port(), "GET", path); }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    std::unique_ptr<Server> server_;
    std::string metrics_;
    Health health_;
};

TEST_F(PagesTest, ServesTheMetricsAsTheyAreNow) {
    metrics_ = "up 1\n";
    const auto answer = get("/metrics");
    EXPECT_NE(answer.find("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
              std::string::npos)
        << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nup 1\n")) << answer;
    metrics_ = "up 0\n";
    EXPECT_TRUE(get("/metrics").ends_with("\r\n\r\nup 0\n"));
}

TEST_F(PagesTest, IsHealthyWithoutAReasonNotToBe) {
    const auto answer = get("/healthz");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    EXPECT_NE(answer.find("\r\nContent-Type: application/json\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n{\"status\":\"ok\"}\n")) << answer;
}

TEST_F(PagesTest, SaysWhyItIsDegraded) {
    health_.reasons = {"ledger: disk \"full\"", "source web: timeout\n"};
    const auto answer = get("/healthz");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_TRUE(
        answer.ends_with("{\"status\":\"degraded\",\"reasons\":[\"ledger: disk "
                         "\\\"full\\\"\",\"source web: timeout\\n\"]}\n"))
        << answer;
}

}  // namespace
}  // namespace primum::http

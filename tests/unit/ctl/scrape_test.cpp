// SPDX-License-Identifier: MIT
#include "ctl/scrape.hpp"

#include "run_fixture.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <string>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

class ScrapeTest : public testing::RunFixture {
protected:
    Exit scrape_page(const std::string& page, std::vector<std::string> more = {}) {
        write_file("page", page);
        more.insert(more.begin(), {"scrape", (root / "page").string()});
        return run_words(std::move(more));
    }
    [[nodiscard]] std::string place() const { return (root / "page").string(); }
};

// Answers one request with the bytes given, on a thread of its own.
class OneAnswer {
public:
    explicit OneAnswer(std::string bytes) : bytes_(std::move(bytes)) {
        fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(bind(fd_, plain, size), 0);
        EXPECT_EQ(listen(fd_, 1), 0);
        EXPECT_EQ(getsockname(fd_, plain, &size), 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/metrics";
        thread_ = std::thread{[this] { answer(); }};
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer() {
        thread_.join();
        close(fd_);
    }
    [[nodiscard]] const std::string& url() const { return url_; }

private:
    void answer() const {
        const int peer = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        std::string in;
        char part[1024];
        while (!in.ends_with("\r\n\r\n")) {
            const auto got = recv(peer, part, sizeof part, 0);
            if (got <= 0) {
                break;
            }
            in.append(part, static_cast<std::size_t>(got));
        }
        EXPECT_EQ(send(peer, bytes_.data(), bytes_.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes_.size()));
        close(peer);
    }

    std::string bytes_;
    int fd_ = -1;
    std::string url_;
    std::thread thread_;
};

std::string answer_with(const std::string& type, const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(ScrapeTest, ShowsMetricsWithTheirSeriesAndValues) {
    EXPECT_EQ(scrape_page("# TYPE up gauge\nup 1\n"
                          "# TYPE hits_total counter\n"
                          "hits_total{code=\"200\"} 12\nhits_total{code=\"500\"} 3\n"
                          "odd NaN\n"),
              Exit::ok);
    EXPECT_EQ(out.str(),
              "METRIC      TYPE     SERIES  VALUES   FIRST SERIES\n"
              "up          gauge         1  1        -\n"
              "hits_total  counter       2  3 .. 12  {code=\"200\"}\n"
              "odd         -             1  NaN      -\n"
              "\n"
              "4 series of 3 metrics in 106 bytes of Prometheus text\n"
              "note: 1 metric has no # TYPE\n"
              "note: 1 series is NaN, which is no evidence\n");
    EXPECT_EQ(err.str(), "");
}

TEST_F(ScrapeTest, GivesAllOfItAsJson) {
    EXPECT_EQ(scrape_page("# TYPE a info\na_info{b=\"\\\"\"} 1\n# EOF\n", {"--json"}), Exit::ok);
    EXPECT_EQ(out.str(),
              "{\"v\":1,\"ok\":true,\"format\":\"openmetrics\",\"bytes\":37,\"series\":1,"
              "\"metrics\":[{\"name\":\"a_info\",\"type\":\"info\",\"series\":["
              "{\"series\":\"a_info{b=\\\"\\\\\\\"\\\"}\",\"value\":1}]}],\"warnings\":[]}\n");
}

TEST_F(ScrapeTest, SaysWhereAndWhyAPageWouldBeRefused) {
    EXPECT_EQ(scrape_page("up 1\nup one\n"), Exit::bad_data);
    EXPECT_EQ(out.str(), "");
    EXPECT_EQ(err.str(),
              "primumctl: " + place() +
                  ": line 2, column 4: the value is not a number that a double can hold\n");
    EXPECT_EQ(scrape_page("up 1\n", {"--format", "openmetrics", "--json"}), Exit::bad_data);
    EXPECT_EQ(out.str(),
              "{\"v\":1,\"ok\":false,\"failure\":\"parse\",\"detail\":\"line 2, column 1: the page "
              "ends without # EOF: it was cut, or is no OpenMetrics\"}\n");
}

TEST_F(ScrapeTest, TheFormatMayBeNamed) {
    const std::string page = "# HELP up\nup 1\n# EOF\n";
    EXPECT_EQ(scrape_page(page), Exit::bad_data);
    EXPECT_EQ(scrape_page(page, {"--format", "prometheus"}), Exit::ok);
    EXPECT_EQ(scrape_page(page, {"--format", "json"}), Exit::usage);
}

TEST_F(ScrapeTest, WhatIsLongIsCutAndSaysSo) {
    std::string page;
    for (int i = 0; i < 150; ++i) {
        page += "m" + std::to_string(i) + " 1\n";
    }
    EXPECT_EQ(scrape_page(page), Exit::ok);
    EXPECT_NE(out.str().find("\n... and 50 more metrics; --json has all\n"), std::string::npos);
    EXPECT_EQ(out.str().find("m100 "), std::string::npos);
}

TEST_F(ScrapeTest, AFileThatIsNotThereIsNoInput) {
    EXPECT_EQ(run_words({"scrape", (root / "none").string()}), Exit::no_input);
    EXPECT_NE(err.str().find("cannot be opened"), std::string::npos);
    EXPECT_EQ(run_words({"scrape", root.string()}), Exit::no_input);
}

TEST_F(ScrapeTest, AsksAnEndpointAndTakesItsWordForTheFormat) {
    OneAnswer server{answer_with("application/openmetrics-text; version=1.0.0", "up 1\n# EOF\n")};
    EXPECT_EQ(run_words({"scrape", server.url()}), Exit::ok) << err.str();
    EXPECT_NE(out.str().find("1 series of 1 metric in 11 bytes of OpenMetrics text\n"),
              std::string::npos);
}

TEST_F(ScrapeTest, ProtobufIsRefusedWithAReason) {
    OneAnswer server{answer_with("application/vnd.google.protobuf", "up 1\n")};
    EXPECT_EQ(run_words({"scrape", server.url()}), Exit::bad_data);
    EXPECT_NE(err.str().find("only text is read"), std::string::npos);
}

TEST_F(ScrapeTest, AnEndpointThatGivesNoPageIsUnreachable) {
    {
        OneAnswer server{"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"};
        EXPECT_EQ(run_words({"scrape", server.url(), "--json"}), Exit::unreachable);
        EXPECT_NE(out.str().find("\"failure\":\"http_status\""), std::string::npos);
    }
    EXPECT_EQ(run_words({"scrape", "http://127.0.0.1:1/metrics"}), Exit::unreachable);
}

}  // namespace
}  // namespace primum::ctl

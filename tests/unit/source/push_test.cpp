// SPDX-License-Identifier: MIT
#include "source/push.hpp"

#include "loop_clock.hpp"
#include "matchers.hpp"
#include "push_peer.hpp"
#include "source/http_client.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace primum::source {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string sample(const std::string& series, double value, const std::string& source = "app") {
    return R"({"v":1,"type":"sample","source":")" + source + R"(","series":")" + series +
           R"(","value":)" + std::to_string(value) + "}\n";
}

class PushTest : public testing::Test {
protected:
    static SourceRule rule(std::uint32_t lines_per_second = 1'000) {
        SourceRule rule;
        rule.name = "app";
        rule.kind = SourceKind::push;
        rule.interval = seconds{60};
        rule.max_series = 3;
        rule.plan = PushPlan{{std::to_string(::geteuid())}, lines_per_second};
        return rule;
    }
    void listen(PushServerLimits limits = {}) {
        server_ = std::make_unique<PushServer>(loop_, clock_, limits);
        server_->listen_stream(stream_.bound(SOCK_STREAM));
        server_->listen_datagrams(datagrams_.bound(SOCK_DGRAM));
    }
    std::unique_ptr<Source> make(const SourceRule& rule) {
        const Tools tools{loop_,
                          clock_,
                          client_,
                          [this](EventBody body) { news_.push_back(std::move(body)); },
                          nullptr,
                          {},
                          server_.get()};
        auto source = make_push(tools, rule, 0);
        source->want({{wants_prefix("jobs"), wants_prefix("up")}, {"jobs.*", "up"}});
        return source;
    }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const auto& body : news_) {
            if (const auto* event = std::get_if<T>(&body)) {
                found.push_back(*event);
            }
        }
        return found;
    }
    std::uint64_t refused(PushRefusal code) {
        return server_->figures().refused.at(static_cast<std::size_t>(code));
    }
    template <class Done>
    bool until(const Done& done) {
        return turn_until(loop_, done);
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    HttpClient client_{loop_, clock_};
    PushAddress stream_;
    PushAddress datagrams_;
    std::vector<EventBody> news_;
    std::unique_ptr<PushServer> server_;
};

TEST_F(PushTest, TakesSamplesOfAStream) {
    listen();
    const auto source = make(rule());
    PushPeer peer{stream_, SOCK_STREAM};
    peer.write(sample("jobs", 3) + sample("jobs", 4));
    peer.finish();
    ASSERT_TRUE(until([&] { return peer.closed(); }));
    EXPECT_EQ(peer.heard(), "");
    ASSERT_EQ(all<SeriesEvent>().size(), 1U);
    const auto samples = all<SampleEvent>();
    ASSERT_EQ(samples.size(), 2U);
    EXPECT_EQ(samples[0].source, "app");
    EXPECT_EQ(samples[1].value, 4);
    EXPECT_EQ(source->stats().samples, 2U);
    EXPECT_GT(source->stats().bytes, 0U);
    EXPECT_EQ(server_->figures().taken, 2U);
}

TEST_F(PushTest, OneLineMayComeInManyReads) {
    listen();
    const auto source = make(rule());
    PushPeer peer{stream_, SOCK_STREAM};
    for (const char c : sample("jobs", 3) + sample("up", 1)) {
        ASSERT_EQ(peer.write(std::string(1, c)), 1U);
        loop_.run_once(milliseconds{0});
    }
    ASSERT_TRUE(until([&] { return all<SampleEvent>().size() == 2; }));
    EXPECT_EQ(server_->figures().lines, 2U);
}

TEST_F(PushTest, NumberedSeriesMakeAWholeCollection) {
    listen();
    const auto source = make(rule());
    PushPeer peer{stream_, SOCK_STREAM};
    peer.write(R"({"v":1,"type":"series","source":"app","series":1,"name":"jobs"})"
               "\n"
               R"({"v":1,"type":"samples","source":"app","values":[[1,5],["up",1],["other",2]]})"
               "\n"
               R"({"v":1,"type":"samples","source":"app","values":[[2,5]]})"
               "\n"
               R"({"v":1,"type":"samples","source":"app","values":[[1,5],[1,6]]})"
               "\n"
               R"({"v":1,"type":"samples","source":"app","values":[["up",5],["up{}",6]]})"
               "\n");
    peer.finish();
    ASSERT_TRUE(until([&] { return peer.closed(); }));
    const auto collections = all<SamplesEvent>();
    ASSERT_EQ(collections.size(), 1U);
    EXPECT_EQ(collections[0].values.size(), 2U) << "nobody wants the third";
    EXPECT_NE(peer.heard().find(R"({"v":1,"line":3,"refused":"unknown_series","detail":"2"})"),
              std::string::npos)
        << peer.heard();
    EXPECT_NE(peer.heard().find(R"("line":4,"refused":"duplicate_series")"), std::string::npos);
    EXPECT_NE(peer.heard().find(R"("line":5,"refused":"duplicate_series")"), std::string::npos);
    EXPECT_TRUE(all<SourceEvent>().empty()) << "a bad line is not the source's failure";
    EXPECT_EQ(source->stats().refused, 3U);
}

TEST_F(PushTest, ABadLineIsAnsweredAndTheNextOneTaken) {
    listen();
    const auto source = make(rule());
    PushPeer peer{stream_, SOCK_STREAM};
    peer.write("nonsense\n" + sample("jobs", 1) + sample("jobs", 1, "none") + "\n" +
               sample("jobs", 2) + R"({"v":1,"type":)");
    peer.finish();
    ASSERT_TRUE(until([&] { return peer.closed(); }));
    EXPECT_EQ(all<SampleEvent>().size(), 2U);
    EXPECT_EQ(peer.heard(),
              "{\"v\":1,\"line\":1,\"refused\":\"bad_json\"}\n"
              "{\"v\":1,\"line\":3,\"refused\":\"unknown_source\",\"detail\":\"source none, uid " +
                  std::to_string(::geteuid()) +
                  "\"}\n"
                  "{\"v\":1,\"line\":6,\"refused\":\"unfinished_line\"}\n");
    EXPECT_EQ(refused(PushRefusal::bad_json), 1U);
    EXPECT_EQ(refused(PushRefusal::unfinished_line), 1U);
}

TEST_F(PushTest, TakesDatagramsOfOneOrMoreLines) {
    listen();
    const auto source = make(rule());
    PushPeer peer{datagrams_, SOCK_DGRAM};
    peer.write(sample("jobs", 1));
    peer.write(sample("jobs", 2) + sample("up", 1).substr(0, sample("up", 1).size() - 1));
    peer.write("nonsense");
    ASSERT_TRUE(until([&] { return refused(PushRefusal::bad_json) == 1; }));
    EXPECT_EQ(all<SampleEvent>().size(), 3U);
}

TEST_F(PushTest, ADatagramLongerThanALineMayBeIsRefused) {
    PushServerLimits limits;
    limits.line.line_bytes = 256;
    listen(limits);
    const auto source = make(rule());
    PushPeer peer{datagrams_, SOCK_DGRAM};
    peer.write(std::string(300, ' '));
    peer.write(sample("jobs", 2));
    ASSERT_TRUE(until([&] { return all<SampleEvent>().size() == 1; }));
    EXPECT_EQ(refused(PushRefusal::too_long), 1U);
}

TEST_F(PushTest, MoreSeriesThanTheSourceMayHaveAreRefused) {
    listen();
    const auto source = make(rule());
    PushPeer peer{stream_, SOCK_STREAM};
    for (int i = 0; i < 5; ++i) {
        peer.write(sample("jobs" + std::to_string(i), i));
    }
    peer.finish();
    ASSERT_TRUE(until([&] { return peer.closed(); }));
    EXPECT_EQ(all<SampleEvent>().size(), 3U);
    EXPECT_EQ(refused(PushRefusal::series_bound), 2U);
    EXPECT_EQ(source->stats().refused, 2U);
}

TEST_F(PushTest, WhoHasUsedUpHisLinesWaitsInHisOwnSocket) {
    listen();
    const auto source = make(rule(50));
    PushPeer peer{stream_, SOCK_STREAM};
    std::string lines;
    for (int i = 0; i < 60; ++i) {
        lines += sample("jobs", i);
    }
    ASSERT_EQ(peer.write(lines), lines.size());
    peer.finish();
    ASSERT_TRUE(until([&] { return all<SampleEvent>().size() >= 40; }));
    const auto at_once = all<SampleEvent>().size();
    EXPECT_LT(at_once, 55U);
    const auto begun = clock_.now().t;
    ASSERT_TRUE(until([&] { return peer.closed(); }));
    EXPECT_GT(clock_.now().t - begun, milliseconds{50}) << "they came as fast as they may";
    EXPECT_EQ(all<SampleEvent>().size(), 60U) << "and none was lost";
}

TEST_F(PushTest, DatagramsBeyondTheRateAreRefused) {
    listen();
    const auto source = make(rule(5));
    PushPeer peer{datagrams_, SOCK_DGRAM};
    for (int i = 0; i < 10; ++i) {
        ASSERT_GT(peer.write(sample("jobs", i)), 0U);
    }
    peer.write("end");
    ASSERT_TRUE(until(
        [&] { return all<SampleEvent>().size() + refused(PushRefusal::rate_limited) >= 10; }));
    EXPECT_GE(refused(PushRefusal::rate_limited), 4U);
}

TEST_F(PushTest, AUserHasAFewConnectionsOnly) {
    PushServerLimits limits;
    limits.connections_per_uid = 2;
    listen(limits);
    const auto source = make(rule());
    PushPeer one{stream_, SOCK_STREAM};
    PushPeer two{stream_, SOCK_STREAM};
    ASSERT_TRUE(until([&] { return server_->figures().open == 2; }));
    PushPeer three{stream_, SOCK_STREAM};
    ASSERT_TRUE(until([&] { return three.closed(); }));
    EXPECT_NE(three.heard().find(R"("line":0,"refused":"too_many_connections")"),
              std::string::npos);
    two.finish();
    ASSERT_TRUE(until([&] { return two.closed(); }));
    PushPeer four{stream_, SOCK_STREAM};
    four.write(sample("jobs", 1));
    ASSERT_TRUE(until([&] { return all<SampleEvent>().size() == 1; }));
}

TEST_F(PushTest, WhoMayPushNowhereIsTurnedAway) {
    listen();
    auto closed_to_all = rule();
    closed_to_all.plan = PushPlan{{}, 100};
    const auto source = make(closed_to_all);
    if (::geteuid() == 0) {
        PushPeer root{stream_, SOCK_STREAM};
        root.write(sample("jobs", 1));
        ASSERT_TRUE(until([&] { return all<SampleEvent>().size() == 1; })) << "root always may";
    }
    PushPeer peer{stream_, SOCK_STREAM, ::geteuid() == 0 ? 4242 : ::geteuid()};
    ASSERT_TRUE(until([&] { return peer.closed(); }));
    EXPECT_NE(peer.heard().find(R"("refused":"not_permitted")"), std::string::npos);
}

TEST_F(PushTest, AnswersThatNobodyReadsAreDropped) {
    listen();
    const auto source = make(rule(100'000));
    PushPeer peer{stream_, SOCK_STREAM};
    std::string lines;
    for (int i = 0; i < 100; ++i) {
        lines += "nonsense\n";
    }
    ASSERT_TRUE(until([&] {
        peer.write(lines);
        return server_->figures().answers_dropped > 0;
    }));
    PushPeer other{stream_, SOCK_STREAM};
    other.write(sample("jobs", 1));
    ASSERT_TRUE(until([&] { return all<SampleEvent>().size() == 1; }));
}

TEST_F(PushTest, AFloodOfOneUserDoesNotStarveAnother) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "two users take root";
    }
    listen();
    auto open = rule(100'000);
    open.plan = PushPlan{{"4242", "4243"}, 100'000};
    const auto source = make(open);
    std::vector<std::unique_ptr<PushPeer>> flood;
    for (int i = 0; i < 8; ++i) {
        flood.push_back(std::make_unique<PushPeer>(stream_, SOCK_STREAM, 4242));
    }
    std::string lines;
    for (int i = 0; i < 500; ++i) {
        lines += sample("jobs", 1);
    }
    PushPeer calm{stream_, SOCK_STREAM, 4243};
    for (int round = 0; round < 20; ++round) {
        for (const auto& peer : flood) {
            while (peer->write(lines) == lines.size()) {
            }
        }
        calm.write(sample("up", round));
        // Each turn of the server has room for several lines of everybody.
        for (int turn = 0; turn < 20; ++turn) {
            loop_.run_once(milliseconds{0});
        }
        const auto samples = all<SampleEvent>();
        const auto calm_ones = std::count_if(samples.begin(), samples.end(), [&](const auto& s) {
            return s.id != samples.front().id;
        });
        ASSERT_EQ(calm_ones, round + 1);
    }
}

TEST_F(PushTest, ThreeIntervalsOfSilenceAreAFailureUntilSomethingComes) {
    listen();
    auto quick = rule();
    quick.interval = milliseconds{20};
    const auto source = make(quick);
    ASSERT_TRUE(until([&] { return all<SourceEvent>().size() >= 2; }));
    EXPECT_FALSE(all<SourceEvent>()[0].ok);
    EXPECT_EQ(all<SourceEvent>()[0].error_class, "silent");
    PushPeer peer{stream_, SOCK_STREAM};
    peer.write(sample("jobs", 1));
    ASSERT_TRUE(until([&] { return all<SourceEvent>().back().ok; }));
}

TEST_F(PushTest, WithoutASocketTheSourceSaysSo) {
    const auto source = make(rule());
    ASSERT_TRUE(until([&] { return !all<SourceEvent>().empty(); }));
    EXPECT_EQ(all<SourceEvent>()[0].error_class, "missing");
}

TEST_F(PushTest, AReplacedSourceTakesOverWithOpenConnections) {
    listen();
    auto source = make(rule());
    PushPeer peer{stream_, SOCK_STREAM};
    peer.write(sample("jobs", 1));
    ASSERT_TRUE(until([&] { return all<SampleEvent>().size() == 1; }));
    source = make(rule(10));
    peer.write(sample("jobs", 2));
    ASSERT_TRUE(until([&] { return all<SampleEvent>().size() == 2; }));
    source.reset();
    peer.write(sample("jobs", 3));
    ASSERT_TRUE(until([&] { return refused(PushRefusal::unknown_source) == 1; }));
}

TEST(PushUsersTest, LooksNamesUpInTheFileAndAgainWhenItChanged) {
    const auto path = testing::TempDir() + "primum-passwd-" + std::to_string(::getpid());
    std::ofstream{path} << "root:x:0:0::/:/bin/sh\napp:x:1001:1001::/:/bin/sh\n";
    PushUsers users{{"app", "late", "77"}, path};
    EXPECT_TRUE(users.has(0)) << "root always may";
    EXPECT_TRUE(users.has(77));
    EXPECT_TRUE(users.has(1001));
    EXPECT_FALSE(users.has(1002));
    EXPECT_EQ(users.missing(), std::vector<std::string>{"late"});
    std::ofstream{path, std::ios::app} << "late:x:1002:1002::/:/bin/sh\n";
    std::filesystem::last_write_time(
        path, std::filesystem::last_write_time(path) + std::chrono::seconds{2});
    EXPECT_TRUE(users.has(1002));
    EXPECT_TRUE(users.missing().empty());
    std::filesystem::remove(path);
}

TEST(TokenBucketTest, GivesSoManyASecondAndAsManyAtOnce) {
    const auto at = [](int ms) { return Instant{Duration{ms * 1'000}}; };
    TokenBucket bucket{10, at(0)};
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(bucket.may(at(0)));
        bucket.charge(1);
    }
    EXPECT_FALSE(bucket.may(at(0)));
    EXPECT_GE(bucket.ready_at(), at(0));
    EXPECT_TRUE(bucket.may(at(100)));
    bucket.charge(11);
    EXPECT_FALSE(bucket.may(at(1'000)));
    EXPECT_TRUE(bucket.may(bucket.ready_at()));
    EXPECT_TRUE(bucket.full(at(10'000)));
    bucket.set_rate(1, at(10'000));
    bucket.charge(1);
    EXPECT_FALSE(bucket.may(at(10'000)));
}

}  // namespace
}  // namespace primum::source

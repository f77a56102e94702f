// SPDX-License-Identifier: MIT
#include "ctl/push.hpp"

#include "run_fixture.hpp"

#include <primum/check.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

// Reads one connection to its end, says what it was told to, and closes it.
class FakeSocket {
public:
    FakeSocket(const std::string& path, std::string answers)
        : answers_(std::move(answers)), fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), address.sun_path);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        PRIMUM_CHECK(::bind(fd_, generic, sizeof address) == 0 && ::listen(fd_, 1) == 0);
        thread_ = std::thread{[this] { serve(); }};
    }
    FakeSocket(const FakeSocket&) = delete;
    FakeSocket& operator=(const FakeSocket&) = delete;
    ~FakeSocket() {
        static_cast<void>(heard());
        ::close(fd_);
    }
    // All that came. Call once the other end has ended.
    const std::string& heard() {
        if (thread_.joinable()) {
            thread_.join();
        }
        return heard_;
    }

private:
    void serve() {
        const int peer = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        std::array<char, 4096> bytes{};
        for (auto size = ::read(peer, bytes.data(), bytes.size()); size > 0;
             size = ::read(peer, bytes.data(), bytes.size())) {
            heard_.append(bytes.data(), static_cast<std::size_t>(size));
        }
        PRIMUM_CHECK(::write(peer, answers_.data(), answers_.size()) ==
                     static_cast<ssize_t>(answers_.size()));
        ::close(peer);
    }
    std::string answers_;
    std::string heard_;
    int fd_;
    std::thread thread_;
};

class PushTest : public testing::RunFixture {
protected:
    PushTest() { world.push_socket = root / "push.sock"; }

    Exit run_with_input(const std::string& text, std::vector<std::string> words) {
        std::istringstream in{text};
        world.in = &in;
        const auto exit = run_words(std::move(words));
        world.in = nullptr;
        return exit;
    }
};

TEST_F(PushTest, SendsTheWordsAsSamples) {
    FakeSocket socket{world.push_socket, ""};
    EXPECT_EQ(run_words({"push", "--source", "app", R"(jobs{q="a b"})", "1.5", "up", "NaN"}),
              Exit::ok)
        << err.str();
    EXPECT_EQ(socket.heard(),
              R"({"v":1,"type":"sample","source":"app","series":"jobs{q=\"a b\"}","value":1.5})"
              "\n"
              R"({"v":1,"type":"sample","source":"app","series":"up","value":"NaN"})"
              "\n");
    EXPECT_EQ(out.str() + err.str(), "");
}

TEST_F(PushTest, ANegativeValueStandsAfterTwoDashes) {
    FakeSocket socket{world.push_socket, ""};
    EXPECT_EQ(run_words({"push", "--source", "app", "--", "drift", "-3"}), Exit::ok) << err.str();
    EXPECT_NE(socket.heard().find("\"value\":-3}"), std::string::npos);
}

TEST_F(PushTest, AWholeCollectionIsOneLine) {
    FakeSocket socket{world.push_socket, ""};
    EXPECT_EQ(run_words({"push", "--source", "app", "--whole", "a", "1", "b", "2"}), Exit::ok);
    EXPECT_EQ(socket.heard(),
              R"({"v":1,"type":"samples","source":"app","values":[["a",1],["b",2]]})"
              "\n");
}

TEST_F(PushTest, ReadsSeriesAndValuesFromTheInput) {
    FakeSocket socket{world.push_socket, ""};
    EXPECT_EQ(run_with_input("# a comment\njobs{q=\"a b\"}   7\n\nbad\nup 1\n",
                             {"push", "--source", "app"}),
              Exit::bad_data);
    EXPECT_EQ(socket.heard(),
              "\n"
              R"({"v":1,"type":"sample","source":"app","series":"jobs{q=\"a b\"}","value":7})"
              "\n\n\n"
              R"({"v":1,"type":"sample","source":"app","series":"up","value":1})"
              "\n");
    EXPECT_EQ(err.str(), "primumctl: line 4: refused, bad_input: SERIES VALUE is expected\n");
}

TEST_F(PushTest, WithoutASourceTheInputGoesAsItIs) {
    FakeSocket socket{world.push_socket, ""};
    EXPECT_EQ(run_with_input("{\"v\":1}\n{}", {"push"}), Exit::ok);
    EXPECT_EQ(socket.heard(), "{\"v\":1}\n{}\n");
}

TEST_F(PushTest, TellsOfEachRefusal) {
    FakeSocket socket{world.push_socket,
                      "{\"v\":1,\"line\":2,\"refused\":\"bad_series_name\",\"detail\":\"x{\"}\n"
                      "{\"v\":1,\"line\":3,\"refused\":\"unknown_source\"}\n"};
    EXPECT_EQ(run_words({"push", "--source", "app", "a", "1", "x{", "2", "b", "3"}),
              Exit::bad_data);
    EXPECT_EQ(err.str(),
              "primumctl: line 2: refused, bad_series_name: x{\n"
              "primumctl: line 3: refused, unknown_source\n");
}

TEST_F(PushTest, NotPermittedIsDenied) {
    FakeSocket socket{world.push_socket,
                      "{\"v\":1,\"line\":0,\"refused\":\"not_permitted\",\"detail\":\"uid 7\"}\n"};
    EXPECT_EQ(run_words({"push", "--source", "app", "a", "1", "--json"}), Exit::denied);
    EXPECT_EQ(out.str(),
              "{\"v\":1,\"ok\":false,\"lines\":1,\"refused\":1,\"refusals\":[{\"line\":0,"
              "\"refused\":\"not_permitted\",\"detail\":\"uid 7\"}]}\n");
}

TEST_F(PushTest, WithoutPrimumdItSaysWhatToDo) {
    EXPECT_EQ(run_words({"push", "--source", "app", "a", "1"}), Exit::unreachable);
    EXPECT_NE(err.str().find("systemctl start primumd.service"), std::string::npos) << err.str();
}

TEST_F(PushTest, RefusesACommandLineThatMakesNoSense) {
    EXPECT_EQ(run_words({"push", "--source", "app", "a"}), Exit::usage);
    EXPECT_EQ(run_words({"push", "a", "1"}), Exit::usage);
    EXPECT_EQ(run_words({"push", "--whole"}), Exit::usage);
    EXPECT_EQ(run_words({"push", "--source", "app", "a", "one"}), Exit::usage);
    EXPECT_NE(err.str().find("\"one\" is no number"), std::string::npos) << err.str();
    EXPECT_EQ(run_words({"push", "--source", "app", "a", "1e999"}), Exit::usage);
}

}  // namespace
}  // namespace primum::ctl

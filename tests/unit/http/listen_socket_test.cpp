// SPDX-License-Identifier: MIT
#include "http/listen_socket.hpp"

#include <gtest/gtest.h>

#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace primum::http {
namespace {

TEST(ListenSocketTest, TakesAPortOfTheKernelsChoice) {
    const auto socket = ListenSocket::open("127.0.0.1:0");
    ASSERT_TRUE(socket) << socket.error().message;
    EXPECT_NE(socket->port(), 0);
    EXPECT_NE(fcntl(socket->fd(), F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(fcntl(socket->fd(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(ListenSocketTest, SaysThatTheAddressIsInUse) {
    const auto first = ListenSocket::open("127.0.0.1:0");
    ASSERT_TRUE(first);
    const auto address = "127.0.0.1:" + std::to_string(first->port());
    const auto second = ListenSocket::open(address);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, HttpError::Kind::in_use);
    EXPECT_EQ(second.error().message,
              "cannot listen on " + address +
                  ": somebody else listens there; set [http] listen to another port, or to \"\" "
                  "for none");
}

TEST(ListenSocketTest, RefusesWhatIsNotAnAddress) {
    for (const auto* bad : {"localhost:80",
                            "127.0.0.1",
                            ":80",
                            "127.0.0.1:",
                            "127.0.0.1:65536",
                            "127.0.0.1:80x",
                            "::1:80",
                            "[::1]",
                            "[127.0.0.1]:80",
                            "1.2.3:80",
                            "[]:1"}) {
        const auto socket = ListenSocket::open(bad);
        ASSERT_FALSE(socket) << bad;
        EXPECT_EQ(socket.error().kind, HttpError::Kind::bad_address) << bad;
        EXPECT_NE(socket.error().message.find("\"127.0.0.1:9763\""), std::string::npos);
    }
}

TEST(ListenSocketTest, RefusesAnAddressOfAnotherHost) {
    const auto socket = ListenSocket::open("192.0.2.1:0");
    ASSERT_FALSE(socket);
    EXPECT_EQ(socket.error().kind, HttpError::Kind::bad_address);
}

TEST(ListenSocketTest, ClosesUnlessReleased) {
    int fd = -1;
    {
        const auto socket = ListenSocket::open("127.0.0.1:0");
        ASSERT_TRUE(socket);
        fd = socket->fd();
    }
    EXPECT_EQ(fcntl(fd, F_GETFD), -1);
    {
        auto socket = ListenSocket::open("127.0.0.1:0");
        ASSERT_TRUE(socket);
        fd = socket->fd();
        socket->release();
    }
    EXPECT_NE(fcntl(fd, F_GETFD), -1);
    close(fd);
}

}  // namespace
}  // namespace primum::http

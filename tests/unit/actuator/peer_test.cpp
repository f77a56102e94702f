// SPDX-License-Identifier: MIT
#include "actuator/peer.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

namespace primum::actuator {
namespace {

TEST(PeerTest, TheCgroupIsThatOfSystemdsHierarchy) {
    EXPECT_EQ(systemd_cgroup("0::/system.slice/primumd.service\n"),
              "/system.slice/primumd.service");
    EXPECT_EQ(systemd_cgroup("12:pids:/elsewhere\n"
                             "1:name=systemd:/system.slice/primumd.service\n"
                             "0::/unified/elsewhere\n"),
              "/system.slice/primumd.service");
    EXPECT_EQ(systemd_cgroup("0::/system.slice/primumd.service"), "/system.slice/primumd.service");
    EXPECT_EQ(systemd_cgroup("0::/a:b\n"), "/a:b");
}

TEST(PeerTest, GarbageIsNoCgroup) {
    for (const auto* text : {"", "\n\n", "::", "0", "0:", "5::/x\n", "7:cpu,memory:/x\n"}) {
        EXPECT_EQ(systemd_cgroup(text), "") << text;
    }
}

TEST(PeerTest, PrimumdIsBesideTheActuator) {
    EXPECT_EQ(primumd_cgroup_beside("/system.slice/primum-actuator.service"),
              "/system.slice/primumd.service");
    EXPECT_EQ(primumd_cgroup_beside("/box/system.slice/primum-actuator.service"),
              "/box/system.slice/primumd.service");
    EXPECT_EQ(primumd_cgroup_beside("/user.slice/user-0.slice/session-1.scope"),
              "/system.slice/primumd.service");
    EXPECT_EQ(primumd_cgroup_beside(""), "/system.slice/primumd.service");
}

TEST(PeerTest, OnlyTheServiceItselfAndWhatIsBelowItIsWithin) {
    constexpr auto service = "/system.slice/primumd.service";
    EXPECT_TRUE(is_within("/system.slice/primumd.service", service));
    EXPECT_TRUE(is_within("/system.slice/primumd.service/child", service));
    EXPECT_FALSE(is_within("/system.slice/primumd.service2", service));
    EXPECT_FALSE(is_within("/system.slice", service));
    EXPECT_FALSE(is_within("/user.slice/app.slice/primumd.service", service));
    EXPECT_FALSE(is_within("", service));
    EXPECT_FALSE(is_within("/system.slice/primumd.service", ""));
}

// A connected pair of sockets whose ends belong to a user who is not root.
class PeerSocketTest : public testing::Test {
protected:
    PeerSocketTest() {
        const uid_t before = ::geteuid();
        if (before == 0) {
            EXPECT_EQ(::seteuid(nobody), 0);
        }
        uid_ = ::geteuid();
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0);
        EXPECT_EQ(::seteuid(before), 0);
    }
    ~PeerSocketTest() override {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    static constexpr uid_t nobody = 65'534;
    uid_t uid_ = 0;
    int ends_[2]{};
};

TEST_F(PeerSocketTest, AStrangerMayNotAsk) {
    const auto peer = check_peer(ends_[0], PeerPolicy{});
    ASSERT_FALSE(peer.has_value());
    EXPECT_EQ(peer.error().message,
              "uid " + std::to_string(uid_) + " may not ask; only primumd and root may");
}

TEST_F(PeerSocketTest, TheUidAloneIsNotEnough) {
    const auto outside = check_peer(ends_[0], {uid_, "/system.slice/primumd.service"});
    ASSERT_FALSE(outside.has_value());
    EXPECT_NE(outside.error().message.find("is not of primumd.service"), std::string::npos);
}

TEST_F(PeerSocketTest, TheUidInsideTheServiceIsPrimumd) {
    if (own_cgroup().empty()) {
        GTEST_SKIP() << "there is no cgroup hierarchy to look at";
    }
    const auto inside = check_peer(ends_[0], {uid_, own_cgroup()});
    ASSERT_TRUE(inside.has_value()) << inside.error().message;
    EXPECT_EQ(*inside, Peer::primumd);
}

TEST(PeerTest, RootMayAsk) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can be root";
    }
    int ends[2]{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const auto peer = check_peer(ends[0], PeerPolicy{});
    ASSERT_TRUE(peer.has_value());
    EXPECT_EQ(*peer, Peer::root);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(PeerTest, WhatIsNoSocketIsRefused) {
    EXPECT_FALSE(check_peer(-1, PeerPolicy{}).has_value());
}

TEST(PeerTest, UsersAreFoundByName) {
    ASSERT_TRUE(user_of("root").has_value());
    EXPECT_EQ(user_of("root")->uid, 0U);
    EXPECT_FALSE(user_of("nobody-of-this-name").has_value());
}

}  // namespace
}  // namespace primum::actuator

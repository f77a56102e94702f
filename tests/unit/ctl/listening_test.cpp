// SPDX-License-Identifier: MIT
#include "ctl/listening.hpp"

#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace primum::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ListeningTest : public testing::RunFixture {
protected:
    void SetUp() override {
        for (const char* folder : {"sys/fs/cgroup/a.slice/a.service", "proc/7/fd", "proc/net"}) {
            std::filesystem::create_directories(root / folder);
        }
        write_file("sys/fs/cgroup/a.slice/a.service/cgroup.procs", "7\n8\n");
        const std::string head =
            "  sl  local_address rem_address   st tx rx tr tm retr uid to inode\n";
        const std::string rest = " 00000000:00000000 00:00000000 00000000     0        0 ";
        write_file("proc/net/tcp",
                   head + "   0: 00000000:0050 00000000:0000 0A" + rest + "11 1 0 100\n" +
                       "   1: 0100007F:1F90 00000000:0000 0A" + rest + "12 1 0 100\n" +
                       "   2: 0100007F:1F91 0100007F:0001 01" + rest + "13 1 0 100\n" +
                       "   3: 0100007F:1F92 00000000:0000 0A" + rest + "99 1 0 100\n" +
                       "   4: C0000201:1F93 00000000:0000 0A" + rest + "14 1 0 100\n" + "broken\n");
        write_file("proc/net/tcp6",
                   head +
                       "   0: 00000000000000000000000000000000:0050 "
                       "00000000000000000000000000000000:0000 0A" +
                       rest + "11 1 0 100\n");
        for (const int inode : {11, 12, 13, 14}) {
            std::filesystem::create_symlink("socket:[" + std::to_string(inode) + "]",
                                            root / "proc/7/fd" / std::to_string(inode));
        }
        std::filesystem::create_symlink("/dev/null", root / "proc/7/fd/0");
    }
};

TEST_F(ListeningTest, FindsTheSocketsOfAUnitThatListen) {
    const auto found = listening_of("/a.slice/a.service", root);
    ASSERT_TRUE(found.has_value());
    EXPECT_THAT(*found,
                ElementsAre(Listening{80, true, false},
                            Listening{8080, false, true},
                            Listening{8083, false, false}));
}

TEST_F(ListeningTest, SaysSoWhereTheyCannotBeRead) {
    EXPECT_FALSE(listening_of("/gone.service", root).has_value());
    std::filesystem::remove_all(root / "proc/7");
    EXPECT_FALSE(listening_of("/a.slice/a.service", root).has_value());
}

TEST_F(ListeningTest, OneThatListensNowhereHasNone) {
    std::filesystem::remove(root / "proc/net/tcp");
    std::filesystem::remove(root / "proc/net/tcp6");
    const auto found = listening_of("/a.slice/a.service", root);
    ASSERT_TRUE(found.has_value());
    EXPECT_THAT(*found, IsEmpty());
}

}  // namespace
}  // namespace primum::ctl

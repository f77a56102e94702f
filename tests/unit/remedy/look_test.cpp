// SPDX-License-Identifier: MIT
#include "remedy/look.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// A small /proc and a control group, built from nothing.
class LookTest : public ::testing::Test {
protected:
    LookTest() {
        std::string name = "/tmp/primum-look-XXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        root_ = name;
        places_.proc = (root_ / "proc").string();
        places_.cgroup = (root_ / "cgroup").string();
        places_.systemctl = (root_ / "systemctl").string();
        places_.journalctl = (root_ / "journalctl").string();
        program("systemctl",
                "case \"$*\" in *ControlGroup*) echo /a.service;; "
                "*) echo ActiveState=failed;; esac");
        program("journalctl", "echo \"last words $*\"");
    }
    ~LookTest() override { fs::remove_all(root_); }
    void write(const fs::path& path, const std::string& text) const {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }
    void program(const std::string& name, const std::string& text) const {
        write(name, "#!/bin/sh\n" + text + '\n');
        fs::permissions(root_ / name, fs::perms::owner_all);
    }
    std::string look() const {
        const auto file = (root_ / "out").string();
        const int out = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
        look_at_unit("a.service", out, places_);
        ::close(out);
        std::stringstream text;
        text << std::ifstream(file).rdbuf();
        return text.str();
    }

    fs::path root_;
    LookPlaces places_;
};

TEST_F(LookTest, PutsTogetherWhatThereIs) {
    write("proc/pressure/memory", "some avg10=1.00\n");
    write("cgroup/a.service/cgroup.procs", "12\n");
    write("cgroup/a.service/memory.current", "4096\n");
    write("cgroup/a.service/inner/cgroup.procs", "13\n");
    fs::create_directories(root_ / "proc/12/fd");
    fs::create_directories(root_ / "proc/13/fd");
    fs::create_symlink("socket:[777]", root_ / "proc/13/fd/3");
    fs::create_symlink("/dev/null", root_ / "proc/12/fd/0");
    write(
        "proc/12/net/tcp",
        "  sl  local_address rem_address   st tx rx tr tm->when retrnsmt uid timeout inode\n"
        "   0: 0100007F:2649 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 777 1\n"
        "   1: 0100007F:1111 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 778 1\n");
    const auto text = look();
    EXPECT_THAT(text, HasSubstr("some avg10=1.00"));
    EXPECT_THAT(text, HasSubstr("ActiveState=failed"));
    EXPECT_THAT(text, HasSubstr("memory.current\n4096"));
    EXPECT_THAT(text, HasSubstr("0100007F:2649"));
    EXPECT_THAT(text, Not(HasSubstr("0100007F:1111")));
    EXPECT_THAT(text, HasSubstr("1 of 1 sockets, of 2 processes"));
    EXPECT_THAT(text, HasSubstr("--lines=50 --unit=a.service"));
    EXPECT_TRUE(text.ends_with("\n== end\n"));
}

TEST_F(LookTest, SaysWhatCannotBeHad) {
    fs::remove(root_ / "journalctl");
    program("systemctl", "exit 4");
    const auto text = look();
    EXPECT_THAT(text, HasSubstr("systemctl ended with 4"));
    EXPECT_THAT(text, HasSubstr("== control group\nthere is none"));
    EXPECT_THAT(text, HasSubstr("journalctl ended with"));
    EXPECT_TRUE(text.ends_with("\n== end\n"));
}

}  // namespace
}  // namespace primum::remedy

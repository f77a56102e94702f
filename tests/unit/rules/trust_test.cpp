// SPDX-License-Identifier: MIT
#include "rules/trust.hpp"

#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include <unistd.h>

namespace primum::rules {
namespace {

namespace fs = std::filesystem;

class TrustTest : public testing::Test {
protected:
    TrustTest() : file_(dir_.write("etc/rules.d/a.toml", "")), policy_{::getuid(), dir_.path()} {
        for (const char* directory : {"", "etc", "etc/rules.d"}) {
            fs::permissions(dir_.path() / directory, fs::perms{0755});
        }
        fs::permissions(file_, fs::perms{0644});
    }

    // Where the distrust lies, below the temporary directory; "trusted" when there is none.
    std::string verdict(const fs::path& path) {
        const auto checked = check_trusted(path, policy_);
        return checked ? "trusted"
                       : fs::path{checked.error().file}.lexically_relative(dir_.path()).string();
    }

    TempDir dir_;
    fs::path file_;
    TrustPolicy policy_;
};

TEST_F(TrustTest, TrustsWhatOnlyTheOwnerCanWrite) {
    EXPECT_EQ(verdict(file_), "trusted");
    EXPECT_EQ(verdict(dir_.path() / "etc/rules.d"), "trusted");
    EXPECT_EQ(verdict(dir_.path() / "etc/../etc/./rules.d/a.toml"), "trusted");
}

TEST_F(TrustTest, RefusesWritableFilesAndParents) {
    fs::permissions(file_, fs::perms{0664});
    EXPECT_EQ(verdict(file_), "etc/rules.d/a.toml");
    fs::permissions(file_, fs::perms{0646});
    EXPECT_EQ(verdict(file_), "etc/rules.d/a.toml");
    fs::permissions(file_, fs::perms{0644});
    fs::permissions(dir_.path() / "etc", fs::perms{01777});
    EXPECT_EQ(verdict(file_), "etc");
    fs::permissions(dir_.path() / "etc", fs::perms{0755});
    fs::permissions(dir_.path(), fs::perms{0775});
    EXPECT_EQ(verdict(file_), ".");
}

TEST_F(TrustTest, RefusesAnotherOwner) {
    policy_.owner = ::getuid() + 1;
    const auto checked = check_trusted(file_, policy_);
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().message.find("is owned by uid"), std::string::npos);
}

TEST_F(TrustTest, FollowsLinksAndChecksEachStep) {
    fs::create_directory(dir_.path() / "open");
    fs::permissions(dir_.path() / "open", fs::perms{0777});
    fs::create_symlink("../../open/link", dir_.path() / "etc/rules.d/b.toml");
    fs::create_symlink(file_, dir_.path() / "open/link");
    // The end of the chain is trusted, the directory that a link of it lies in is not.
    EXPECT_EQ(verdict(dir_.path() / "etc/rules.d/b.toml"), "open");
    fs::permissions(dir_.path() / "open", fs::perms{0755});
    EXPECT_EQ(verdict(dir_.path() / "etc/rules.d/b.toml"), "trusted");
}

TEST_F(TrustTest, EndsOnALinkThatGoesInACircle) {
    fs::create_symlink("loop", dir_.path() / "loop");
    EXPECT_EQ(verdict(dir_.path() / "loop"), "loop");
}

TEST_F(TrustTest, RefusesWhatIsNoFile) {
    EXPECT_EQ(verdict(dir_.path() / "missing"), "missing");
    EXPECT_EQ(verdict(file_ / "below"), "etc/rules.d/a.toml");
    EXPECT_FALSE(check_trusted("relative.toml", policy_));
    EXPECT_FALSE(check_trusted("/dev/null", policy_));
}

TEST_F(TrustTest, LooksAtEveryParentByDefault) {
    // The temporary directory of the host is writable by all.
    fs::permissions(dir_.path(), fs::perms{0777});
    EXPECT_FALSE(check_trusted(file_, TrustPolicy{::getuid(), "/"}));
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "remedy/safe_path.hpp"

#include "temp_tree.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

// Both ways of taking a step: with openat2 and without.
class SafePathTest : public ::testing::TestWithParam<bool> {
protected:
    [[nodiscard]] PathPolicy policy() const {
        PathPolicy policy = tree.policy();
        policy.use_openat2 = GetParam();
        return policy;
    }
    [[nodiscard]] std::string refusal(const std::string& path) const {
        const auto parent = open_parent(path, policy());
        return parent ? "" : std::string{name_of(parent.error().refusal)};
    }

    TempTree tree;
};

TEST_P(SafePathTest, OpensTheDirectoryAbove) {
    tree.write("a/b/file", "x");
    const auto parent = open_parent(tree.path("a/b/file"), policy());
    ASSERT_TRUE(parent) << parent.error().message;
    EXPECT_EQ(parent->name, "file");
    EXPECT_EQ(::faccessat(parent->directory.get(), "file", R_OK, 0), 0);
    EXPECT_TRUE(open_parent(tree.path("a/b/nothing"), policy()));
}

TEST_P(SafePathTest, RefusesWhatIsNoPlainAbsolutePath) {
    for (const std::string path : {"", "a", "/", "/a/../b", "/a//b", "/a/", "/a/./b"}) {
        EXPECT_EQ(refusal(path), "unsafe_path") << path;
    }
    EXPECT_EQ(refusal(std::string{"/etc/a\0b", 8}), "unsafe_path");
}

TEST_P(SafePathTest, RefusesALinkOnTheWay) {
    tree.write("real/file", "x");
    fs::create_directory_symlink(tree.path("real"), tree.path("link"));
    const auto parent = open_parent(tree.path("link/file"), policy());
    ASSERT_FALSE(parent);
    EXPECT_EQ(parent.error().refusal, Refusal::unsafe_path);
    EXPECT_EQ(parent.error().message,
              tree.path("link") + " is a symbolic link; name its target instead");
}

TEST_P(SafePathTest, RefusesALinkOfTheKernels) {
    EXPECT_EQ(refusal("/proc/self/cwd/file"), "unsafe_path");
    EXPECT_EQ(refusal("/proc/self/root/etc/file"), "unsafe_path");
}

TEST_P(SafePathTest, RefusesAFileOnTheWay) {
    tree.write("file", "x");
    EXPECT_EQ(refusal(tree.path("file/more")), "unsafe_path");
    EXPECT_EQ(refusal(tree.path("missing/more")), "unsafe_path");
}

TEST_P(SafePathTest, RefusesADirectoryThatOthersCanWrite) {
    tree.write("a/b/file", "x");
    for (const mode_t mode : {0775, 0757, 01777}) {
        ASSERT_EQ(::chmod(tree.path("a").c_str(), mode), 0);
        EXPECT_EQ(refusal(tree.path("a/b/file")), "untrusted") << mode;
    }
    ASSERT_EQ(::chmod(tree.path("a").c_str(), 0755), 0);
    EXPECT_EQ(refusal(tree.path("a/b/file")), "");
}

TEST_P(SafePathTest, RefusesADirectoryOfSomebodyElse) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs root";
    }
    tree.write("a/b/file", "x");
    ASSERT_EQ(::chown(tree.path("a").c_str(), 1234, 0), 0);
    const auto parent = open_parent(tree.path("a/b/file"), policy());
    ASSERT_FALSE(parent);
    EXPECT_EQ(parent.error().message, tree.path("a") + " is owned by uid 1234 and not by uid 0");
}

TEST_P(SafePathTest, TheWholeWayIsHeldToThePolicy) {
    PathPolicy whole = policy();
    whole.top = "/";
    tree.write("file", "x");  // beneath /tmp, which everybody can write
    const auto parent = open_parent(tree.path("file"), whole);
    ASSERT_FALSE(parent);
    EXPECT_EQ(parent.error().refusal, Refusal::untrusted);
}

TEST_P(SafePathTest, SeesThatTheDirectoryWasExchanged) {
    tree.write("a/file", "x");
    const auto parent = open_parent(tree.path("a/file"), policy());
    ASSERT_TRUE(parent);
    EXPECT_TRUE(check_same_parent(*parent, tree.path("a/file"), policy()));
    fs::rename(tree.path("a"), tree.path("b"));
    tree.write("a/file", "x");
    const auto checked = check_same_parent(*parent, tree.path("a/file"), policy());
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().refusal, Refusal::unsafe_path);
    fs::remove_all(tree.path("a"));
    fs::create_directory_symlink(tree.path("b"), tree.path("a"));
    EXPECT_FALSE(check_same_parent(*parent, tree.path("a/file"), policy()));
}

TEST_P(SafePathTest, SaysWhetherEverybodyMayLook) {
    tree.write("a/b/file", "x");
    EXPECT_TRUE(open_parent(tree.path("a/b/file"), policy())->open_to_all);
    ASSERT_EQ(::chmod(tree.path("a").c_str(), 0750), 0);
    EXPECT_FALSE(open_parent(tree.path("a/b/file"), policy())->open_to_all);
}

TEST_P(SafePathTest, ReadsAFileAndFollowsNoLink) {
    tree.write("file", "text");
    EXPECT_EQ(read_file_safely(tree.path("file"), 4, policy()).value(), "text");
    EXPECT_EQ(read_file_safely(tree.path("file"), 3, policy()).error().refusal, Refusal::too_large);
    fs::create_symlink("file", tree.path("link"));
    EXPECT_EQ(read_file_safely(tree.path("link"), 4, policy()).error().refusal,
              Refusal::unsafe_path);
    ASSERT_EQ(::mkfifo(tree.path("pipe").c_str(), 0644), 0);  // must not wait for a writer
    EXPECT_EQ(read_file_safely(tree.path("pipe"), 4, policy()).error().refusal,
              Refusal::unsafe_path);
    EXPECT_EQ(read_file_safely(tree.path("none"), 4, policy()).error().refusal, Refusal::storage);
}

INSTANTIATE_TEST_SUITE_P(Steps, SafePathTest, ::testing::Bool(), [](const auto& test) {
    return test.param ? "openat2" : "openat";
});

}  // namespace
}  // namespace primum::remedy

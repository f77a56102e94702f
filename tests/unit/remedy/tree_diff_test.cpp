// SPDX-License-Identifier: MIT
#include "remedy/tree_diff.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

std::string diff(const std::string& before, const std::string& after) {
    return unified_diff(before, after, "a", "b");
}

TEST(TreeDiffTest, IsAUnifiedDiff) {
    EXPECT_EQ(diff("one\ntwo\nthree\n", "one\n2\nthree\n"),
              "--- a\n+++ b\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n");
    EXPECT_EQ(diff("", "new\n"), "--- a\n+++ b\n@@ -0,0 +1,1 @@\n+new\n");
    EXPECT_EQ(diff("old\n", ""), "--- a\n+++ b\n@@ -1,1 +0,0 @@\n-old\n");
    EXPECT_EQ(diff("same\n", "same\n"), "");
}

TEST(TreeDiffTest, SaysWhereALineDoesNotEnd) {
    EXPECT_EQ(diff("x\n", "x"),
              "--- a\n+++ b\n@@ -1,1 +1,1 @@\n-x\n+x\n\\ No newline at end of file\n");
}

TEST(TreeDiffTest, FarChangesAreHunksOfTheirOwn) {
    std::string before;
    std::string after;
    for (int i = 1; i <= 20; ++i) {
        before += std::to_string(i) + "\n";
        after += i == 2 || i == 19 ? "x\n" : std::to_string(i) + "\n";
    }
    EXPECT_EQ(diff(before, after),
              "--- a\n+++ b\n@@ -1,5 +1,5 @@\n 1\n-2\n+x\n 3\n 4\n 5\n"
              "@@ -16,5 +16,5 @@\n 16\n 17\n 18\n-19\n+x\n 20\n");
}

TEST(TreeDiffTest, NearChangesAreOneHunk) {
    EXPECT_EQ(diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n"),
              "--- a\n+++ b\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
}

TEST(TreeDiffTest, BinaryFilesOnlyDiffer) {
    EXPECT_EQ(diff(std::string{"a\0b", 3}, "x"), "binary files a and b differ\n");
    EXPECT_EQ(diff("x", "\xff\xfe"), "binary files a and b differ\n");
    EXPECT_EQ(diff("x", std::string(70'000, 'y')), "files a and b differ\n");
}

TEST(TreeDiffTest, IsBounded) {
    std::string before;
    std::string after;
    for (int i = 0; i < 1500; ++i) {
        before += "before " + std::to_string(i) + "\n";
        after += "after " + std::to_string(i) + "\n";
    }
    const std::string text = diff(before, after);
    EXPECT_LE(text.size(), max_diff_bytes);
    EXPECT_TRUE(text.ends_with("\n[cut]\n"));
    EXPECT_EQ(diff("short\n", std::string(5000, 'x')),
              "--- a\n+++ b\n@@ -1,1 +1,1 @@\n-short\n[cut]\n");
    std::string many;
    for (int i = 0; i < 3000; ++i) {
        many += std::to_string(i) + "\n";
    }
    EXPECT_EQ(diff("x\n", many), "files a and b differ\n");
}

TreeEntry entry(const std::string& name, EntryKind kind, std::uint32_t mode) {
    TreeEntry made;
    made.name = name;
    made.kind = kind;
    made.mode = mode;
    return made;
}

class TreesTest : public ::testing::Test {
protected:
    // Two trees that differ in the text of one file.
    void SetUp() override {
        before.entries = {entry("", EntryKind::directory, 0755),
                          entry("d", EntryKind::directory, 0755),
                          entry("d/f", EntryKind::file, 0644)};
        before.entries[2].content = std::string(64, 'a');
        now = before;
        now.entries[2].content = std::string(64, 'b');
    }
    [[nodiscard]] std::string run(bool readable = true) const {
        return tree_diff("/etc/x",
                         {&before, [](const TreeEntry&) { return std::string{"old\n"}; }},
                         {&now, [](const TreeEntry&) { return std::string{"new\n"}; }},
                         readable);
    }
    FileTree before;
    FileTree now;
};

TEST_F(TreesTest, ShowsTheTextThatAllMayRead) {
    EXPECT_EQ(run(),
              "/etc/x/d/f: file 0:0 0644 0 bytes sha256:aaaaaaaaaaaaaaaa -> file 0:0 0644 0 bytes "
              "sha256:bbbbbbbbbbbbbbbb\n--- /etc/x/d/f (kept)\n+++ /etc/x/d/f (now)\n"
              "@@ -1,1 +1,1 @@\n-old\n+new\n");
}

TEST_F(TreesTest, ShowsNoTextThatNotAllMayRead) {
    const std::string hidden = "/etc/x/d/f: not shown, for not everybody may read it\n";
    EXPECT_TRUE(run(false).ends_with(hidden));
    now.entries[2].mode = 0640;
    EXPECT_TRUE(run().ends_with(hidden));
    now.entries[2].mode = 0644;
    before.entries[2].mode = 0600;
    EXPECT_TRUE(run().ends_with(hidden));
    before.entries[2].mode = 0644;
    before.entries[1].mode = 0750;
    EXPECT_TRUE(run().ends_with(hidden));
}

TEST_F(TreesTest, NamesWhatCameAndWent) {
    now.entries.pop_back();
    now.entries.push_back(entry("l", EntryKind::link, 0777));
    now.entries.back().content = "/target";
    EXPECT_EQ(run(),
              "/etc/x/d/f: file 0:0 0644 0 bytes sha256:aaaaaaaaaaaaaaaa -> nothing\n"
              "/etc/x/l: nothing -> link to /target\n");
}

TEST_F(TreesTest, NamesOtherAttributes) {
    now = before;
    now.entries[0].attributes["user.x"] = "1";
    now.entries[1].uid = 5;
    EXPECT_EQ(run(),
              "/etc/x: the extended attributes are others\n"
              "/etc/x/d: directory 0:0 0755 -> directory 5:0 0755\n");
}

}  // namespace
}  // namespace primum::remedy

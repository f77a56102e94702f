// SPDX-License-Identifier: MIT
#include "remedy/file_tree.hpp"

#include "temp_tree.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

FileTree example() {
    FileTree tree;
    TreeEntry top;
    top.kind = EntryKind::directory;
    top.mode = 02755;
    top.uid = 3;
    top.gid = 4;
    top.attributes["user.note"] = std::string("a\0b =%\n", 7);
    top.times = EntryTimes{-5, 1'700'000'000'123'456'789};
    tree.entries.push_back(top);
    TreeEntry file;
    file.name = "name with\nline \xff";
    file.mode = 0640;
    file.size = 12;
    file.content = std::string(64, 'a');
    tree.entries.push_back(file);
    TreeEntry link;
    link.kind = EntryKind::link;
    link.name = "z";
    link.mode = 0777;
    link.content = "../else where";
    link.attributes["security.x"] = "";
    tree.entries.push_back(link);
    return tree;
}

TEST(FileTreeTest, ReadsBackWhatItWrote) {
    const FileTree tree = example();
    const std::string text = write_tree(tree);
    const auto again = read_tree(text);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(write_tree(*again), text);
    EXPECT_EQ(id_of(*again), id_of(tree));
    EXPECT_EQ(again->entries[1].name, tree.entries[1].name);
    EXPECT_EQ(again->entries[0].attributes, tree.entries[0].attributes);
    ASSERT_TRUE(again->entries[0].times);
    EXPECT_EQ(again->entries[0].times->accessed, -5);
    EXPECT_FALSE(again->entries[1].times);
}

TEST(FileTreeTest, TheIdIsOfAllButTheTimes) {
    const std::string id = id_of(example());
    FileTree tree = example();
    tree.entries[0].times.reset();
    EXPECT_EQ(id_of(tree), id);
    const auto differs = [&](auto change) {
        FileTree other = example();
        change(other);
        EXPECT_NE(id_of(other), id);
    };
    differs([](FileTree& t) { t.entries[0].mode = 0755; });
    differs([](FileTree& t) { t.entries[0].uid = 9; });
    differs([](FileTree& t) { t.entries[0].gid = 9; });
    differs([](FileTree& t) { t.entries[1].size = 9; });
    differs([](FileTree& t) { t.entries[1].content[5] = 'b'; });
    differs([](FileTree& t) { t.entries[1].name = "n"; });
    differs([](FileTree& t) { t.entries[2].content = "x"; });
    differs([](FileTree& t) { t.entries[2].kind = EntryKind::file; });
    differs([](FileTree& t) { t.entries[2].attributes.clear(); });
    differs([](FileTree& t) { t.entries.pop_back(); });
}

TEST(FileTreeTest, RefusesTheTextDamagedAtAnyByte) {
    const std::string text = write_tree(example());
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string damaged = text;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        EXPECT_FALSE(read_tree(damaged)) << i;
        EXPECT_FALSE(read_tree(text.substr(0, i))) << i;
    }
    EXPECT_FALSE(read_tree(text + "x"));
}

TEST(FileTreeTest, RefusesNamesThatLeadOut) {
    for (const char* name : {"..", ".", "a/b", "z/x", "", "../x", "a//b"}) {
        FileTree tree = example();
        tree.entries[1].name = name;
        EXPECT_FALSE(read_tree(write_tree(tree))) << name;
    }
    FileTree twice = example();
    twice.entries[1].name = "z";
    EXPECT_FALSE(read_tree(write_tree(twice)));
    EXPECT_FALSE(read_tree(write_tree(FileTree{})));
}

TEST(FileTreeTest, ScanRefusesWhatIsNoFile) {
    const TempTree tree;
    tree.write("a/file", "x");
    ASSERT_EQ(::mkfifo(tree.path("a/pipe").c_str(), 0644), 0);
    const auto found = scan_tree(AT_FDCWD, tree.path("a"), TreeLimits{}, hash_content);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().refusal, Refusal::unsafe_path);
    EXPECT_EQ(found.error().message, "pipe is neither a file, a directory nor a link");
}

TEST(FileTreeTest, ScanRefusesAMountInside) {
    const auto found = scan_tree(AT_FDCWD, "/dev", TreeLimits{}, hash_content);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().refusal, Refusal::unsafe_path);
}

TEST(FileTreeTest, ScanIsBounded) {
    const TempTree tree;
    tree.write("a/one", "12345");
    tree.write("a/two", "12345");
    EXPECT_TRUE(scan_tree(AT_FDCWD, tree.path("a"), TreeLimits{10, 3}, hash_content));
    for (const auto& limits : {TreeLimits{9, 3}, TreeLimits{10, 2}}) {
        const auto found = scan_tree(AT_FDCWD, tree.path("a"), limits, hash_content);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().refusal, Refusal::too_large);
    }
    std::string deep = "deep";
    for (std::size_t i = 0; i < max_tree_depth; ++i) {
        deep += "/d";
    }
    tree.write(deep + "/file", "");
    EXPECT_EQ(scan_tree(AT_FDCWD, tree.path("deep"), TreeLimits{}, hash_content).error().refusal,
              Refusal::too_large);
}

}  // namespace
}  // namespace primum::remedy

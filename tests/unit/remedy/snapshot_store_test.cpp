// SPDX-License-Identifier: MIT
#include "remedy/snapshot_store.hpp"

#include "temp_tree.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include <sys/xattr.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

class SnapshotStoreTest : public ::testing::Test {
protected:
    SnapshotStore make(SnapshotLimits limits = {}) const {
        return SnapshotStore{tree.path("store"), limits, {}, tree.policy()};
    }
    std::string keep(const std::string& name) {
        const auto id = store.keep(tree.path(name));
        EXPECT_TRUE(id) << (id ? "" : id.error().message);
        return id ? *id : "failed";
    }
    void put(const std::string& id, const std::string& name, const std::string& expected) {
        const auto done = store.put(id, tree.path(name), expected);
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
    }
    // A directory with one of each.
    void make_example() const {
        tree.write("etc/app/main.conf", "one\n", 0640);
        tree.write("etc/app/empty", "", 0600);
        tree.write("etc/app/sub/deep.conf", std::string(200'000, 'x') + "\n", 04755);
        fs::create_directory(tree.path("etc/app/none"));
        fs::create_symlink("main.conf", tree.path("etc/app/current"));
        fs::create_symlink("/nowhere at all", tree.path("etc/app/sub/broken"));
        if (::geteuid() == 0) {
            EXPECT_EQ(::chown(tree.path("etc/app/empty").c_str(), 12, 34), 0);
            EXPECT_EQ(::lchown(tree.path("etc/app/current").c_str(), 12, 34), 0);
            EXPECT_EQ(::chown(tree.path("etc/app/none").c_str(), 12, 34), 0);
        }
        ::setxattr(tree.path("etc/app/main.conf").c_str(), "user.note", "v\0x", 3, 0);
        ::setxattr(tree.path("etc/app/sub").c_str(), "user.note", "dir", 3, 0);
        const std::array<timespec, 2> times{timespec{1'000'000, 5}, timespec{1'234'567, 89}};
        ::utimensat(AT_FDCWD, tree.path("etc/app/main.conf").c_str(), times.data(), 0);
        ::utimensat(
            AT_FDCWD, tree.path("etc/app/current").c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
        ::utimensat(AT_FDCWD, tree.path("etc/app/sub").c_str(), times.data(), 0);
    }

    TempTree tree;
    SnapshotStore store{tree.path("store"), {}, {}, tree.policy()};
};

TEST_F(SnapshotStoreTest, PutsAWholeDirectoryBackAsItWas) {
    make_example();
    const std::string before = tree.dump("etc/app");
    const std::string id = keep("etc/app");
    EXPECT_EQ(id.size(), 71U);
    EXPECT_EQ(store.identify(tree.path("etc/app")).value(), id);
    tree.write("etc/app/main.conf", "two\n");
    fs::remove(tree.path("etc/app/empty"));
    tree.write("etc/app/new/file", "x");
    const std::string changed = keep("etc/app");
    EXPECT_NE(changed, id);
    put(id, "etc/app", changed);
    EXPECT_EQ(tree.dump("etc/app"), before);
    EXPECT_EQ(tree.names("etc"), "app");
}

TEST_F(SnapshotStoreTest, PutsAFileBackWithItsTimes) {
    tree.write("etc/a.conf", "one\n", 0640);
    const std::array<timespec, 2> times{timespec{5, 6}, timespec{1'234'567, 89}};
    ::utimensat(AT_FDCWD, tree.path("etc/a.conf").c_str(), times.data(), 0);
    const std::string before = tree.dump("etc/a.conf");
    const std::string id = keep("etc/a.conf");
    tree.write("etc/a.conf", "two\n");
    put(id, "etc/a.conf", store.identify(tree.path("etc/a.conf")).value());
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
    EXPECT_EQ(tree.names("etc"), "a.conf");
}

TEST_F(SnapshotStoreTest, KeepsAclsToo) {
    tree.write("etc/a.conf", "one\n", 0640);
    // version 2; user::rw- user:12:r-- group::r-- mask::rw- other::--- (acl(5), as the kernel has
    // it: tag, permissions, id; little-endian)
    const std::string acl{
        "\2\0\0\0"
        "\1\0\6\0\xff\xff\xff\xff"
        "\2\0\4\0\x0c\0\0\0"
        "\4\0\4\0\xff\xff\xff\xff"
        "\x10\0\6\0\xff\xff\xff\xff"
        "\x20\0\0\0\xff\xff\xff\xff",
        44};
    if (::setxattr(tree.path("etc/a.conf").c_str(),
                   "system.posix_acl_access",
                   acl.data(),
                   acl.size(),
                   0) != 0) {
        GTEST_SKIP() << "this file system has no ACLs";
    }
    const std::string before = tree.dump("etc/a.conf");
    ASSERT_NE(before.find("posix_acl_access"), std::string::npos);
    const std::string id = keep("etc/a.conf");
    fs::remove(tree.path("etc/a.conf"));
    put(id, "etc/a.conf", "");
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

// What the directory gives by itself is not what was kept.
TEST_F(SnapshotStoreTest, ADefaultAclAboveChangesNothing) {
    tree.write("etc/a.conf", "one\n", 0640);
    tree.write("etc/sub/b.conf", "two\n", 0640);
    const std::string id = keep("etc/a.conf");
    const std::string sub = keep("etc/sub");
    const std::string acl{
        "\2\0\0\0"
        "\1\0\7\0\xff\xff\xff\xff"
        "\2\0\5\0\x0c\0\0\0"
        "\4\0\5\0\xff\xff\xff\xff"
        "\x10\0\5\0\xff\xff\xff\xff"
        "\x20\0\0\0\xff\xff\xff\xff",
        44};
    if (::setxattr(
            tree.path("etc").c_str(), "system.posix_acl_default", acl.data(), acl.size(), 0) != 0) {
        GTEST_SKIP() << "this file system has no ACLs";
    }
    const std::string before = tree.dump("etc/a.conf") + tree.dump("etc/sub");
    fs::remove(tree.path("etc/a.conf"));
    fs::remove_all(tree.path("etc/sub"));
    put(id, "etc/a.conf", "");
    put(sub, "etc/sub", "");
    EXPECT_EQ(tree.dump("etc/a.conf") + tree.dump("etc/sub"), before);
}

TEST_F(SnapshotStoreTest, ALinkIsKeptAsALink) {
    tree.write("etc/target", "x");
    fs::create_symlink("target", tree.path("etc/link"));
    const std::string before = tree.dump("etc/link");
    const std::string id = keep("etc/link");
    EXPECT_EQ(store.text_of(id).value(), "target");
    const auto other = store.keep_text("elsewhere", id, true);
    ASSERT_TRUE(other);
    put(*other, "etc/link", id);
    EXPECT_EQ(fs::read_symlink(tree.path("etc/link")), "elsewhere");
    put(id, "etc/link", *other);
    EXPECT_EQ(tree.dump("etc/link"), before);
    EXPECT_EQ(tree.read("etc/target"), "x");
}

TEST_F(SnapshotStoreTest, NothingIsKeptAsNothing) {
    fs::create_directory(tree.path("etc"));
    EXPECT_EQ(keep("etc/none"), "");
    tree.write("etc/a", "x");
    const std::string id = keep("etc/a");
    put("", "etc/a", id);
    EXPECT_EQ(tree.names("etc"), "");
    put(id, "etc/a", "");
    EXPECT_EQ(tree.read("etc/a"), "x");
    put("", "etc/none", "");
}

TEST_F(SnapshotStoreTest, WhatStandsThereAlreadyIsLeft) {
    tree.write("etc/a", "x");
    const std::string id = keep("etc/a");
    struct stat before{};
    struct stat after{};
    ASSERT_EQ(::stat(tree.path("etc/a").c_str(), &before), 0);
    put(id, "etc/a", "sha256:" + std::string(64, '0'));
    ASSERT_EQ(::stat(tree.path("etc/a").c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(SnapshotStoreTest, WhatSomebodyChangedIsNotOverwritten) {
    tree.write("etc/a", "one\n");
    const std::string first = keep("etc/a");
    tree.write("etc/a", "two\n");
    const std::string second = keep("etc/a");
    tree.write("etc/a", "three\n");
    const auto done = store.put(first, tree.path("etc/a"), second);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().refusal, Refusal::conflict);
    EXPECT_NE(done.error().diff.find("-two\n+three\n"), std::string::npos) << done.error().diff;
    EXPECT_EQ(tree.read("etc/a"), "three\n");
    EXPECT_EQ(tree.names("etc"), "a");
    EXPECT_EQ(store.difference(second, tree.path("etc/a")), done.error().diff);
    fs::remove(tree.path("etc/a"));
    EXPECT_EQ(store.put(first, tree.path("etc/a"), second).error().refusal, Refusal::conflict);
    EXPECT_EQ(tree.names("etc"), "");
}

TEST_F(SnapshotStoreTest, AConflictTellsNoSecret) {
    tree.write("etc/a", "password=old\n", 0600);
    const std::string first = keep("etc/a");
    tree.write("etc/a", "password=new\n", 0600);
    const auto done = store.put("", tree.path("etc/a"), first);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().diff.find("password"), std::string::npos) << done.error().diff;
    EXPECT_NE(done.error().diff.find("sha256:"), std::string::npos);
}

// Only the mode is another: that is a change, too.
TEST_F(SnapshotStoreTest, AnotherModeIsAConflict) {
    tree.write("etc/a", "one\n");
    const std::string id = keep("etc/a");
    ASSERT_EQ(::chmod(tree.path("etc/a").c_str(), 0600), 0);
    const auto done = store.put("", tree.path("etc/a"), id);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().refusal, Refusal::conflict);
    EXPECT_NE(done.error().diff.find("0644"), std::string::npos) << done.error().diff;
}

TEST_F(SnapshotStoreTest, ADamagedCopyIsRefusedAndNothingIsWritten) {
    make_example();
    const std::string id = keep("etc/app");
    tree.write("etc/app/main.conf", "two\n");
    const std::string now = keep("etc/app");
    const std::string before = tree.dump("etc/app");
    std::size_t tried = 0;
    for (const auto& entry : fs::recursive_directory_iterator(tree.path("store"))) {
        const std::string path = entry.path();
        if (!entry.is_regular_file() || entry.file_size() == 0) {
            continue;
        }
        const std::string name = fs::path{path}.lexically_relative(tree.path(""));
        const std::string whole = tree.read(name);
        for (const bool cut : {false, true}) {
            std::string damaged = whole;
            damaged[damaged.size() / 2] ^= 1;
            tree.write(name, cut ? whole.substr(0, whole.size() - 1) : damaged, 0600);
            const bool sound = store.check(id).has_value();
            const auto done = store.put(id, tree.path("etc/app"), now);
            EXPECT_EQ(sound, done.has_value());
            if (done) {  // a part of the other copy; take it back
                EXPECT_TRUE(name.find(now.substr(7)) != std::string::npos || !store.check(now));
                tree.write(name, whole, 0600);
                put(now, "etc/app", id);
            } else {
                EXPECT_EQ(done.error().refusal, Refusal::storage);
                EXPECT_EQ(tree.dump("etc/app"), before);
                EXPECT_EQ(tree.names("etc"), "app");
                ++tried;
            }
            tree.write(name, whole, 0600);
        }
    }
    EXPECT_GE(tried, 6U);  // its list, and the two files that are not empty
}

TEST_F(SnapshotStoreTest, AnUnreadableStoreIsAnError) {
    tree.write("etc/a", "one\n");
    const std::string id = keep("etc/a");
    fs::remove_all(tree.path("store"));
    tree.write("store", "no directory");
    EXPECT_EQ(store.keep(tree.path("etc/a")).error().refusal, Refusal::storage);
    EXPECT_EQ(store.put(id, tree.path("etc/a"), "").error().refusal, Refusal::storage);
    fs::remove(tree.path("store"));
    EXPECT_EQ(store.put(id, tree.path("etc/a"), "").error().refusal, Refusal::storage);
    SnapshotStore lost{tree.path("missing/store"), {}, {}, tree.policy()};
    EXPECT_EQ(lost.keep(tree.path("etc/a")).error().refusal, Refusal::storage);
    EXPECT_EQ(tree.read("etc/a"), "one\n");
    for (const char* bad : {"", "sha256:", "sha256:../../etc/passwd", "x"}) {
        EXPECT_FALSE(store.check(bad)) << bad;
    }
}

TEST_F(SnapshotStoreTest, WhatIsTooLargeIsNotCopied) {
    tree.write("etc/a", std::string(1000, 'x'));
    tree.write("etc/b", std::string(600, 'y'));
    SnapshotLimits limits;
    limits.bytes = 999;
    EXPECT_EQ(make(limits).keep(tree.path("etc/a")).error().refusal, Refusal::too_large);
    EXPECT_FALSE(fs::exists(tree.path("store")));
    limits = {};
    limits.entries = 2;
    EXPECT_EQ(make(limits).keep(tree.path("etc")).error().refusal, Refusal::too_large);
    limits = {};
    limits.total_bytes = 1500;
    EXPECT_TRUE(make(limits).keep(tree.path("etc/a")));
    EXPECT_EQ(make(limits).keep(tree.path("etc/b")).error().refusal, Refusal::too_large);
}

// A terabyte of nothing is refused by its length, at once; a smaller one stays a hole.
TEST_F(SnapshotStoreTest, HolesStayHoles) {
    tree.write("etc/huge", "begin");
    fs::resize_file(tree.path("etc/huge"), 1ULL << 40U);
    EXPECT_EQ(store.keep(tree.path("etc/huge")).error().refusal, Refusal::too_large);
    fs::resize_file(tree.path("etc/huge"), 32U << 20U);
    std::ofstream{tree.path("etc/huge"), std::ios::app | std::ios::binary} << "end";
    const std::string before = tree.dump("etc/huge");
    const std::string id = keep("etc/huge");
    fs::remove(tree.path("etc/huge"));
    put(id, "etc/huge", "");
    EXPECT_EQ(tree.dump("etc/huge"), before);
    struct stat status{};
    ASSERT_EQ(::stat(tree.path("etc/huge").c_str(), &status), 0);
    EXPECT_LT(status.st_blocks * 512, 1 << 20);
}

TEST_F(SnapshotStoreTest, AnotherNameOfTheFileIsLeftAlone) {
    tree.write("etc/a", "one\n");
    fs::create_hard_link(tree.path("etc/a"), tree.path("etc/other"));
    const std::string id = keep("etc/a");
    const auto after = store.keep_text("two\n", id, false);
    ASSERT_TRUE(after);
    put(*after, "etc/a", id);
    EXPECT_EQ(tree.read("etc/a"), "two\n");
    EXPECT_EQ(tree.read("etc/other"), "one\n");
    put(id, "etc/a", *after);
    EXPECT_EQ(tree.read("etc/a"), "one\n");
}

TEST_F(SnapshotStoreTest, ALinkInTheWayIsRefused) {
    tree.write("real/a", "one\n");
    const std::string id = keep("real/a");
    fs::rename(tree.path("real"), tree.path("moved"));
    fs::create_directory_symlink(tree.path("moved"), tree.path("real"));
    for (const Refusal refusal : {store.keep(tree.path("real/a")).error().refusal,
                                  store.identify(tree.path("real/a")).error().refusal,
                                  store.put("", tree.path("real/a"), id).error().refusal}) {
        EXPECT_EQ(refusal, Refusal::unsafe_path);
    }
    EXPECT_EQ(tree.read("moved/a"), "one\n");
}

TEST_F(SnapshotStoreTest, AReplacementHasTheOldOwnerAndMode) {
    tree.write("etc/a", "bad\n", 0640);
    ::setxattr(tree.path("etc/a").c_str(), "user.note", "mine", 4, 0);
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(tree.path("etc/a").c_str(), 12, 34), 0);
    }
    tree.write("good/a", "good\n", 0644);
    const std::string before = keep("etc/a");
    const auto after = store.keep_as(tree.path("good/a"), before);
    ASSERT_TRUE(after) << after.error().message;
    put(*after, "etc/a", before);
    EXPECT_EQ(tree.read("etc/a"), "good\n");
    struct stat status{};
    ASSERT_EQ(::stat(tree.path("etc/a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);
    if (::geteuid() == 0) {
        EXPECT_EQ(status.st_uid, 12U);
        EXPECT_EQ(status.st_gid, 34U);
    }
    std::array<char, 8> value{};
    EXPECT_EQ(::getxattr(tree.path("etc/a").c_str(), "user.note", value.data(), value.size()), 4);
}

TEST_F(SnapshotStoreTest, AReplacementWhereNothingStoodHasTheGoodMode) {
    fs::create_directory(tree.path("etc"));
    tree.write("good/a", "good\n", 0600);
    const auto after = store.keep_as(tree.path("good/a"), "");
    ASSERT_TRUE(after) << after.error().message;
    put(*after, "etc/a", "");
    struct stat status{};
    ASSERT_EQ(::stat(tree.path("etc/a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(SnapshotStoreTest, AReplacementThatOthersCanWriteIsUntrusted) {
    tree.write("good/d/a", "good\n", 0664);
    EXPECT_EQ(store.keep_as(tree.path("good/d"), "").error().refusal, Refusal::untrusted);
    EXPECT_EQ(store.keep_as(tree.path("good/none"), "").error().refusal, Refusal::untrusted);
    if (::geteuid() == 0) {
        tree.write("good/e/a", "good\n");
        ASSERT_EQ(::chown(tree.path("good/e/a").c_str(), 12, 0), 0);
        EXPECT_EQ(store.keep_as(tree.path("good/e"), "").error().refusal, Refusal::untrusted);
    }
}

TEST_F(SnapshotStoreTest, TheNewerStateIsSetAside) {
    tree.write("var/state/a", "old\n");
    const std::string old = keep("var/state");
    tree.write("var/state/a", "new\n");
    const std::string now = keep("var/state");
    const auto done = store.put(old, tree.path("var/state"), now, "state.primum-kept-7");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(tree.read("var/state/a"), "old\n");
    EXPECT_EQ(tree.read("var/state.primum-kept-7/a"), "new\n");
    EXPECT_EQ(tree.names("var"), "state state.primum-kept-7");
}

TEST_F(SnapshotStoreTest, CollectRemovesWhatIsNotNeeded) {
    tree.write("etc/a", "one\n");
    tree.write("etc/b", "two\n");
    const std::string a = keep("etc/a");
    const std::string b = keep("etc/b");
    ASSERT_TRUE(store.collect({a, b, ""}));
    EXPECT_TRUE(store.check(a));
    EXPECT_TRUE(store.check(b));
    ASSERT_TRUE(store.collect({b}));
    EXPECT_FALSE(store.check(a));
    EXPECT_TRUE(store.check(b));
    ASSERT_TRUE(store.collect({}));
    EXPECT_EQ(tree.names("store/blobs") + tree.names("store/trees"), "");
}

// What a needed copy needs is not known when its list is damaged.
TEST_F(SnapshotStoreTest, CollectRemovesNothingWhenInDoubt) {
    tree.write("etc/a", "one\n");
    const std::string a = keep("etc/a");
    tree.write("store/trees/" + a.substr(7), "damaged");
    EXPECT_FALSE(store.collect({a}));
    EXPECT_NE(tree.names("store/blobs"), "");
}

TEST_F(SnapshotStoreTest, WhatACrashLeftIsTidied) {
    tree.write("etc/a", "one\n");
    const std::string id = keep("etc/a");
    const auto other = store.keep_text("two\n", id, false);
    ASSERT_TRUE(other);
    std::string hidden;
    {  // learn the hidden names from a store that loses power in the middle
        std::size_t renames = 0;
        SnapshotStore dying{tree.path("store"),
                            {},
                            [&](std::string_view operation) {
                                renames += operation == "rename" ? 1 : 0;
                                return renames < 2;
                            },
                            tree.policy()};
        EXPECT_FALSE(dying.put(*other, tree.path("etc/a"), id));
        hidden = tree.names("etc");
        ASSERT_TRUE(hidden.starts_with(".primum-") && hidden.ends_with(".swap a")) << hidden;
        hidden.resize(hidden.size() - 2);
    }
    ASSERT_TRUE(store.tidy(tree.path("etc/a")));
    EXPECT_EQ(tree.names("etc"), "a");
    // What a person wrote in the last moment is not ours to remove.
    tree.write("etc/" + hidden, "precious\n");
    ASSERT_TRUE(store.tidy(tree.path("etc/a")));
    EXPECT_EQ(tree.names("etc"), "a a.primum-kept");
    EXPECT_EQ(tree.read("etc/a.primum-kept"), "precious\n");
    tree.write("etc/" + hidden, "more\n");
    put(*other, "etc/a", id);
    EXPECT_EQ(tree.names("etc"), "a a.primum-kept a.primum-kept-2");
}

}  // namespace
}  // namespace primum::remedy

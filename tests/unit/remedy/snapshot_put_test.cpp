// SPDX-License-Identifier: MIT
#include "remedy/snapshot_store.hpp"
#include "temp_tree.hpp"

#include <gtest/gtest.h>

// Faults and races in the middle of SnapshotStore::put and keep: the path holds the old or the new,
// never a mix.
namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

// How the k-th operation fails: alone, or with everything after it (the power went).
enum class Fault { one, all_after };

// Two trees to exchange; an empty one is nothing.
enum class Shape { file, directory, appears, disappears };

class SnapshotFaultTest : public ::testing::TestWithParam<std::tuple<Shape, Fault>> {
protected:
    void lay(const std::string& word) const {
        fs::remove_all(tree.path("etc"));
        fs::create_directory(tree.path("etc"));
        if (std::get<0>(GetParam()) == Shape::directory) {
            tree.write("etc/a/one", word + " one\n", 0640);
            tree.write("etc/a/sub/two", word + " two\n");
            fs::create_symlink(word, tree.path("etc/a/link"));
        } else {
            tree.write("etc/a", word + "\n");
        }
    }

    // Fails as asked at the k-th operation; says whether it came to that.
    FaultHook hook(std::size_t k) {
        count = 0;
        return [this, k](std::string_view) {
            ++count;
            const bool now = count == k;
            const bool later = count > k && std::get<1>(GetParam()) == Fault::all_after;
            return !now && !later;
        };
    }

    TempTree tree{true};
    SnapshotStore sound{tree.path("store"), {}, {}, tree.policy()};
    std::size_t count = 0;
};

TEST_P(SnapshotFaultTest, PutLeavesTheOldOrTheNew) {
    const Shape shape = std::get<0>(GetParam());
    lay("new");
    const std::string to = shape == Shape::disappears ? "" : sound.keep(tree.path("etc/a")).value();
    lay("old");
    const std::string from = shape == Shape::appears ? "" : sound.keep(tree.path("etc/a")).value();
    if (from.empty()) {
        fs::remove_all(tree.path("etc/a"));
    }
    std::size_t cases = 0;
    for (std::size_t k = 1;; ++k) {
        ASSERT_LT(k, 200U);
        SnapshotStore faulty{tree.path("store"), {}, hook(k), tree.policy()};
        const auto done = faulty.put(to, tree.path("etc/a"), from);
        const std::string stands = sound.identify(tree.path("etc/a")).value();
        EXPECT_TRUE(stands == from || stands == to) << k;
        if (done) {
            EXPECT_EQ(stands, to) << k;
        } else if (std::get<1>(GetParam()) == Fault::one) {
            EXPECT_EQ(stands, from) << k << ": reported as failed, and done";
        }
        // Whatever happened, the next try finds its way, and back again.
        const auto again = sound.put(to, tree.path("etc/a"), from);
        EXPECT_TRUE(again) << k << ": " << again.error().message;
        EXPECT_EQ(sound.identify(tree.path("etc/a")).value(), to) << k;
        const auto back = sound.put(from, tree.path("etc/a"), to);
        EXPECT_TRUE(back) << k << ": " << back.error().message;
        EXPECT_EQ(tree.names("etc"), from.empty() ? "" : "a") << k;
        ++cases;
        if (count < k) {  // it never came to that
            EXPECT_TRUE(done);
            break;
        }
    }
    std::printf("%zu cases\n", cases);
    EXPECT_GT(cases, shape == Shape::disappears ? 4U : 9U);
}

TEST_P(SnapshotFaultTest, KeepKeepsAllOrSaysThatItDidNot) {
    lay("old");
    const std::string id = sound.identify(tree.path("etc/a")).value();
    const std::string before = tree.dump("etc");
    for (std::size_t k = 1;; ++k) {
        ASSERT_LT(k, 200U);
        fs::remove_all(tree.path("store"));
        SnapshotStore faulty{tree.path("store"), {}, hook(k), tree.policy()};
        const auto kept = faulty.keep(tree.path("etc/a"));
        EXPECT_EQ(tree.dump("etc"), before) << k;
        if (kept) {
            EXPECT_EQ(*kept, id);
            EXPECT_TRUE(sound.check(id)) << k;
        } else {
            EXPECT_EQ(kept.error().refusal, Refusal::storage) << k;
        }
        EXPECT_EQ(sound.keep(tree.path("etc/a")).value(), id) << k;
        EXPECT_TRUE(sound.check(id)) << k;
        EXPECT_EQ(tree.names("store"), "blobs trees") << k;
        if (count < k) {
            EXPECT_TRUE(kept);
            break;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes,
                         SnapshotFaultTest,
                         ::testing::Combine(::testing::Values(Shape::file,
                                                              Shape::directory,
                                                              Shape::appears,
                                                              Shape::disappears),
                                            ::testing::Values(Fault::one, Fault::all_after)));

// Somebody acts at the last moment: just before the `at`-th rename of a put.
class SnapshotRaceTest : public ::testing::Test {
protected:
    FileResult<void> put_while(const std::function<void()>& act, const std::string& id) {
        int renames = 0;
        SnapshotStore store{tree.path("store"),
                            {},
                            [&](std::string_view operation) {
                                if (operation == "rename" && ++renames == 2) {
                                    act();
                                }
                                return true;
                            },
                            tree.policy()};
        return store.put(id, tree.path("etc/a"), old_id);
    }

    void SetUp() override {
        tree.write("etc/a", "new\n");
        new_id = sound.keep(tree.path("etc/a")).value();
        tree.write("etc/a", "old\n");
        old_id = sound.keep(tree.path("etc/a")).value();
    }

    TempTree tree;
    SnapshotStore sound{tree.path("store"), {}, {}, tree.policy()};
    std::string old_id;
    std::string new_id;
};

TEST_F(SnapshotRaceTest, AnEditInPlaceWins) {
    const auto done = put_while([&] { tree.write("etc/a", "mine\n"); }, new_id);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().refusal, Refusal::conflict);
    EXPECT_NE(done.error().diff.find("-old\n+mine\n"), std::string::npos) << done.error().diff;
    EXPECT_EQ(tree.read("etc/a"), "mine\n");
    EXPECT_EQ(tree.names("etc"), "a");
}

TEST_F(SnapshotRaceTest, AnEditByRenameWins) {
    const auto done = put_while(
        [&] {
            tree.write("etc/a~", "mine\n");
            fs::rename(tree.path("etc/a~"), tree.path("etc/a"));
        },
        new_id);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().refusal, Refusal::conflict);
    EXPECT_EQ(tree.read("etc/a"), "mine\n");
    EXPECT_EQ(tree.names("etc"), "a");
}

TEST_F(SnapshotRaceTest, ARemovalWins) {
    const auto done = put_while([&] { fs::remove(tree.path("etc/a")); }, new_id);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().refusal, Refusal::conflict);
    EXPECT_EQ(tree.names("etc"), "");
}

TEST_F(SnapshotRaceTest, AFileThatAppearsWins) {
    fs::remove(tree.path("etc/a"));
    old_id.clear();
    const auto done = put_while([&] { tree.write("etc/a", "mine\n"); }, new_id);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().refusal, Refusal::conflict);
    EXPECT_EQ(tree.read("etc/a"), "mine\n");
    EXPECT_EQ(tree.names("etc"), "a");
}

// The directory above becomes a link to another while the replacement is built: it is written into
// the one that was checked, which the path does not lead to any more, and taken from there again.
TEST_F(SnapshotRaceTest, ALinkPutInTheWayIsSeen) {
    tree.write("victim/a", "old\n");
    int creates = 0;
    SnapshotStore store{tree.path("store"),
                        {},
                        [&](std::string_view operation) {
                            if (operation == "create" && ++creates == 1) {
                                fs::rename(tree.path("etc"), tree.path("moved"));
                                fs::create_directory_symlink(tree.path("victim"), tree.path("etc"));
                            }
                            return true;
                        },
                        tree.policy()};
    const auto done = store.put(new_id, tree.path("etc/a"), old_id);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().refusal, Refusal::unsafe_path);
    EXPECT_EQ(tree.read("victim/a"), "old\n");
    EXPECT_EQ(tree.read("moved/a"), "old\n");
    EXPECT_EQ(tree.names("victim"), "a");
    EXPECT_EQ(tree.names("moved"), "a");
}

}  // namespace
}  // namespace primum::remedy

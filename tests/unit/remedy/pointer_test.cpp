// SPDX-License-Identifier: MIT
#include "remedy/pointer.hpp"

#include "temp_tree.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

class PointerTest : public ::testing::Test {
protected:
    void make(PointerForm form, const std::string& path, const std::string& key = {}) {
        provider.name = "upstream";
        provider.pointer = {form, tree.path(path), key};
    }
    void candidate(const std::string& name, const std::string& points_to) {
        CandidateRule rule;
        rule.name = name;
        rule.points_to = points_to;
        provider.candidates.push_back(rule);
    }
    [[nodiscard]] std::string read() const {
        const auto reading = read_pointer(provider, tree.policy());
        if (!reading) {
            return std::string{name_of(reading.error().refusal)} + ": " + reading.error().message;
        }
        return reading->candidate.empty() ? "none: " + reading->detail : reading->candidate;
    }
    // Moves the pointer and back again; what it is like in between.
    std::string move_to(std::size_t index) {
        const std::string& path = provider.pointer.path;
        const std::string name = path.substr(tree.path("").size());
        const std::string was = tree.dump(name);
        const auto before = store.keep(path);
        const auto after =
            keep_pointer_to(store, provider, provider.candidates.at(index), before.value());
        if (!after) {
            return std::string{name_of(after.error().refusal)};
        }
        EXPECT_TRUE(store.put(*after, path, *before));
        const std::string now = read();
        moved = fs::is_symlink(path) ? fs::read_symlink(path).string() : tree.read(name);
        struct stat status{};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0);
        mode = status.st_mode & 07777U;
        EXPECT_TRUE(store.put(*before, path, *after));
        EXPECT_EQ(tree.dump(name), was);
        return now;
    }

    TempTree tree;
    SnapshotStore store{tree.path("store"), {}, {}, tree.policy()};
    ProviderRule provider;
    std::string moved;
    mode_t mode = 0;
};

TEST_F(PointerTest, ALinkNamesItsTarget) {
    tree.write("etc/up/a.conf", "a");
    tree.write("etc/up/b.conf", "b");
    fs::create_symlink("up/a.conf", tree.path("etc/current"));
    make(PointerForm::symlink, "etc/current");
    candidate("a", "up/a.conf");
    candidate("b", tree.path("etc/up/b.conf"));
    EXPECT_EQ(read(), "a");
    EXPECT_EQ(move_to(1), "b");
    EXPECT_EQ(moved, tree.path("etc/up/b.conf"));
    EXPECT_EQ(read(), "a");
    fs::remove(tree.path("etc/current"));
    EXPECT_EQ(read(), "none: nothing stands at " + tree.path("etc/current"));
    EXPECT_EQ(move_to(0), "a");
    fs::create_symlink(tree.path("etc/up/a.conf"), tree.path("etc/current"));
    EXPECT_EQ(read(), "a");  // the same path, written otherwise
    fs::remove(tree.path("etc/current"));
    fs::create_symlink("other", tree.path("etc/current"));
    EXPECT_EQ(read(), "none: " + tree.path("etc/current") + " points to other");
}

TEST_F(PointerTest, ALinkIsOnlyPointedAtWhatIsTrusted) {
    tree.write("etc/a.conf", "a");
    tree.write("etc/b.conf", "b", 0666);
    fs::create_symlink("a.conf", tree.path("etc/current"));
    make(PointerForm::symlink, "etc/current");
    candidate("b", "b.conf");
    candidate("gone", "gone.conf");
    EXPECT_EQ(move_to(0), "untrusted");
    EXPECT_EQ(move_to(1), "untrusted");
    EXPECT_EQ(fs::read_symlink(tree.path("etc/current")), "a.conf");
}

TEST_F(PointerTest, AFileIsNoLinkAndALinkNoFile) {
    tree.write("etc/file", "a");
    make(PointerForm::symlink, "etc/file");
    EXPECT_EQ(read(), "not_applicable: " + tree.path("etc/file") + " is no symbolic link");
    fs::create_symlink("file", tree.path("etc/link"));
    make(PointerForm::file, "etc/link");
    EXPECT_EQ(read(), "unsafe_path: " + tree.path("etc/link") + " is a symbolic link");
}

TEST_F(PointerTest, AWholeFileNamesWhoseContentItHas) {
    tree.write("etc/a.conf", "server a;\n");
    tree.write("etc/b.conf", "server b;\n");
    tree.write("etc/same.conf", "server b;\n");
    tree.write("etc/current", "server a;\n", 0640);
    make(PointerForm::file, "etc/current");
    candidate("a", tree.path("etc/a.conf"));
    candidate("b", tree.path("etc/b.conf"));
    EXPECT_EQ(read(), "a");
    EXPECT_EQ(move_to(1), "b");
    EXPECT_EQ(moved, "server b;\n");
    EXPECT_EQ(mode, 0640U);
    candidate("same", tree.path("etc/same.conf"));
    tree.write("etc/current", "server b;\n", 0640);
    EXPECT_EQ(read(), "none: the files of b and same are the same");
    tree.write("etc/current", "edited\n", 0640);
    EXPECT_EQ(read(), "none: " + tree.path("etc/current") + " is no candidate's file");
    candidate("gone", tree.path("etc/gone"));
    EXPECT_EQ(move_to(3), "untrusted");
}

TEST_F(PointerTest, AKeyNamesItsValue) {
    tree.write("etc/app.env", "# upstream\r\nUPSTREAM='a:1'\r\nX=1\r\n", 0600);
    make(PointerForm::env, "etc/app.env", "UPSTREAM");
    candidate("a", "a:1");
    candidate("b", "b:1");
    EXPECT_EQ(read(), "a");
    EXPECT_EQ(move_to(1), "b");
    EXPECT_EQ(moved, "# upstream\r\nUPSTREAM='b:1'\r\nX=1\r\n");
    EXPECT_EQ(mode, 0600U);
    tree.write("etc/app.env", "UPSTREAM=secret\n");
    EXPECT_EQ(read(), "none: UPSTREAM in " + tree.path("etc/app.env") + " is another value");
    tree.write("etc/app.env", "UPSTREAM=a:1\nUPSTREAM=b:1\n");
    EXPECT_EQ(
        read(),
        "not_applicable: " + tree.path("etc/app.env") + ": line 2: UPSTREAM is set a second time");
    EXPECT_EQ(move_to(0), "not_applicable");
}

TEST_F(PointerTest, AKeyOfTomlAndJson) {
    tree.write("etc/app.toml", "[up]\nserver = \"a\" # here\n");
    make(PointerForm::toml, "etc/app.toml", "up.server");
    candidate("a", "a");
    candidate("b", "b");
    EXPECT_EQ(move_to(1), "b");
    EXPECT_EQ(moved, "[up]\nserver = \"b\" # here\n");
    tree.write("etc/app.json", "{\"up\": {\"server\" : \"a\"}}");
    make(PointerForm::json, "etc/app.json", "up.server");
    EXPECT_EQ(move_to(1), "b");
    EXPECT_EQ(moved, "{\"up\": {\"server\" : \"b\"}}");
    fs::remove(tree.path("etc/app.json"));
    EXPECT_TRUE(read().starts_with("storage: "));
}

}  // namespace
}  // namespace primum::remedy

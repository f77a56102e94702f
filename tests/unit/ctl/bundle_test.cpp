// SPDX-License-Identifier: MIT
#include "ctl/bundle.hpp"

#include "ctl/tar.hpp"
#include "run_fixture.hpp"

#include <filesystem>
#include <fstream>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;
using std::filesystem::path;

class BundleTest : public RunFixture {
protected:
    void put(const path& file, const std::string& text) {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file, std::ios::binary} << text;
    }
    static std::string text_of(const path& file) {
        std::ifstream in{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    path unpacked() {
        std::filesystem::create_directories(root / "out");
        return root / "out";
    }
};

TEST_F(BundleTest, WhatIsPackedComesBack) {
    const std::string large(100'000, 'x');
    put(root / "incident-7/report.md", "# Incident\n");
    put(root / "incident-7/recording/a.zst", large);
    put(root / "incident-7/empty", "");
    ASSERT_TRUE(pack(root / "incident-7", root / "b.tar.zst").has_value());
    EXPECT_FALSE(pack(root / "incident-7", root / "b.tar.zst").has_value()) << "overwrites";
    const auto done = unpack(root / "b.tar.zst", unpacked());
    ASSERT_TRUE(done.has_value()) << done.error();
    EXPECT_EQ(text_of(root / "out/incident-7/report.md"), "# Incident\n");
    EXPECT_EQ(text_of(root / "out/incident-7/recording/a.zst"), large);
    EXPECT_EQ(text_of(root / "out/incident-7/empty"), "");
}

TEST_F(BundleTest, EveryCutIsRefused) {
    put(root / "incident-7/report.md", std::string(3'000, 'r'));
    ASSERT_TRUE(pack(root / "incident-7", root / "b.tar.zst").has_value());
    const std::string whole = text_of(root / "b.tar.zst");
    ASSERT_GT(whole.size(), 20U);
    for (std::size_t size = 0; size + 8 < whole.size(); ++size) {
        put(root / "cut.tar.zst", whole.substr(0, size));
        EXPECT_FALSE(unpack(root / "cut.tar.zst", unpacked()).has_value()) << size;
    }
}

TEST_F(BundleTest, WhatIsTooLargeIsRefused) {
    put(root / "incident-7/a", std::string(3'000, 'r'));
    put(root / "incident-7/b", std::string(3'000, 'r'));
    ASSERT_TRUE(pack(root / "incident-7", root / "b.tar.zst").has_value());
    EXPECT_FALSE(unpack(root / "b.tar.zst", unpacked(), {.bytes = 5'000}).has_value());
    EXPECT_FALSE(unpack(root / "b.tar.zst", unpacked(), {.files = 1}).has_value());
}

TEST_F(BundleTest, NamesThatLeaveTheDirectoryAreRefused) {
    put(root / "..evil/a", "x");  // its name begins with a dot
    ASSERT_TRUE(pack(root / "..evil", root / "b.tar.zst").has_value());
    const auto done = unpack(root / "b.tar.zst", unpacked());
    ASSERT_FALSE(done.has_value());
    EXPECT_THAT(done.error(), HasSubstr("what no bundle holds"));
}

TEST_F(BundleTest, FindsTheFirstDifference) {
    EXPECT_FALSE(first_difference({"a", "b"}, {"a", "b"}).has_value());
    EXPECT_EQ(first_difference({"a", "b"}, {"a", "c"})->number, 2U);
    EXPECT_EQ(first_difference({"a"}, {"a", "c"})->recorded, "");
    EXPECT_EQ(first_difference({"a", "b"}, {"a"})->replayed, "");
}

TEST_F(BundleTest, SaysWhatIsNoBundle) {
    put(root / "not.tar.zst", "nothing");
    std::filesystem::create_directories(root / "bundle");
    EXPECT_EQ(run_words({"replay", (root / "not.tar.zst").string()}), Exit::bad_data);
    EXPECT_EQ(run_words({"replay", (root / "bundle").string()}), Exit::bad_data);
    EXPECT_THAT(err.str(), HasSubstr("there is no incident.json"));
    EXPECT_EQ(run_words({"replay", (root / "nowhere").string()}), Exit::no_input);
    put(root / "bundle/incident.json", R"({"v":1,"schema":"primum-incident/9"})");
    EXPECT_EQ(run_words({"replay", (root / "bundle").string(), "--json"}), Exit::bad_data);
    EXPECT_THAT(out.str(), HasSubstr(R"("ok":false)"));
}

}  // namespace
}  // namespace primum::ctl

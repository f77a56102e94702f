// SPDX-License-Identifier: MIT
#include "ctl/drill.hpp"

#include "../remedy/temp_tree.hpp"
#include "ctl/drill_directory.hpp"
#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

// Real files under a directory of the test's own; no systemd and no bus.
class DrillTest : public testing::RunFixture {
protected:
    DrillTest() {
        ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
        world.uid = 0;
        world.drill.directory = tree.path("drill");
        world.drill.policy = tree.policy();
        tree.write("etc/app.conf", "bad\n", 0640);
        tree.write("etc/conf.d/a", "bad a\n");
        tree.write("etc/conf.d/b", "bad b\n", 0600);
        tree.write("good/app.conf", "good\n");
        tree.write("good/conf.d/a", "good a\n");
        tree.write("good/conf.d/c", "good c\n", 0444);
        tree.write("etc/app.env", "# who\nUPSTREAM='east'\nX=1\n", 0600);
    }
    ~DrillTest() override { ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }

    [[nodiscard]] std::string at(const std::string& name) const {
        return "\"" + tree.path(name) + "\"";
    }

    // A target with these remedies on a level, and whatever else the rules say.
    void rules(const std::string& level, const std::string& remedy, const std::string& more = "") {
        write_file("rules.toml",
                   more +
                       "[target.gw]\nunit = \"gw.service\"\n"
                       "indicator.unit.value = \"unit_state\"\n"
                       "ladder." +
                       level + ".remedy = [" + remedy + "]\n");
    }
    void fallback(const std::string& more = "") {
        rules("fallback",
              "{ config_fallback = { files = [{ path = " + at("etc/app.conf") +
                  ", good = " + at("good/app.conf") + " }, { path = " + at("etc/conf.d") +
                  ", good = " + at("good/conf.d") + " }]" + more + " } }");
    }
    void failover(const std::string& pointer, const std::string& candidates) {
        rules("failover",
              "{ failover = { provider = \"up\" } }",
              "[provider.up]\npointer = " + pointer + "\n" + candidates +
                  "order = [\"east\", \"west\"]\n");
    }

    Exit drill(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"drill", "gw", "--rules", (root / "rules.toml").string()};
        words.insert(words.end(), more.begin(), more.end());
        const std::string before = tree.dump("etc") + tree.dump("good");
        const Exit exit = run_words(words);
        EXPECT_EQ(tree.dump("etc") + tree.dump("good"), before) << "the host's own files";
        EXPECT_FALSE(fs::exists(world.drill.directory));
        return exit;
    }

    const remedy::TempTree tree;
};

TEST_F(DrillTest, AFallbackIsReplacedAndPutBackOnCopies) {
    fallback();
    ASSERT_EQ(drill(), Exit::ok) << out.str() << err.str();
    EXPECT_THAT(out.str(), HasSubstr("level 5 (fallback): config_fallback\n"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      copy"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      replacement"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      way back"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      edited since"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      host"));
    EXPECT_THAT(out.str(), HasSubstr("? not proved  unit          no systemd here"));
    EXPECT_THAT(out.str(), HasSubstr("would restart gw.service"));
    EXPECT_THAT(out.str(), HasSubstr("gw: 5 proved, 2 not proved, 0 failed."));
    EXPECT_THAT(out.str(), Not(HasSubstr("\033[")));
}

TEST_F(DrillTest, WhatIsGoodAlreadyIsDrilledOnEditedCopies) {
    tree.write("etc/app.conf", "good\n", 0640);
    fs::remove_all(tree.path("etc/conf.d"));
    fs::copy(tree.path("good/conf.d"), tree.path("etc/conf.d"));
    fallback();
    ASSERT_EQ(drill(), Exit::ok) << out.str();
    EXPECT_THAT(out.str(), HasSubstr("the known-good stands there already"));
    EXPECT_THAT(out.str(), HasSubstr("gw: 5 proved"));
}

TEST_F(DrillTest, AGoodFileThatOthersCanWriteHasFailed) {
    ASSERT_EQ(::chmod(tree.path("good/conf.d/a").c_str(), 0666), 0);
    fallback();
    EXPECT_EQ(drill(), Exit::breach);
    EXPECT_THAT(out.str(), HasSubstr("✗ failed      replacement"));
    EXPECT_THAT(out.str(), HasSubstr("(untrusted)"));
    EXPECT_THAT(out.str(), HasSubstr("1 failed"));
    EXPECT_THAT(out.str(), HasSubstr("mend what failed"));
}

TEST_F(DrillTest, ACheckIsNotProvedWithoutSystemd) {
    fallback(", check = [\"/bin/true\"]");
    EXPECT_EQ(drill(), Exit::ok) << out.str();
    EXPECT_THAT(out.str(), HasSubstr("/bin/true was not run: no systemd here"));
    fallback(", check = [\"/nonexistent/check\"]");
    EXPECT_EQ(drill(), Exit::breach);
    EXPECT_THAT(out.str(), HasSubstr("✗ failed      check program"));
}

TEST_F(DrillTest, AKeyIsPointedAtEachCandidate) {
    failover("{ file = " + at("etc/app.env") + ", key = \"UPSTREAM\", format = \"env\" }",
             "candidate.east.points_to = \"east\"\ncandidate.west.points_to = \"west\"\n");
    ASSERT_EQ(drill(), Exit::ok) << out.str() << err.str();
    EXPECT_THAT(out.str(), HasSubstr("/etc/app.env names east"));
    EXPECT_THAT(out.str(), HasSubstr("to east       from west: the pointer names it"));
    EXPECT_THAT(out.str(), HasSubstr("to west       the pointer names it"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      edited since"));
    EXPECT_THAT(out.str(), HasSubstr("would reload gw.service"));
}

TEST_F(DrillTest, AKeyThatIsNotCertainHasFailed) {
    tree.write("etc/app.env", "UPSTREAM=east\nUPSTREAM=west\n");
    failover("{ file = " + at("etc/app.env") + ", key = \"UPSTREAM\", format = \"env\" }",
             "candidate.east.points_to = \"east\"\ncandidate.west.points_to = \"west\"\n");
    EXPECT_EQ(drill(), Exit::breach);
    EXPECT_THAT(out.str(), HasSubstr("✗ failed      pointer"));
}

TEST_F(DrillTest, ALinkIsPointedAtWhatIsThere) {
    tree.write("etc/east.conf", "east\n");
    tree.write("srv/west.conf", "west\n");
    fs::create_symlink("east.conf", tree.path("etc/current"));
    failover("{ symlink = " + at("etc/current") + " }",
             "candidate.east.points_to = \"east.conf\"\ncandidate.west.points_to = " +
                 at("srv/west.conf") + "\n");
    ASSERT_EQ(drill(), Exit::ok) << out.str() << err.str();
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      to east"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      to west"));
    fs::remove(tree.path("srv/west.conf"));
    EXPECT_EQ(drill(), Exit::breach);
    EXPECT_THAT(out.str(), HasSubstr("✗ failed      to west"));
}

TEST_F(DrillTest, AWholeFileIsPointedAtEachCandidate) {
    tree.write("etc/up.conf", "east\n", 0600);
    tree.write("srv/east.conf", "east\n");
    tree.write("srv/west.conf", "west\n");
    failover("{ file = " + at("etc/up.conf") + " }",
             "candidate.east.points_to = " + at("srv/east.conf") +
                 "\ncandidate.west.points_to = " + at("srv/west.conf") + "\n");
    ASSERT_EQ(drill(), Exit::ok) << out.str() << err.str();
    EXPECT_THAT(out.str(), HasSubstr("names east"));
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      to west"));
}

TEST_F(DrillTest, StateIsKeptAndItsSizeTold) {
    tree.write("var/sessions/one", "12345");
    tree.write("var/sessions/two", "678");
    rules("restart",
          "{ restart = { save = [\"/bin/true\"], state = [" + at("var/sessions") +
              "], restore = [\"/nonexistent/restore\"] } }");
    EXPECT_EQ(drill(), Exit::breach);
    EXPECT_THAT(out.str(), HasSubstr("✓ proved      save hook"));
    EXPECT_THAT(out.str(), HasSubstr("✗ failed      restore hook"));
    EXPECT_THAT(out.str(), HasSubstr("8 bytes in 3 entries kept and laid out again, the same"));
}

TEST_F(DrillTest, ProgramsAndCallsAreLookedAt) {
    rules("retry",
          "{ exec = { run = [\"/bin/true\"], undo = [\"/bin/false\"], user = \"nobody\", "
          "writes = [\"/nonexistent\"] } }, "
          "{ http = { url = \"http://127.0.0.1:1/x\", irreversible = \"it is a cache\" } }, "
          "{ dbus_call = { destination = \"org.example.X\", path = \"/x\", interface = "
          "\"org.example.X\", member = \"Y\", irreversible = \"so it is\" } }");
    EXPECT_EQ(drill(), Exit::breach);
    EXPECT_THAT(out.str(), HasSubstr("/bin/true is there and root's alone"));
    EXPECT_THAT(out.str(), HasSubstr("nobody is there"));
    EXPECT_THAT(out.str(), HasSubstr("/nonexistent: nothing stands there"));
    EXPECT_THAT(out.str(), HasSubstr("the rules have an undo: /bin/false"));
    EXPECT_THAT(out.str(), HasSubstr("the rules say why: it is a cache"));
    EXPECT_THAT(out.str(), HasSubstr("no system bus here"));
}

TEST_F(DrillTest, JsonIsAllThereIs) {
    fallback();
    ASSERT_EQ(drill({"--json"}), Exit::ok);
    EXPECT_THAT(out.str(), ::testing::StartsWith("{\"v\":1,\"ok\":true,\"target\":\"gw\","));
    EXPECT_THAT(out.str(),
                HasSubstr("\"proved\":5,\"not_proved\":2,\"failed\":0,\"remedies\":[{"
                          "\"level\":\"fallback\",\"kind\":\"config_fallback\","));
    EXPECT_THAT(out.str(), HasSubstr("{\"what\":\"way back\",\"shown\":\"proved\","));
    EXPECT_THAT(err.str(), IsEmpty());
}

TEST_F(DrillTest, RefusesWhatItCannotDrill) {
    fallback();
    world.uid = 1000;
    EXPECT_EQ(drill(), Exit::denied);
    EXPECT_THAT(err.str(), HasSubstr("needs root"));
    world.uid = 0;
    EXPECT_EQ(run_words({"drill", "other", "--rules", (root / "rules.toml").string()}),
              Exit::usage);
    EXPECT_EQ(run_words({"drill"}), Exit::usage);
    write_file("rules.toml", "[target.gw]\nunti = 1\n");
    EXPECT_EQ(drill(), Exit::bad_data);
    EXPECT_THAT(err.str(), HasSubstr("unti"));
    EXPECT_EQ(drill({"--settings", "/nonexistent.toml"}), Exit::bad_data);
}

TEST_F(DrillTest, OneAtATimeAndCleanAfterACrash) {
    fallback();
    tree.write("drill/left", "by one that was killed");
    {
        const auto other = DrillDirectory::make(world.drill.directory);
        ASSERT_TRUE(other.has_value());
        EXPECT_EQ(tree.names("drill"), "");
        EXPECT_EQ(run_words({"drill", "gw", "--rules", (root / "rules.toml").string()}),
                  Exit::temporary);
        EXPECT_THAT(err.str(), HasSubstr("another drill is at work"));
    }
    EXPECT_EQ(drill(), Exit::ok);
}

}  // namespace
}  // namespace primum::ctl

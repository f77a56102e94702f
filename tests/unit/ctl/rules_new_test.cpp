// SPDX-License-Identifier: MIT
#include "ctl/rules_new.hpp"

#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;

class OneUnit final : public LiveUnits {
public:
    bool there() override { return is_there; }
    Result<UnitSight, std::string> look(const std::string& unit) override {
        sight.id = alias.empty() ? unit : alias;
        return sight;
    }

    bool is_there = true;
    std::string alias;
    UnitSight sight;
};

class RulesNewTest : public testing::RunFixture {
protected:
    void SetUp() override {
        units.sight.load_state = "loaded";
        units.sight.active_state = "active";
        units.sight.service = true;
        units.sight.type = "simple";
        units.sight.restart = "no";
        units.sight.start_limit = 5;
        units.sight.start_limit_interval = std::chrono::seconds{10};
        world.units = &units;
    }

    OneUnit units;
};

TEST_F(RulesNewTest, WritesARuleThatChecksWithoutAWarning) {
    const std::string file = (root / "web.toml").string();
    ASSERT_EQ(run_words({"rules", "new", "web", "--output", file}), Exit::ok) << err.str();
    EXPECT_THAT(out.str(), HasSubstr("primumctl rules check " + file));
    EXPECT_EQ(run_words({"rules", "check", file, "--strict"}), Exit::ok) << err.str();
    EXPECT_EQ(run_words({"rules", "new", "web", "--output", file}), Exit::no_input);
    EXPECT_THAT(err.str(), HasSubstr("it is there already"));
}

TEST_F(RulesNewTest, GoesToStdoutOrJson) {
    ASSERT_EQ(run_words({"rules", "new", "web.service"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("unit = \"web.service\"\nmode = \"dry_run\"\n"));
    ASSERT_EQ(run_words({"rules", "new", "web", "--json"}), Exit::ok);
    const auto document = Document::parse(out.str());
    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->root()["unit"].text(), "web.service");
}

TEST_F(RulesNewTest, LeavesARestartOutThatSystemdWouldRefuse) {
    units.sight.start_limit = 1;
    ASSERT_EQ(run_words({"rules", "new", "web"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("# No restart: up to 1 restarts in 10s"));
    units.sight.start_limit = 5;
    units.sight.type = "oneshot";
    ASSERT_EQ(run_words({"rules", "new", "web"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("# No restart: it is of Type=oneshot"));
    units.sight.refuses_manual = true;
    ASSERT_EQ(run_words({"rules", "new", "web"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("# No restart: systemd refuses"));
}

TEST_F(RulesNewTest, RefusesWhatIsProtectedAndSaysWhy) {
    EXPECT_EQ(run_words({"rules", "new", "dbus.service"}), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("protected"));
    units.alias = "systemd-logind.service";
    EXPECT_EQ(run_words({"rules", "new", "innocent"}), Exit::usage) << "by its other name";
    EXPECT_THAT(err.str(), HasSubstr("systemd-logind.service: this unit is protected"));
}

TEST_F(RulesNewTest, RefusesWhatIsNotThere) {
    units.sight.load_state = "not-found";
    EXPECT_EQ(run_words({"rules", "new", "web"}), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("there is no unit web.service"));
    units.sight.load_state = "masked";
    EXPECT_EQ(run_words({"rules", "new", "web"}), Exit::usage);
    units.is_there = false;
    EXPECT_EQ(run_words({"rules", "new", "web"}), Exit::unreachable);
    world.units = nullptr;
    EXPECT_EQ(run_words({"rules", "new", "web"}), Exit::unreachable);
}

}  // namespace
}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/monit_import.hpp"

#include "ctl/rules_import.hpp"
#include "rules/lint.hpp"
#include "rules/loader.hpp"
#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct Imported {
    std::shared_ptr<const RuleSet> rules;
    std::vector<std::string> left;  // "line: why"
    std::string text;
};

Imported import(std::string_view text) {
    const MonitRules rules = translate_monit(read_monit(monit_tokens(text, "f")));
    Imported imported;
    imported.text = monit_rules_text(rules, "f");
    const auto load = rules::compile_rules({{"r.toml", imported.text}}, {});
    EXPECT_THAT(load.errors, IsEmpty()) << imported.text;
    imported.rules = load.rules != nullptr ? load.rules : std::make_shared<RuleSet>();
    for (const MonitLeft& left : rules.left) {
        imported.left.push_back(std::to_string(left.at.line) + ": " + left.why);
    }
    return imported;
}

TEST(MonitImportTest, AProcessBecomesItsUnit) {
    const Imported imported = import(
        "set daemon 60\ncheck process apache with pidfile /run/apache2.pid\n"
        " start program = \"/etc/init.d/apache2 start\" with timeout 60 seconds\n"
        " if failed host localhost port 80 protocol http for 4 times within 5 cycles then restart\n"
        " if 4 restarts within 20 cycles then timeout\n");
    EXPECT_THAT(imported.left, IsEmpty());
    ASSERT_THAT(imported.rules->targets, SizeIs(1));
    const TargetRule& apache = imported.rules->targets[0];
    EXPECT_EQ(apache.name, "apache");
    EXPECT_EQ(apache.unit, "apache2.service");
    EXPECT_EQ(apache.mode, Mode::dry_run);
    const RungRule& restart = apache.rungs[index_of(Level::restart)];
    ASSERT_THAT(restart.remedies, SizeIs(1));
    EXPECT_EQ(restart.remedies[0].timeout, std::chrono::seconds{60});
    EXPECT_EQ(restart.attempts, 4U);
    ASSERT_TRUE(apache.budget.has_value());
    EXPECT_EQ(apache.budget->actions, 4U);
    EXPECT_EQ(apache.budget->per, std::chrono::hours{1}) << "never shorter";
    ASSERT_THAT(imported.rules->sources, SizeIs(1));
    EXPECT_EQ(imported.rules->sources[0].interval, std::chrono::minutes{1});
    ASSERT_THAT(apache.indicators, SizeIs(2));
    EXPECT_EQ(apache.indicators[0].trip.k, 4U);
    EXPECT_EQ(apache.indicators[0].trip.n, 5U);
    EXPECT_TRUE(
        apache.indicators[0].thresholds[static_cast<std::size_t>(Severity::critical)].has_value());
}

TEST(MonitImportTest, WhatMonitOnlyToldIsOnlyWatched) {
    const Imported imported = import(
        "check process a pidfile /p\n start program = \"/usr/bin/systemctl start a\"\n"
        " if does not exist then alert\n if failed port 80 then alert\n"
        "check process b pidfile /p\n start = \"/usr/sbin/service b start\"\n mode passive\n"
        "check process c matching \"c.*\"\n start = \"/opt/c/run.sh\"\n if failed port 1 then "
        "restart\n");
    ASSERT_THAT(imported.rules->targets, SizeIs(3));
    for (const TargetRule& target : imported.rules->targets) {
        EXPECT_FALSE(target.rungs[index_of(Level::restart)].named) << target.name;
    }
    EXPECT_EQ(imported.rules->targets[0].mode, Mode::dry_run);
    EXPECT_EQ(imported.rules->targets[1].mode, Mode::observe);
    EXPECT_EQ(imported.rules->targets[2].mode, Mode::observe);
    EXPECT_THAT(imported.left,
                ElementsAre("8: no systemd unit can be told from its start program: "
                            "it is not restarted"));
}

TEST(MonitImportTest, ActionsWithoutAnEquivalentAreSaid) {
    const Imported imported = import(
        "check process a pidfile /p\n start = \"/etc/init.d/a start\"\n"
        " if failed port 80 then exec \"/bin/x\"\n if failed port 81 then stop\n"
        " if 9 restarts within 10 cycles then exec \"/bin/y\"\n if cpu > 60% then alert\n");
    EXPECT_THAT(imported.left,
                ElementsAre("3: exec has no equivalent: it is only watched",
                            "4: stop has no equivalent: it is only watched",
                            "5: no more than 6 in an hour",
                            "5: when it is used up a person is paged; exec has no equivalent",
                            HasSubstr("6: monit's share of all CPUs")));
}

TEST(MonitImportTest, ProtectedUnitsAreLeftAlone) {
    const Imported imported =
        import("check process d pidfile /p\n start program = \"/usr/bin/systemctl start dbus\"\n");
    EXPECT_THAT(imported.rules->targets, IsEmpty());
    EXPECT_THAT(imported.left, Contains(HasSubstr("dbus.service is protected")));
}

TEST(MonitImportTest, DependenciesStayWithoutACircle) {
    const Imported imported = import(
        "check process a pidfile /p\n start \"/etc/init.d/a start\"\n depends on b, gone\n"
        "check process b pidfile /p\n start \"/etc/init.d/b start\"\n depends on A\n");
    ASSERT_THAT(imported.rules->targets, SizeIs(2));
    EXPECT_THAT(imported.rules->targets[0].depends_on, ElementsAre("b"));
    EXPECT_THAT(imported.rules->targets[1].depends_on, IsEmpty());
    EXPECT_THAT(imported.left, ElementsAre("3: it is no target here", "6: it is no target here"));
}

TEST(MonitImportTest, NamesOfAnyKindBecomeNames) {
    const Imported imported = import(
        "check process \"a b/\xff\" pidfile /p\n start \"/etc/init.d/x start\"\n"
        "check process a_b__ pidfile /p\n start \"/etc/init.d/y start\"\n"
        "check process \"\" pidfile /p\n start \"/etc/init.d/z start\"\n");
    ASSERT_THAT(imported.rules->targets, SizeIs(3));
}

TEST(MonitImportTest, TellsTheUnitFromTheProgram) {
    EXPECT_EQ(unit_of_program("/etc/init.d/cron start"), "cron.service");
    EXPECT_EQ(unit_of_program("/bin/systemctl start a@b.service"), "a@b.service");
    EXPECT_EQ(unit_of_program("/usr/sbin/service nginx start"), "nginx.service");
    for (const char* program : {"",
                                "/etc/init.d/cron",
                                "/opt/run.sh start",
                                "systemctl start a b",
                                "systemctl start a.socket",
                                "/etc/init.d/../x start",
                                "service 'a b' start",
                                "systemctl start a@.service",
                                "systemctl start --all"}) {
        EXPECT_EQ(unit_of_program(program), "") << program;
    }
}

TEST(MonitImportTest, KnowsWhatMonitWouldRestart) {
    const MonitFile file = read_monit(monit_tokens(
        "set daemon 30\ncheck process a pidfile /p\n start \"/etc/init.d/x start\"\n every 2 "
        "cycles\ncheck process b pidfile /p\n start \"/etc/init.d/x start\"\n mode passive\n",
        "f"));
    EXPECT_THAT(monit_watches(file, "x.service"),
                ElementsAre(TimerSight{"a", std::chrono::minutes{1}}));
    EXPECT_THAT(monit_watches(file, "y.service"), IsEmpty());
}

class MonitExamplesTest : public testing::RunFixture {};

TEST_F(MonitExamplesTest, EveryExampleOfDebiansPackageIsTranslatedOrListed) {
    const std::filesystem::path examples{"/etc/monit/conf-available"};
    if (!std::filesystem::is_directory(examples)) {
        GTEST_SKIP() << "monit is not installed (packaging/dependencies test)";
    }
    std::vector<std::string> files{"/etc/monit/monitrc"};
    for (const auto& entry : std::filesystem::directory_iterator{examples}) {
        files.push_back(entry.path().string());
    }
    EXPECT_GE(files.size(), 10U);
    std::size_t targets = 0;
    for (const std::string& file : files) {
        SCOPED_TRACE(file);
        ASSERT_EQ(run_words({"rules", "import", "monit", file}), Exit::ok) << err.str();
        EXPECT_THAT(err.str(), HasSubstr("without an equivalent"));
        EXPECT_THAT(err.str(), HasSubstr("/etc/monit/"));
        EXPECT_THAT(err.str(), Not(HasSubstr(":0: ")));
        write_file("imported.toml", out.str());
        ASSERT_EQ(run_words({"rules", "check", (root / "imported.toml").string()}), Exit::ok)
            << err.str();
        const auto load = rules::load_rules({root / "imported.toml"}, {});
        ASSERT_NE(load.rules, nullptr);
        targets += load.rules->targets.size();
        for (const TargetRule& target : load.rules->targets) {
            EXPECT_NE(target.mode, Mode::enforce);
        }
    }
    EXPECT_GE(targets, 10U);
}

TEST_F(MonitExamplesTest, TheVerbGivesJsonAndRefusesWhatIsNotThere) {
    write_file("monitrc",
               "set log syslog\ncheck process a pidfile /p\n start "
               "\"/etc/init.d/a start\"\n");
    ASSERT_EQ(run_words({"rules", "import", "monit", (root / "monitrc").string(), "--json"}),
              Exit::ok);
    const auto document = Document::parse(out.str());
    ASSERT_TRUE(document.has_value()) << out.str();
    EXPECT_EQ(document->root().at("rules.target.a.unit").text(), "a.service");
    ASSERT_THAT(document->root()["left"].items(), SizeIs(1));
    EXPECT_EQ(document->root()["left"].items()[0]["line"].number(), 1);
    EXPECT_EQ(run_words({"rules", "import", "monit", (root / "none").string()}), Exit::no_input);
}

}  // namespace
}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/new_rules.hpp"

#include "ctl/lint_units.hpp"
#include "rules/loader.hpp"
#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

NewRule web() {
    NewRule rule;
    rule.unit.id = "web@1.service";
    rule.unit.load_state = "loaded";
    rule.unit.active_state = "active";
    rule.unit.can_reload = true;
    rule.unit.service = true;
    rule.unit.type = "notify";
    rule.unit.restart = "on-failure";
    rule.unit.restart_after = seconds{30};
    rule.unit.watchdog = minutes{5};
    rule.unit.start_limit = 5;
    rule.unit.start_limit_interval = seconds{10};
    rule.unit.runs = {{"/usr/sbin/web", "-c", "/etc/web/web.conf", "--extra=/etc/web/b.conf"}};
    rule.sockets = {{80, true, false}, {9000, false, false}};
    return rule;
}

// The rules; every mistake and every lint is a failure.
RuleSet rules_of(const NewRule& rule) {
    const std::string text = new_rule_text(rule);
    rules::Places places;
    const auto load = rules::compile_rules({{"new.toml", text}}, {}, &places);
    EXPECT_THAT(load.errors, IsEmpty()) << text;
    if (load.rules == nullptr) {
        return {};
    }
    rules::LintList lints{places};
    rules::lint_rules(*load.rules, lints);
    for (const TargetRule& target : load.rules->targets) {
        lint_unit(target, rule.unit, lints);
    }
    for (const rules::Lint& lint : lints.take()) {
        ADD_FAILURE() << rules::format_lint(lint) << "\n" << text;
    }
    return *load.rules;
}

TEST(NewRulesTest, IsSoundAndInDryRun) {
    const RuleSet rules = rules_of(web());
    ASSERT_THAT(rules.targets, SizeIs(1));
    const TargetRule& target = rules.targets[0];
    EXPECT_EQ(target.name, "web@1");
    EXPECT_EQ(target.mode, Mode::dry_run);
    EXPECT_THAT(target.rungs[index_of(Level::retry)].remedies, SizeIs(1));
    EXPECT_THAT(target.rungs[index_of(Level::restart)].remedies, SizeIs(1));
    EXPECT_EQ(target.rungs[index_of(Level::restart)].dwell, seconds{45}) << "RestartSec=30s";
    EXPECT_EQ(target.rungs[index_of(Level::restart)].cooldown.initial, minutes{7});
    ASSERT_THAT(rules.sources, SizeIs(1)) << "the other port is on no loopback address";
    EXPECT_EQ(rules.sources[0].name, "web@1_port_80");
}

TEST(NewRulesTest, SaysWhatItKnowsAndGuessesNothing) {
    NewRule rule = web();
    rule.configs = configs_of(rule.unit);
    rule.library_file = "/usr/share/primum/rules/web.toml";
    rule.unit.timers = {{"web-again.timer", minutes{20}}};
    const std::string text = new_rule_text(rule);
    EXPECT_THAT(text, HasSubstr("# web@1.service is active, of Type=notify.\n"));
    EXPECT_THAT(text, HasSubstr("Restart=on-failure, RestartSec=30s; at most 5 starts in 10s.\n"));
    EXPECT_THAT(text, HasSubstr("WatchdogSec=5m"));
    EXPECT_THAT(text, HasSubstr("# web-again.timer acts on it every 20m"));
    EXPECT_THAT(text, HasSubstr("port 9000 too, on an address that is not loopback"));
    EXPECT_THAT(text,
                HasSubstr("#     use = \"web\"\n#     with = { unit = \"web@1.service\" }\n"));
    EXPECT_THAT(text, HasSubstr("names /etc/web/web.conf, /etc/web/b.conf."));
    const RuleSet rules = rules_of(rule);
    ASSERT_THAT(rules.targets, SizeIs(1));
    EXPECT_FALSE(rules.targets[0].rungs[index_of(Level::fallback)].named);
    EXPECT_EQ(rules.targets[0].use, "");
}

TEST(NewRulesTest, WithoutSocketsItSaysSo) {
    NewRule rule = web();
    rule.sockets.reset();
    EXPECT_THAT(new_rule_text(rule), HasSubstr("could not be read"));
    const RuleSet rules = rules_of(rule);
    EXPECT_THAT(rules.sources, IsEmpty());
    EXPECT_FALSE(rules.targets.at(0).rungs[index_of(Level::retry)].named)
        << "a failed unit cannot be reloaded";
}

TEST(NewRulesTest, WithoutARestartItSaysWhy) {
    NewRule rule = web();
    rule.restarts = false;
    rule.why_not = "it ends by itself";
    EXPECT_THAT(new_rule_text(rule), HasSubstr("# No restart: it ends by itself.\n"));
    EXPECT_FALSE(rules_of(rule).targets.at(0).rungs[index_of(Level::restart)].named);
}

TEST(NewRulesTest, NamesTargetsAfterTheirUnits) {
    EXPECT_EQ(target_name("nginx.service"), "nginx");
    EXPECT_EQ(target_name("postgresql@15-main.service"), "postgresql@15-main");
    EXPECT_EQ(target_name("dev-disk\\x2dby.service"), "dev-disk_x2dby");
    EXPECT_EQ(target_name(std::string(200, 'a') + ".service"), std::string(48, 'a'));
    EXPECT_EQ(target_name("-x.service"), "_-x");
}

class NewRulesLibraryTest : public testing::RunFixture {};

TEST_F(NewRulesLibraryTest, FindsTheTemplateByTheUnitsName) {
    write_file("redis.toml");
    write_file("postgresql.toml");
    const std::vector<std::string> library{"/nowhere", root.string()};
    EXPECT_EQ(library_file_of("redis-server.service", library), (root / "redis.toml").string());
    EXPECT_EQ(library_file_of("postgresql@15-main.service", library),
              (root / "postgresql.toml").string());
    EXPECT_EQ(library_file_of("redi.service", library), "");
}

TEST(NewRulesTest, FindsConfigurationsOnTheCommandLine) {
    UnitSight unit;
    unit.runs = {{"/usr/sbin/a", "/etc/a", "-f=/etc/b", "x/etc/c", "/etc/a", "/etc/$NAME"}};
    EXPECT_THAT(configs_of(unit), ElementsAre("/etc/a", "/etc/b"));
}

}  // namespace
}  // namespace primum::ctl

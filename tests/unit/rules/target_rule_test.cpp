// SPDX-License-Identifier: MIT
#include "rule_text.hpp"
#include "rules/compilation.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(TargetRuleTest, HasDefaults) {
    const TargetRule target = rules_of(small_target).targets.at(0);
    EXPECT_EQ(target.name, "web");
    EXPECT_EQ(target.unit, "web.service");
    EXPECT_EQ(target.mode, Mode::dry_run);
    EXPECT_EQ(target.enforce_up_to, Level::retry);
    EXPECT_EQ(target.warm_up, minutes{2});
    EXPECT_EQ(target.soak, minutes{5});
    EXPECT_EQ(target.relapse, minutes{30});
    EXPECT_FALSE(target.budget);
    EXPECT_THAT(target.depends_on, IsEmpty());
}

TEST(TargetRuleTest, ReadsEveryKey) {
    const TargetRule target =
        rules_of(target_with("mode = \"enforce\"\nenforce_up_to = \"restart\"\nwarm_up = \"10m\"\n"
                             "soak = \"0s\"\nrelapse = \"1d\"\n"
                             "budget = { actions = 4, per = \"1h\" }\n"))
            .targets.at(0);
    EXPECT_EQ(target.mode, Mode::enforce);
    EXPECT_EQ(target.enforce_up_to, Level::restart);
    EXPECT_EQ(target.warm_up, minutes{10});
    EXPECT_EQ(target.soak, Duration{0});
    EXPECT_EQ(target.relapse, hours{24});
    ASSERT_TRUE(target.budget);
    EXPECT_EQ(target.budget->actions, 4U);
}

TEST(TargetRuleTest, ChecksTheUnitsName) {
    for (const char* unit : {"a.service",
                             "postgresql@15-main.service",
                             "a-b_c:d.e.timer",
                             "dev-disk\\\\x2dby.device",
                             "home.mount"}) {
        EXPECT_EQ(mistake_in_unit(unit), "") << unit;
    }
    EXPECT_EQ(mistake_in_unit(""),
              "no name of a systemd unit: letters, digits and :-_.\\@ are allowed, at most 255");
    EXPECT_EQ(mistake_in_unit("a b.service"), mistake_in_unit(""));
    EXPECT_EQ(mistake_in_unit("../x.service"), mistake_in_unit(""));
    EXPECT_EQ(mistake_in_unit(std::string(250, 'a') + ".service"), mistake_in_unit(""));
    EXPECT_EQ(mistake_in_unit("nginx"), "the unit's name needs its suffix, like \".service\"");
    EXPECT_EQ(mistake_in_unit("nginx.conf"), mistake_in_unit("nginx"));
    EXPECT_EQ(mistake_in_unit(".service"), "the unit's name has nothing before its suffix");
    EXPECT_EQ(mistake_in_unit("@x.service"), mistake_in_unit(".service"));
    EXPECT_EQ(mistake_in_unit("getty@.service"),
              "this is a template; name one of its instances, like \"name@instance.service\"");
}

TEST(TargetRuleTest, RefusesProtectedUnits) {
    for (const char* unit : {"primumd.service",
                             "dbus.service",
                             "polkit.service",
                             "-.mount",
                             "systemd-journald.service",
                             "user.slice",
                             "init.scope"}) {
        EXPECT_THAT(errors_of("[target.x]\nunit = \"" + std::string{unit} +
                              "\"\nindicator.unit.value = \"unit_state\"\n"),
                    ElementsAre("r.toml:2:8: this unit is protected: primum never touches it, and "
                                "there is no key to allow it (key \"target.x.unit\")"))
            << unit;
    }
}

TEST(TargetRuleTest, LocatesMistakes) {
    EXPECT_THAT(errors_of("[target.a]\nunit = \"a.service\"\n"),
                ElementsAre("r.toml:1:9: a target needs an indicator, like indicator.unit.value = "
                            "\"unit_state\" (key \"target.a\")"));
    EXPECT_THAT(errors_of("[target.a]\nindicator.u.value = \"unit_state\"\n"
                          "ladder.retry.remedy = [{ reload = {} }]\n"),
                ElementsAre("r.toml:2:11: unit_state needs the target's unit = \"...\" (key "
                            "\"target.a.indicator.u\")",
                            "r.toml:3:8: a reload needs the target's unit = \"...\" (key "
                            "\"target.a.ladder.retry\")"));
    EXPECT_THAT(errors_of(target_with("indicator.\"x y\".value = \"unit_state\"\n")),
                ElementsAre("r.toml:4:11: an indicator's name is letters, digits, '_', '-', '.', "
                            "'@' (key \"target.web.indicator.x y\")"));
    EXPECT_THAT(errors_of(target_with("mode = \"enforced\"\nenforce_up_to = \"steady\"\n"
                                      "warmup = \"1m\"\n")),
                ElementsAre("r.toml:4:8: \"enforced\" is none of observe, dry_run, enforce (key "
                            "\"target.web.mode\"; did you mean \"enforce\"?)",
                            "r.toml:5:17: \"steady\" is none of observe, retry, failover, restart, "
                            "fallback (key \"target.web.enforce_up_to\")",
                            "r.toml:6:1: unknown key (key \"target.web.warmup\"; did you mean "
                            "\"warm_up\"?)"));
    EXPECT_THAT(errors_of(target_with("depends_on = [1]\n")),
                ElementsAre("r.toml:4:15: a string is expected, not a whole number (key "
                            "\"target.web.depends_on\")"));
    EXPECT_THAT(errors_of(target_with("ladder.restart.indicators = 2\n")),
                ElementsAre("r.toml:4:29: 2 indicators are asked for, the target has 1 (key "
                            "\"target.web.ladder.restart.indicators\")"));
}

// over 1m + 5 evaluations of 5 s: nothing can have cleared before 85 s.
class VerifyTest : public testing::Test {
protected:
    static std::vector<std::string> errors_with(std::string_view rung) {
        return errors_of(indicator_with("source = \"m\"\nvalue = { rate = 'x', over = \"1m\" }\n"
                                        "error = { above = 1 }\n"
                                        "[target.web.indicator.unit]\nvalue = \"unit_state\"\n"
                                        "[target.web.ladder.retry]\n") +
                         std::string{rung});
    }
};

TEST_F(VerifyTest, RefusesTooShortAWindow) {
    EXPECT_THAT(
        errors_with("remedy = [{ reload = {} }]\nsettle = \"5s\"\nverify = \"79s\"\n"),
        ElementsAre("r.toml:16:10: settle + verify is 1m24s, but indicator i takes 1m25s to clear "
                    "(over + clear x interval); give verify = \"1m20s\" or more (key "
                    "\"target.web.ladder.retry.verify\")"));
    EXPECT_THAT(errors_with("remedy = [{ reload = {} }]\nsettle = \"5s\"\nverify = \"80s\"\n"),
                IsEmpty());
}

TEST_F(VerifyTest, PointsAtTheRungWhenVerifyIsTheDefault) {
    EXPECT_THAT(
        errors_of(indicator_with("source = \"m\"\nvalue = { rate = 'x', over = \"3m\" }\n"
                                 "error = { above = 1 }\n[target.web.ladder.retry]\n"
                                 "remedy = [{ reload = {} }]\n")),
        ElementsAre("r.toml:11:20: settle + verify is 2m10s, but indicator i takes 3m25s to clear "
                    "(over + clear x interval); give verify = \"3m15s\" or more (key "
                    "\"target.web.ladder.retry\")"));
}

TEST_F(VerifyTest, LeavesOutWhatCannotTrigger) {
    // The rate never becomes critical, and unit_state is judged at once.
    EXPECT_THAT(errors_with("when = \"critical\"\nremedy = [{ reload = {} }]\nsettle = \"0s\"\n"
                            "verify = \"1s\"\n"),
                IsEmpty());
    EXPECT_THAT(errors_with("settle = \"0s\"\nverify = \"1s\"\n"), IsEmpty());
}

}  // namespace
}  // namespace primum::rules

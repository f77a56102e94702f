// SPDX-License-Identifier: MIT
#include "rule_text.hpp"
#include "rules/compilation.hpp"

#include <gtest/gtest.h>

#include <set>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view provider =
    "[provider.upstream]\npointer = { symlink = \"/etc/a/upstream.conf\" }\n"
    "order = [\"one\"]\ncandidate.one = { points_to = \"/etc/a/one.conf\" }\n";

// One remedy of target web at a level; a target named so that line 4 is the first of `more`.
RemedyRule remedy_of(Level level, const std::string& remedy) {
    const RuleSet rules =
        rules_of(target_with("ladder." + std::string{name_of(level)} + ".remedy = [" + remedy +
                             "]\n" + std::string{provider}));
    return rules.targets.empty() ? RemedyRule{}
                                 : rules.targets.at(0).rungs.at(index_of(level)).remedies.at(0);
}

std::vector<std::string> errors_of_remedy(const std::string& level, const std::string& remedy) {
    return errors_of(target_with("ladder." + level + ".remedy = [" + remedy + "]\n"));
}

TEST(RemedyRuleTest, AFailoverGoesBackByItsPointer) {
    const RemedyRule remedy =
        remedy_of(Level::failover, "{ failover = { provider = \"upstream\", then = \"reload\" } }");
    EXPECT_EQ(remedy.kind, RemedyKind::failover);
    EXPECT_EQ(remedy.way_back, WayBack::files);
}

TEST(RemedyRuleTest, AConfigFallbackGoesBackByItsFiles) {
    const RemedyRule remedy =
        remedy_of(Level::fallback,
                  "{ config_fallback = { files = [{ path = \"/etc/a\", good = \"/usr/a\" }], "
                  "check = [\"/usr/bin/a\", \"--check\"], then = \"restart\" } }");
    EXPECT_EQ(remedy.kind, RemedyKind::config_fallback);
    EXPECT_EQ(remedy.way_back, WayBack::files);
}

TEST(RemedyRuleTest, AnExecGoesBackByItsUndo) {
    EXPECT_EQ(
        remedy_of(Level::retry, "{ exec = { run = [\"/bin/a\"], undo = [\"/bin/b\"] } }").way_back,
        WayBack::call);
    const RemedyRule remedy = remedy_of(
        Level::restart,
        "{ exec = { run = [\"/bin/a\"], irreversible = \"it keeps nothing\", timeout = \"10s\" } "
        "}");
    EXPECT_EQ(remedy.way_back, WayBack::none);
    EXPECT_EQ(remedy.irreversible, "it keeps nothing");
    EXPECT_EQ(remedy.timeout, std::chrono::seconds{10});
}

TEST(RemedyRuleTest, GentleOnesNeedNoWayBack) {
    for (const char* text : {"{ reload = {} }",
                             "{ reset_failed = {} }",
                             "{ signal = {} }",
                             "{ signal = { signal = \"SIGUSR1\" } }"}) {
        EXPECT_EQ(remedy_of(Level::retry, text).way_back, WayBack::none) << text;
    }
}

// The state kept before a restart goes back by hand only.
TEST(RemedyRuleTest, ARestartKeepsState) {
    const RemedyRule remedy =
        remedy_of(Level::restart,
                  "{ restart = { save = [\"/bin/drain\", \"-x\"], state = [\"/var/lib/a\"], "
                  "restore = [\"/bin/undrain\"], hook_timeout = \"5s\" } }");
    EXPECT_EQ(remedy.way_back, WayBack::by_hand);
    const auto& plan = std::get<RestartPlan>(remedy.plan);
    EXPECT_EQ(plan.save, (Argv{"/bin/drain", "-x"}));
    EXPECT_EQ(plan.state, (std::vector<std::string>{"/var/lib/a"}));
    EXPECT_EQ(plan.restore, (Argv{"/bin/undrain"}));
    EXPECT_EQ(plan.hook_timeout, std::chrono::seconds{5});
    EXPECT_EQ(remedy_of(Level::restart, "{ restart = {} }").way_back, WayBack::none);
}

TEST(RemedyRuleTest, ReadsCalls) {
    const RemedyRule http =
        remedy_of(Level::retry,
                  "{ http = { url = \"http://127.0.0.1:1/x\", method = \"PUT\", body = \"{}\", "
                  "undo = { url = \"http://127.0.0.1:1/y\" } } }");
    EXPECT_EQ(http.way_back, WayBack::call);
    EXPECT_EQ(std::get<HttpPlan>(http.plan).call.method, "PUT");
    EXPECT_EQ(std::get<HttpPlan>(http.plan).undo->url, "http://127.0.0.1:1/y");
    const RemedyRule call = remedy_of(
        Level::retry,
        "{ dbus_call = { destination = \"org.a\", path = \"/a\", interface = \"org.a\", member = "
        "\"Go\", arguments = [\"x\", 1, true, 2.5], signature = \"oubd\", irreversible = \"x\" } "
        "}");
    EXPECT_EQ(call.way_back, WayBack::none);
    const auto& plan = std::get<DbusPlan>(call.plan);
    EXPECT_EQ(plan.call.signature, "oubd");
    EXPECT_EQ(plan.call.arguments,
              (std::vector<DbusArgument>{std::string{"x"}, std::int64_t{1}, true, 2.5}));
}

TEST(RemedyRuleTest, RefusesWhatIsProtected) {
    EXPECT_THAT(errors_of_remedy("retry",
                                 "{ dbus_call = { destination = \"org.freedesktop.systemd1\", path "
                                 "= \"/a\", interface = \"b.c\", member = \"StopUnit\", "
                                 "irreversible = \"x\" } }"),
                ElementsAre(testing::HasSubstr("org.freedesktop.systemd1 is protected")));
    EXPECT_THAT(errors_of_remedy("fallback",
                                 "{ config_fallback = { files = [{ path = \"/etc/shadow\", good = "
                                 "\"/usr/a\" }] } }"),
                ElementsAre(testing::HasSubstr("is protected: no remedy writes there")));
    EXPECT_THAT(errors_of_remedy("fallback",
                                 "{ config_fallback = { files = [{ path = \"/etc/a/../b\", good = "
                                 "\"/usr/a\" }] } }"),
                ElementsAre(testing::HasSubstr("without \".\"")));
    EXPECT_THAT(errors_of_remedy("retry",
                                 "{ exec = { run = [\"/bin/a\"], writes = [\"/etc\"], "
                                 "irreversible = \"x\" } }"),
                ElementsAre(testing::HasSubstr("/etc is protected")));
}

// What the actuator will do is what the digest is over, parameter by parameter.
TEST(RemedyRuleTest, EveryParameterIsInThePlan) {
    const std::vector<std::pair<Level, std::string>> plans{
        {Level::retry, "{ signal = {} }"},
        {Level::retry, "{ signal = { signal = \"SIGUSR1\" } }"},
        {Level::retry, "{ exec = { run = [\"/bin/a\"], irreversible = \"x\" } }"},
        {Level::retry, "{ exec = { run = [\"/bin/a\", \"b\"], irreversible = \"x\" } }"},
        {Level::retry, "{ exec = { run = [\"/bin/a\"], undo = [\"/bin/b\"] } }"},
        {Level::retry, "{ exec = { run = [\"/bin/a\"], undo = [\"/bin/b\", \"c\"] } }"},
        {Level::retry, "{ signal = { whom = \"all\" } }"},
        {Level::retry,
         "{ exec = { run = [\"/bin/a\"], irreversible = \"x\", user = \"nobody\" } }"},
        {Level::retry,
         "{ exec = { run = [\"/bin/a\"], irreversible = \"x\", writes = [\"/var/lib/a\"] } }"},
        {Level::retry,
         "{ exec = { run = [\"/bin/a\"], irreversible = \"x\", memory = \"64MiB\" } }"},
        {Level::retry, "{ exec = { run = [\"/bin/a\"], irreversible = \"x\", tasks = 3 } }"},
        {Level::retry, "{ http = { url = \"http://h/a\", irreversible = \"x\" } }"},
        {Level::retry,
         "{ http = { url = \"http://h/a\", method = \"PUT\", irreversible = \"x\" } }"},
        {Level::retry, "{ http = { url = \"http://h/a\", body = \"b\", irreversible = \"x\" } }"},
        {Level::retry,
         "{ http = { url = \"http://h/a\", content_type = \"text/plain\", irreversible = \"x\" } "
         "}"},
        {Level::retry, "{ http = { url = \"http://h/a\", undo = { url = \"http://h/b\" } } }"},
        {Level::failover, "{ failover = { provider = \"upstream\" } }"},
        {Level::failover, "{ failover = { provider = \"upstream\", then = \"restart\" } }"},
        {Level::failover, "{ failover = { provider = \"upstream\", then = \"nothing\" } }"},
        {Level::restart, "{ restart = {} }"},
        {Level::restart, "{ restart = { save = [\"/bin/a\"] } }"},
        {Level::restart, "{ restart = { restore = [\"/bin/a\"] } }"},
        {Level::restart, "{ restart = { restore = [\"/bin/a\"], hook_timeout = \"1m\" } }"},
        {Level::restart, "{ restart = { state = [\"/srv/a\"] } }"},
        {Level::fallback,
         "{ config_fallback = { files = [{ path = \"/etc/a\", good = \"/usr/a\" }] } }"},
        {Level::fallback,
         "{ config_fallback = { files = [{ path = \"/etc/b\", good = \"/usr/a\" }] } }"},
        {Level::fallback,
         "{ config_fallback = { files = [{ path = \"/etc/a\", good = \"/usr/b\" }] } }"},
        {Level::fallback,
         "{ config_fallback = { files = [{ path = \"/etc/a\", good = \"/usr/a\" }], check = "
         "[\"/bin/c\"] } }"},
        {Level::fallback,
         "{ config_fallback = { files = [{ path = \"/etc/a\", good = \"/usr/a\" }], then = "
         "\"reload\" } }"},
    };
    std::set<std::string> digests;
    for (const auto& [level, text] : plans) {
        EXPECT_TRUE(digests.insert(remedy_of(level, text).plan_digest).second) << text;
    }
    // A default that is written out is the same plan.
    EXPECT_EQ(
        remedy_of(Level::failover, "{ failover = { provider = \"upstream\" } }").plan_digest,
        remedy_of(Level::failover, "{ failover = { then = \"reload\", provider = \"upstream\" } }")
            .plan_digest);
}

TEST(RemedyRuleTest, LocatesMistakesOfParameters) {
    EXPECT_THAT(errors_of_remedy("retry", "{ exec = { irreversible = \"x\" } }"),
                ElementsAre("r.toml:4:33: an exec needs its program, like run = "
                            "[\"/usr/bin/true\"] (key \"target.web.ladder.retry.remedy.exec\")"));
    EXPECT_THAT(errors_of_remedy("retry", "{ exec = { run = [\"a\"], irreversible = \"x\" } }"),
                ElementsAre("r.toml:4:41: a program by its absolute path is expected, and its "
                            "arguments (key \"target.web.ladder.retry.remedy.exec.run\")"));
    EXPECT_THAT(
        errors_of_remedy("retry",
                         "{ exec = { run = [\"/a\"], undo = [\"/b\"], irreversible = \"x\" } }"),
        ElementsAre("r.toml:4:64: there is a way back: it is not irreversible (key "
                    "\"target.web.ladder.retry.remedy.exec.irreversible\")"));
    EXPECT_THAT(errors_of_remedy("retry", "{ exec = { run = [\"/a\"] } }"),
                ElementsAre("r.toml:4:26: exec has no way back: give undo, or irreversible = "
                            "\"why\" (key \"target.web.ladder.retry.remedy.exec\")"));
    EXPECT_THAT(errors_of_remedy("failover", "{ failover = { provider = \"gone\" } }"),
                testing::Contains(testing::HasSubstr("gone")));
    EXPECT_THAT(errors_of_remedy("fallback", "{ config_fallback = { then = \"restart\" } }"),
                ElementsAre(testing::HasSubstr("a config_fallback needs 1 to 64 files")));
    EXPECT_THAT(errors_of_remedy("fallback",
                                 "{ config_fallback = { files = [{ path = \"etc/a\" }], then = "
                                 "\"stop\" } }"),
                ElementsAre(testing::HasSubstr("good is missing"),
                            testing::HasSubstr("an absolute path is expected"),
                            testing::HasSubstr("\"stop\" is none of nothing, reload, restart")));
    EXPECT_THAT(errors_of_remedy("retry", "{ signal = { signal = \"SIGKILL\" } }"),
                ElementsAre(testing::HasSubstr("\"SIGKILL\" is none of")));
}

TEST(RemedyRuleTest, EveryKindStandsOnItsOwnLevelsOnly) {
    for (const std::string_view kind_name : enum_names<RemedyKind>) {
        const RemedyKind kind = *from_name<RemedyKind>(kind_name);
        for (std::size_t i = index_of(Level::retry); i < level_count; ++i) {
            const auto level = static_cast<Level>(i);
            const auto errors =
                errors_of_remedy(std::string{name_of(level)},
                                 "{ " + std::string{kind_name} + " = { irreversible = \"x\" } }");
            const bool refused = std::any_of(errors.begin(), errors.end(), [](const auto& error) {
                return error.find("may not stand on level") != std::string::npos;
            });
            EXPECT_EQ(refused, !may_stand_on(kind, level)) << kind_name << name_of(level);
        }
    }
}

}  // namespace
}  // namespace primum::rules

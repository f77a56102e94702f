// SPDX-License-Identifier: MIT
#include "rules/expansion.hpp"

#include "rule_text.hpp"
#include "rules/loader.hpp"
#include "temp_dir.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view web_template = R"([template.web]
summary = "A service that answers HTTP."
parameter.unit = { describe = "its unit", type = "unit", default = "${name}.service" }
parameter.url = { describe = "what to ask for", type = "url" }
parameter.interval = { describe = "how often", type = "duration", default = "10s" }
parameter.metrics = { describe = "its exporter", type = "url", optional = true }
parameter.slow = { describe = "seconds", type = "number", default = 2 }

[template.web.source.probe]
kind = "http"
url = "${url}"
interval = "${interval}"

[template.web.source.exporter]
only_with = "metrics"
kind = "prometheus"
url = "${metrics}"

[template.web.target]
unit = "${unit}"
soak = "3m"
[template.web.target.indicator.unit]
value = "unit_state"
[template.web.target.indicator.answers]
source = "probe"
value = "probe"
[template.web.target.indicator.slow]
only_with = "metrics"
source = "exporter"
series = 'latency_seconds{job="${name}"}'
error = { above = "${slow}" }
[template.web.target.ladder.observe]
[template.web.target.ladder.retry]
remedy = [{ reload = {} }, { only_with = "metrics", reset_failed = {} }]
)";

std::string used(std::string_view more = {}) {
    return fmt::format("[target.shop]\nuse = \"web\"\nwith = {{ url = \"http://127.0.0.1/\" }}\n{}",
                       more);
}

std::vector<RuleFile> files(const std::string& rules, std::string_view made = web_template) {
    return {{"r.toml", rules}, {"lib/web.toml", std::string{made}}};
}

std::vector<std::string> errors(const std::string& rules, std::string_view made = web_template) {
    return formatted(compile_rules(files(rules, made), Settings{}).errors);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(ExpansionTest, MakesATargetOfATemplate) {
    const auto load = compile_rules(files(used()), Settings{});
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    ASSERT_THAT(load.rules->targets, SizeIs(1));
    const TargetRule& target = load.rules->targets[0];
    EXPECT_EQ(target.name, "shop");
    EXPECT_EQ(target.use, "web");
    EXPECT_EQ(target.unit, "shop.service");
    EXPECT_EQ(target.soak, std::chrono::minutes{3});
    EXPECT_THAT(target.indicators, SizeIs(2));  // without the exporter's
    EXPECT_THAT(target.rungs[index_of(Level::retry)].remedies, SizeIs(1));
    ASSERT_THAT(load.rules->sources, SizeIs(1));
    EXPECT_EQ(load.rules->sources[0].name, "shop-probe");
    EXPECT_EQ(load.rules->sources[0].interval, std::chrono::seconds{10});
}

TEST(ExpansionTest, MeansWhatTheSameRulesWrittenOutMean) {
    const auto load = compile_rules(files(used()), Settings{});
    const auto plain = compile_rules({{"r.toml",
                                       "[source.shop-probe]\nkind = \"http\"\n"
                                       "url = \"http://127.0.0.1/\"\ninterval = \"10s\"\n"
                                       "[target.shop]\nunit = \"shop.service\"\nsoak = \"3m\"\n"
                                       "indicator.unit.value = \"unit_state\"\n"
                                       "indicator.answers.source = \"shop-probe\"\n"
                                       "indicator.answers.value = \"probe\"\n"
                                       "ladder.observe = {}\n"
                                       "ladder.retry.remedy = [{ reload = {} }]\n"}},
                                     Settings{});
    ASSERT_NE(load.rules, nullptr);
    ASSERT_NE(plain.rules, nullptr);
    EXPECT_EQ(load.rules->digest, plain.rules->digest);
}

TEST(ExpansionTest, TakesTheOptionalPartsWithTheirParameter) {
    const std::string rules =
        replaced(used(), "127.0.0.1/\"", "127.0.0.1/\", metrics = \"http://127.0.0.1:9113/\"");
    const auto load = compile_rules(files(rules), Settings{});
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    EXPECT_THAT(load.rules->sources, SizeIs(2));
    const TargetRule& target = load.rules->targets[0];
    ASSERT_THAT(target.indicators, SizeIs(3));
    EXPECT_THAT(target.indicators[1].selectors, ElementsAre("latency_seconds{job=\"shop\"}"));
    EXPECT_THAT(target.rungs[index_of(Level::retry)].remedies, SizeIs(2));
}

TEST(ExpansionTest, LaysTheTargetsKeysOverTheTemplates) {
    const auto load = compile_rules(files(used("soak = \"7m\"\nindicator.answers.for = \"1m\"\n"
                                               "ladder.retry.attempts = 3\n"
                                               "indicator.more = { value = \"unit_state\" }\n"
                                               "[source.shop-probe]\ninterval = \"20s\"\n")),
                                    Settings{});
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    const TargetRule& target = load.rules->targets[0];
    EXPECT_EQ(target.soak, std::chrono::minutes{7});
    EXPECT_THAT(target.indicators, SizeIs(3));
    EXPECT_EQ(target.indicators[0].trip.duration, std::chrono::minutes{1});
    EXPECT_EQ(target.rungs[index_of(Level::retry)].attempts, 3U);
    EXPECT_EQ(load.rules->sources[0].interval, std::chrono::seconds{20});
}

TEST(ExpansionTest, LetsADropInOverrideATargetThatUsesATemplate) {
    auto all = files(used());
    all.push_back({"r.d/90.toml", "[target.shop]\nmode = \"enforce\"\n"});
    const auto load = compile_rules(all, Settings{});
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    EXPECT_EQ(load.rules->targets[0].mode, Mode::enforce);
    EXPECT_EQ(load.rules->targets[0].soak, std::chrono::minutes{3});
}

TEST(ExpansionTest, SplicesAListIntoAnArray) {
    const std::string made = R"([template.web]
summary = "s"
parameter.more = { describe = "arguments", type = "list", default = ["-a", "-b"] }
[template.web.target]
unit = "a.service"
indicator.unit.value = "unit_state"
ladder.retry.remedy = [{ exec = { run = ["/bin/x", "${more}", "c"], irreversible = "no" } }]
)";
    const auto load = compile_rules(files("[target.a]\nuse = \"web\"\n", made), Settings{});
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    const auto plain = compile_rules(
        {{"r.toml",
          "[target.a]\nunit = \"a.service\"\nindicator.unit.value = \"unit_state\"\n"
          "ladder.retry.remedy = [{ exec = { run = [\"/bin/x\", \"-a\", \"-b\", \"c\"], "
          "irreversible = \"no\" } }]\n"}},
        Settings{});
    ASSERT_NE(plain.rules, nullptr);
    EXPECT_EQ(load.rules->digest, plain.rules->digest);
}

TEST(ExpansionTest, SaysWhichTemplateIsNotThere) {
    EXPECT_THAT(errors(replaced(used(), "\"web\"", "\"wbe\"")),
                ElementsAre("r.toml:2:7: there is no template \"wbe\" (key \"target.shop.use\"; "
                            "did you mean \"web\"?)"));
    EXPECT_THAT(errors("[target.a]\nuse = 5\n"),
                ElementsAre(HasSubstr("r.toml:2:7: a string is expected, not a whole number")));
}

TEST(ExpansionTest, RefusesWrongParameters) {
    EXPECT_THAT(errors("[target.shop]\nuse = \"web\"\n"),
                ElementsAre("r.toml:2:7: template web needs with = { url = ... } (what to ask for) "
                            "(key \"target.shop.use\")"));
    EXPECT_THAT(errors(replaced(used(), "url =", "urll = 1, url =")),
                ElementsAre("r.toml:3:10: unknown key (key \"target.shop.with.urll\"; did you mean "
                            "\"url\"?)"));
    EXPECT_THAT(errors(replaced(used(), "url =", "slow = \"x\", url =")),
                ElementsAre("r.toml:3:17: a number is expected, not a string (seconds) "
                            "(key \"target.shop.with.slow\")"));
    EXPECT_THAT(errors(replaced(used(), "http://", "ftp://")),
                ElementsAre(HasSubstr("r.toml:3:16: ")));
    EXPECT_THAT(errors(replaced(used(), "url =", "unit = \"dbus.service\", url =")),
                ElementsAre(HasSubstr("this unit is protected")));
    EXPECT_THAT(errors("[target.a]\nuse = \"web\"\nwith = 5\n"),
                ElementsAre(HasSubstr("r.toml:3:8: a table is expected")));
}

TEST(ExpansionTest, ChecksAStandardValueThatTheNameGoesInto) {
    EXPECT_THAT(errors(replaced(used(), "target.shop", "target.dbus")),
                ElementsAre(HasSubstr("lib/web.toml:3:68: this unit is protected")));
}

TEST(ExpansionTest, NamesTheTemplatesPlaceAndWhoUsesIt) {
    const std::string made = replaced(std::string{web_template}, "soak = ", "soakk = ");
    EXPECT_THAT(errors(used(), made),
                ElementsAre("lib/web.toml:21:1: unknown key; template web, used by target shop at "
                            "r.toml:2 (key \"target.shop.soakk\"; did you mean \"soak\"?)"));
}

TEST(ExpansionTest, SaysAMistakeOfATemplateOnce) {
    const std::string made = replaced(std::string{web_template}, "${interval}", "${intervall}");
    EXPECT_THAT(errors(used() + "[target.b]\nuse = \"web\"\n", made),
                ElementsAre(HasSubstr("lib/web.toml:5:11: nothing refers to this parameter"),
                            "lib/web.toml:12:12: the template has no parameter \"intervall\" (key "
                            "\"template.web.source.probe.interval\"; did you mean \"interval\"?)"));
}

TEST(ExpansionTest, RefusesTemplatesThatAreNone) {
    const auto of = [](const std::string& more) { return errors("", "[template.web]\n" + more); };
    const std::string head = "summary = \"s\"\ntarget.unit = \"a.service\"\n";
    EXPECT_THAT(of("summary = \"s\"\n"), ElementsAre(HasSubstr("needs a table target")));
    EXPECT_THAT(of("target.unit = \"a.service\"\n"), ElementsAre(HasSubstr("needs a summary")));
    EXPECT_THAT(of(head + "target.use = \"b\"\n"), ElementsAre(HasSubstr("cannot use another")));
    EXPECT_THAT(of(head + "what = 1\n"), ElementsAre(HasSubstr("unknown key")));
    EXPECT_THAT(of(head + "parameter.name = { describe = \"d\" }\n"),
                ElementsAre(HasSubstr("not \"name\"")));
    EXPECT_THAT(of(head + "target.x = \"${p}\"\nparameter.p = { }\n"),
                ElementsAre(HasSubstr("needs a describe")));
    EXPECT_THAT(
        of(head + "target.x = \"${p}\"\nparameter.p = { describe = \"d\", type = \"cuont\" }\n"),
        ElementsAre(HasSubstr("did you mean \"count\"?")));
    EXPECT_THAT(of(head + "target.x = \"${p}\"\nparameter.p = { describe = \"d\", type = "
                          "\"count\", default = -1 }\n"),
                ElementsAre(HasSubstr("0 or more")));
    EXPECT_THAT(of(head + "target.x = { only_with = \"p\" }\nparameter.p = { describe = \"d\" }\n"),
                ElementsAre(HasSubstr("is not optional")));
    EXPECT_THAT(of(head + "[source.a]\nkind = \"push\"\n"),
                ElementsAre(HasSubstr("has nothing else")));
    EXPECT_THAT(of(head + "target.x = \"${a\"\n"), ElementsAre(HasSubstr("has no \"}\"")));
}

TEST(ExpansionTest, RefusesAnOptionalParameterWhereItHasNoValue) {
    const std::string made = replaced(std::string{web_template},
                                      "[template.web.source.exporter]\nonly_with = \"metrics\"",
                                      "[template.web.source.exporter]");
    EXPECT_THAT(
        errors(used(), made),
        ElementsAre(HasSubstr("parameter \"metrics\" has no value; template web, used by")));
}

TEST(ExpansionTest, RefusesTwoSourcesOfOneName) {
    const std::string made = R"([template.web]
summary = "s"
[template.web.source.c]
kind = "http"
url = "http://127.0.0.1/"
[template.web.source.b-c]
kind = "http"
url = "http://127.0.0.1/"
[template.web.target]
indicator.a = { source = "c", value = "probe" }
)";
    EXPECT_THAT(errors("[target.a]\nuse = \"web\"\n[target.a-b]\nuse = \"web\"\n", made),
                ElementsAre(HasSubstr("another target's template makes one of that name too")));
}

TEST(ExpansionTest, IsBounded) {
    std::string many;
    for (int i = 0; i < 2000; ++i) {
        many += fmt::format("[target.t{}]\nuse = \"web\"\n", i);
    }
    std::string big = "[template.web]\nsummary = \"s\"\n[template.web.target]\nx = [";
    for (int i = 0; i < 1000; ++i) {
        big += "1,";
    }
    const auto found = errors(many, big + "1]\n");
    EXPECT_EQ(std::count_if(found.begin(),
                            found.end(),
                            [](const std::string& line) {
                                return line.find("more than 200000 values") != std::string::npos;
                            }),
              1);
}

class LibraryTest : public testing::Test {
protected:
    LibraryTest() {
        std::filesystem::create_directories(dir_.path() / "rules.d");
        settings_.library = {dir_.path() / "own", dir_.path() / "shipped"};
    }

    void write(const std::string& name, std::string_view text) {
        std::filesystem::create_directories((dir_.path() / name).parent_path());
        dir_.write(name, std::string{text});
    }

    RulesLoad load() { return load_rules({dir_.path() / "rules.d"}, settings_); }

    TempDir dir_;
    Settings settings_;
};

TEST_F(LibraryTest, ReadsTheTemplatesThatAreUsed) {
    write("rules.d/a.toml", used());
    write("shipped/web.toml", web_template);
    write("shipped/other.toml", "not TOML");
    const RulesLoad found = load();
    ASSERT_THAT(formatted(found.errors), IsEmpty());
    EXPECT_THAT(found.files,
                ElementsAre(dir_.path() / "rules.d/a.toml", dir_.path() / "shipped/web.toml"));
    const RulesLoad again = compile_rules(split_rules_text(found.text), Settings{});
    ASSERT_NE(again.rules, nullptr);
    EXPECT_EQ(again.rules->digest, found.rules->digest);
    EXPECT_EQ(again.rules->targets[0].use, "web");
    EXPECT_EQ(compile_recorded_rules(found.text).rules->digest, found.rules->digest);
}

TEST_F(LibraryTest, TakesTheFirstDirectoryThatHasIt) {
    write("rules.d/a.toml", used());
    write("shipped/web.toml", web_template);
    write("own/web.toml", replaced(std::string{web_template}, "3m", "4m"));
    EXPECT_EQ(load().rules->targets[0].soak, std::chrono::minutes{4});
}

TEST_F(LibraryTest, TakesDropInsOfATemplate) {
    write("rules.d/a.toml", used());
    write("shipped/web.toml", web_template);
    write("shipped/web.d/site.toml", "[template.web.target]\nsoak = \"9m\"\n");
    EXPECT_EQ(load().rules->targets[0].soak, std::chrono::minutes{9});
}

TEST_F(LibraryTest, SaysWhereItLooked) {
    write("rules.d/a.toml", replaced(used(), "\"web\"", "\"wb\""));
    write("shipped/web.toml", web_template);
    EXPECT_THAT(formatted(load().errors),
                ElementsAre(fmt::format("{0}/rules.d/a.toml:2:7: there is no template \"wb\"; "
                                        "looked for in {0}/own, {0}/shipped (key "
                                        "\"target.shop.use\"; did you mean \"web\"?)",
                                        dir_.path().string())));
}

TEST_F(LibraryTest, SaysWhatCannotBeRead) {
    write("rules.d/a.toml", used());
    write("own/web.toml/x", "");
    EXPECT_THAT(formatted(load().errors),
                testing::Contains(HasSubstr("own/web.toml: cannot be read")));
}

TEST_F(LibraryTest, RefusesAFileWithoutTheTemplateOfItsName) {
    write("rules.d/a.toml", used());
    write("shipped/web.toml",
          replaced(std::string{web_template}, "[template.web]", "[template.x]"));
    EXPECT_EQ(load().rules, nullptr);
}

}  // namespace
}  // namespace primum::rules

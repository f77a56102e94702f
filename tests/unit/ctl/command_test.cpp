// SPDX-License-Identifier: MIT
#include "ctl/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace primum::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Words = std::vector<std::string>;

Command understood(Words words) {
    auto command = parse_command(std::move(words));
    EXPECT_TRUE(command.has_value()) << command.error().text;
    return command.value_or(Command{});
}

NotACommand mistaken(Words words) {
    auto command = parse_command(std::move(words));
    EXPECT_FALSE(command.has_value());
    return command.has_value() ? NotACommand{} : command.error();
}

TEST(CommandTest, KnowsEveryVerb) {
    const std::vector<std::pair<Words, Verb>> all{
        {{"status"}, Verb::status},
        {{"list"}, Verb::list},
        {{"show", "gw"}, Verb::show},
        {{"explain", "gw"}, Verb::explain},
        {{"hold", "gw", "--for", "1h", "--reason", "x"}, Verb::hold},
        {{"release", "gw", "--reason", "x"}, Verb::release},
        {{"disable", "--for", "1h", "--reason", "x"}, Verb::disable},
        {{"enable", "--reason", "x"}, Verb::enable},
        {{"ack", "7", "--reason", "x"}, Verb::acknowledge},
        {{"rollback", "l-7", "--reason", "x"}, Verb::rollback},
        {{"reset-breaker", "--reason", "x"}, Verb::reset_breaker},
        {{"reset-breaker", "gw", "--reason", "x"}, Verb::reset_breaker},
        {{"force", "gw", "restart", "--reason", "x"}, Verb::force},
        {{"label", "7", "justified", "--reason", "x"}, Verb::label},
        {{"watch", "--count", "2"}, Verb::watch},
        {{"incidents", "export", "7", "--output", "x"}, Verb::export_incident},
        {{"actions", "show", "7"}, Verb::action},
        {{"ledger", "verify"}, Verb::ledger_verify},
        {{"ledger", "backup", "--output", "x"}, Verb::ledger_backup},
        {{"ledger", "export"}, Verb::ledger_export},
        {{"names", "targets"}, Verb::names},
        {{"replay", "x.tar.zst"}, Verb::replay},
        {{"incidents"}, Verb::incidents},
        {{"incidents", "show", "7"}, Verb::incident},
        {{"actions"}, Verb::actions},
        {{"sources"}, Verb::sources},
        {{"sources", "show", "web_metrics"}, Verb::source},
        {{"providers"}, Verb::providers},
        {{"providers", "show", "up"}, Verb::provider},
        {{"providers", "mark", "up", "west", "dead", "--for", "1h", "--reason", "x"},
         Verb::mark_provider},
        {{"providers", "set-note", "up", "west", "slow"}, Verb::note_provider},
        {{"reload"}, Verb::reload},
        {{"rules", "check", "a.toml"}, Verb::rules_check},
        {{"drill", "gw", "--rules", "r.d", "--settings", "s.toml"}, Verb::drill},
        {{"version"}, Verb::version}};
    for (const auto& [words, verb] : all) {
        EXPECT_EQ(understood(words).verb, verb) << words[0];
    }
}

TEST(CommandTest, TakesJsonAnywhere) {
    EXPECT_TRUE(understood({"--json", "status"}).json);
    EXPECT_TRUE(understood({"status", "--json"}).json);
    EXPECT_TRUE(understood({"incidents", "show", "7", "--json"}).json);
    EXPECT_FALSE(understood({"status"}).json);
    EXPECT_TRUE(mistaken({"--json", "hold"}).json);
}

TEST(CommandTest, ReadsAHold) {
    const Command hold = understood({"hold", "gw", "--for", "1h30m", "--reason", "deploy of 4.2"});
    EXPECT_EQ(hold.target, "gw");
    EXPECT_EQ(hold.length, std::chrono::minutes{90});
    EXPECT_EQ(hold.reason, "deploy of 4.2");
    EXPECT_EQ(understood({"hold", "--all", "--for", "1h", "--reason", "x"}).target, "");
}

TEST(CommandTest, ReadsAMarkAndANote) {
    const Command mark = understood(
        {"providers", "mark", "up", "west", "rate_limited", "--for", "2h", "--reason", "bill"});
    EXPECT_EQ(mark.provider, "up");
    EXPECT_EQ(mark.candidate, "west");
    EXPECT_EQ(mark.state, "rate_limited");
    EXPECT_EQ(mark.length, std::chrono::hours{2});
    EXPECT_EQ(mark.reason, "bill");
    mistaken({"providers", "mark", "up", "west", "tired", "--for", "2h", "--reason", "x"});
    mistaken({"providers", "mark", "up", "west", "dead", "--reason", "x"});
    const Command note = understood({"providers", "set-note", "up", "west", "in another town"});
    EXPECT_EQ(note.reason, "in another town");
}

TEST(CommandTest, ReadsPagesAndPaths) {
    const Command page = understood({"actions", "--limit", "7", "--before", "99"});
    EXPECT_EQ(page.limit, 7U);
    EXPECT_EQ(page.before, 99U);
    EXPECT_EQ(understood({"incidents", "show", "42"}).incident, 42U);
    EXPECT_TRUE(understood({"list", "--ill"}).ill_only);
    const Command check = understood({"rules", "check", "a", "b", "--settings", "c"});
    EXPECT_THAT(check.paths, ElementsAre("a", "b"));
    EXPECT_EQ(check.settings, "c");
}

TEST(CommandTest, RefusesWrongUsageAndSaysWhatIsRight) {
    const std::vector<std::pair<Words, const char*>> wrong{
        {{}, "subcommand is required"},
        {{"bogus"}, "there is no command \"bogus\""},
        {{"status", "list"}, ""},
        {{"show"}, "TARGET is required"},
        {{"hold", "gw", "--for", "1h"}, "--reason is required"},
        {{"hold", "gw", "--reason", "x"}, "--for is required"},
        {{"hold", "gw", "--for", "30", "--reason", "x"}, "a unit is missing"},
        {{"hold", "gw", "--for", "0s", "--reason", "x"}, "longer than nothing"},
        {{"hold", "--for", "1h", "--reason", "x"}, "--all"},
        {{"hold", "gw", "--all", "--for", "1h", "--reason", "x"}, "not both"},
        {{"release", "--reason", "x"}, "--all"},
        {{"release", "gw"}, "--reason is required"},
        {{"disable", "--reason", "x"}, "--for is required"},
        {{"enable"}, "--reason is required"},
        {{"ack", "seven", "--reason", "x"}, "INCIDENT"},
        {{"ack", "--reason", "x"}, "INCIDENT is required"},
        {{"actions", "--limit", "0"}, "--limit"},
        {{"actions", "--limit", "501"}, "--limit"},
        {{"incidents", "show"}, "INCIDENT is required"},
        {{"rules"}, "subcommand is required"},
        {{"rules", "check"}, "PATH is required"},
        {{"status", "--nonsense"}, "--nonsense"}};
    for (const auto& [words, hint] : wrong) {
        const NotACommand problem = mistaken(words);
        EXPECT_EQ(problem.exit, Exit::usage) << ::testing::PrintToString(words);
        EXPECT_THAT(problem.text, HasSubstr(hint)) << ::testing::PrintToString(words);
    }
}

TEST(CommandTest, GuessesWhatWasMeant) {
    const std::vector<std::pair<Words, const char*>> all{
        {{"statsu"}, "did you mean \"status\"?"},
        {{"incidents", "shwo", "7"}, "did you mean \"show\"?"},
        {{"hold", "gw", "--for", "1h", "--reson", "x"}, "did you mean \"--reason\"?"},
        {{"ledger", "verfy"}, "did you mean \"verify\"?"}};
    for (const auto& [words, hint] : all) {
        EXPECT_THAT(mistaken(words).text, HasSubstr(hint));
    }
    EXPECT_THAT(mistaken({"xyzzy"}).text, ::testing::Not(HasSubstr("did you mean")));
}

TEST(CommandTest, TakesOneEndOfAHoldOnly) {
    EXPECT_EQ(understood({"hold", "gw", "--until", "06:00", "--reason", "x"}).until, "06:00");
    EXPECT_EQ(mistaken({"hold", "gw", "--until", "06:00", "--for", "1h", "--reason", "x"}).exit,
              Exit::usage);
}

TEST(CommandTest, HelpListsTheExitCodes) {
    for (const Words& words : {Words{"--help"}, Words{"hold", "--help"}}) {
        const NotACommand help = mistaken(words);
        EXPECT_EQ(help.exit, Exit::ok);
        for (const char* code : {"0 done", "64 ", "65 ", "69 ", "70 ", "75 ", "77 "}) {
            EXPECT_THAT(help.text, HasSubstr(code));
        }
    }
}

}  // namespace
}  // namespace primum::ctl

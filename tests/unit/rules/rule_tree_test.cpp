// SPDX-License-Identifier: MIT
#include "rules/rule_tree.hpp"

#include "rule_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace primum::rules {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// The digests of what the rules of `text` are when they are written out and read again.
void expect_same_again(const std::string& text) {
    const RulesLoad load = compile_rules({RuleFile{"r.toml", text}}, Settings{});
    if (load.rules == nullptr) {
        return;  // not whole by itself
    }
    const std::string written = toml_text(rule_tree(*load.rules));
    const RulesLoad again = compile_rules({RuleFile{"again.toml", written}}, Settings{});
    ASSERT_THAT(formatted(again.errors), IsEmpty()) << written;
    EXPECT_EQ(again.rules->digest, load.rules->digest) << written;
    for (std::size_t i = 0; i < load.rules->targets.size(); ++i) {
        EXPECT_EQ(again.rules->targets.at(i).digest, load.rules->targets[i].digest);
        EXPECT_EQ(again.rules->targets.at(i).level_digests, load.rules->targets[i].level_digests);
    }
    EXPECT_EQ(toml_text(rule_tree(*again.rules)), written);
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

// The texts between ''' or after the fences of a page that hold rules.
std::vector<std::string> pieces(const std::string& text,
                                std::string_view begin,
                                std::string_view end) {
    std::vector<std::string> found;
    for (std::size_t at = text.find(begin); at != std::string::npos;) {
        const std::size_t from = at + begin.size();
        const std::size_t to = text.find(end, from);
        if (to == std::string::npos) {
            break;
        }
        found.push_back(text.substr(from, to - from));
        at = text.find(begin, to + end.size());
    }
    return found;
}

std::size_t compiled(const std::vector<std::string>& texts) {
    return static_cast<std::size_t>(
        std::count_if(texts.begin(), texts.end(), [](const std::string& text) {
            return compile_rules({RuleFile{"r.toml", text}}, Settings{}).rules != nullptr;
        }));
}

// The rules of every scenario, of the documentation and of the fuzzers' corpus.
std::vector<std::string> all_texts() {
    const std::filesystem::path root{PRIMUM_SOURCE_ROOT};
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator{root / "tests/scenario"}) {
        if (entry.path().extension() == ".toml") {
            for (std::string& text : pieces(text_of(entry.path()), "'''\n", "'''")) {
                texts.push_back(std::move(text));
            }
        }
    }
    for (const auto& entry : std::filesystem::directory_iterator{root / "docs"}) {
        if (entry.path().extension() == ".md") {
            for (std::string& text : pieces(text_of(entry.path()), "```toml\n", "```")) {
                texts.push_back(std::move(text));
            }
        }
    }
    for (const auto& entry :
         std::filesystem::directory_iterator{root / "tests/fuzz/corpus/toml_rules"}) {
        texts.push_back(text_of(entry.path()));
    }
    return texts;
}

TEST(RuleTreeTest, EveryRuleOfTheTestsComesBackTheSame) {
    const auto texts = all_texts();
    EXPECT_GE(compiled(texts), 100U);
    for (const std::string& text : texts) {
        SCOPED_TRACE(text);
        expect_same_again(text);
    }
}

TEST(RuleTreeTest, SayingADefaultIsNoOtherMeaning) {
    const std::string plain =
        "[source.a]\nkind = \"http\"\nurl = \"http://h/\"\n"
        "[source.b]\nkind = \"push\"\n"
        "[source.c]\nkind = \"promql\"\nurl = \"http://h/\"\nquery.x = \"y\"\n";
    const std::string said =
        "[source.a]\nkind = \"http\"\nurl = \"http://h/\"\nredirects = 0\nstatuses = [200]\n"
        "max_bytes = 16777216\n[source.b]\nkind = \"push\"\nlines_per_second = 1000\n"
        "[source.c]\nkind = \"promql\"\nurl = \"http://h/\"\nquery.x = \"y\"\n"
        "accept_partial = false\nmax_age = \"2m\"\n";
    EXPECT_EQ(rules_of(plain).digest, rules_of(said).digest);
}

TEST(RuleTreeTest, EveryKindOfSourceAndRemedyComesBackTheSame) {
    expect_same_again(R"(
[source.dns]
kind = "dns"
name = "www.example.net"
type = "AAAA"
servers = ["192.0.2.1", "192.0.2.2"]
expect = ["2001:db8::1"]
[source.exec]
kind = "exec"
run = ["/usr/lib/nagios/plugins/check_load", "-w", "4\t\"quoted\" 'too'"]
memory = "32MiB"
[source.journal]
kind = "journal"
count.app_total = { _SYSTEMD_UNIT = "app.service", PRIORITY = ["0", "1"] }
[source.psi]
kind = "pressure"
triggers = [{ stall = "200ms" }, { resource = "io", share = "full", stall = "1s", window = "3s" }]
[source.web]
kind = "http"
url = "https://h/x"
statuses = [204, 200]
json = { pointer = "/status", equals = "UP" }
retries = { attempts = 3, backoff = "5s" }
[source.hook]
kind = "alertmanager"
token_file = "/etc/token"
[target."postgresql@15-main"]
unit = "postgresql@15-main.service"
enforce_up_to = "fallback"
budget = { actions = 9, per = "90m" }
indicator.unit = { value = "unit_state", for = "5s" }
indicator.up = { source = "web", value = "probe" }
indicator.base.source = "psi"
indicator.base.series = 'x{a="b"}'
indicator.base.error = { above_baseline = 4, by_at_least = 0.5 }
[target."postgresql@15-main".ladder.retry]
remedy = [
  { signal = {} },
  { http = { url = "http://h/", body = '{"a":1}', undo = { url = "http://h/b", method = "PUT" } } },
  { dbus_call = { destination = "a.b", path = "/a", interface = "a.b", member = "X", arguments = [
    "t", 1, 5.0, true], irreversible = "why" } },
  { exec = { run = ["/usr/bin/a"], irreversible = "it mails", writes = ["/srv/a"] } },
]
[target."postgresql@15-main".ladder.restart]
remedy = [{ restart = { state = ["/srv/state"], hook_timeout = "5s" } }]
cooldown = { initial = "2h", factor = 1.5 }
[target."postgresql@15-main".ladder.fallback]
remedy = [{ config_fallback = { files = [
    { path = "/etc/app/a", good = "/usr/share/a" }], check = ["/usr/bin/true"], then = "reload" } }]
)");
}

TEST(RuleTreeTest, MarksWhatTheCallerSays) {
    const RuleSet rules = rules_of(target_with("ladder.restart.remedy = [{ restart = {} }]\n"));
    const std::string text = toml_text(rule_tree(rules), [](const std::string& path) {
        return path.ends_with(".timeout") || path.ends_with(".verify") ? "default" : "";
    });
    EXPECT_THAT(text, HasSubstr("\nverify = \"2m\"  # default\n"));
    EXPECT_THAT(text, HasSubstr("\nsettle = \"10s\"\n"));
    EXPECT_THAT(
        text,
        HasSubstr("remedy = [\n    { restart = { hook_timeout = \"30s\", timeout = \"1m30s\" "
                  "} },  # timeout: default\n]\n"));
}

TEST(RuleTreeTest, OneTargetBringsWhatItUses) {
    const RuleSet rules = rules_of(
        "[source.a]\nkind = \"push\"\n[source.b]\nkind = \"push\"\n[source.c]\nkind = \"push\"\n"
        "[provider.p]\npointer = { symlink = \"/etc/app/p\" }\norder = [\"x\"]\n"
        "candidate.x = { points_to = \"/etc/app/x\", indicator = { source = \"b\", series = 's', "
        "error = { below = 1 } } }\n"
        "[target.t]\nunit = \"t.service\"\n"
        "indicator.i = { source = \"a\", series = 's', error = { below = 1 } }\n"
        "ladder.failover.remedy = [{ failover = { provider = \"p\" } }]\n"
        "[target.other]\nindicator.i = { source = \"c\", series = 's', error = { below = 1 } }\n");
    ASSERT_EQ(rules.targets.size(), 2U);
    const std::string text = toml_text(target_tree(rules, rules.targets[1]));
    EXPECT_THAT(text, HasSubstr("[source.a]"));
    EXPECT_THAT(text, HasSubstr("[source.b]"));
    EXPECT_THAT(text, HasSubstr("[provider.p]"));
    EXPECT_THAT(text, Not(HasSubstr("[source.c]")));
    EXPECT_THAT(text, Not(HasSubstr("target.other")));
    EXPECT_THAT(errors_of(text), IsEmpty());
}

}  // namespace
}  // namespace primum::rules

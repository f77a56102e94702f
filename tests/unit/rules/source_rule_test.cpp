// SPDX-License-Identifier: MIT
#include "rule_text.hpp"
#include "rules/compilation.hpp"
#include "rules/source_plan.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

TEST(SourceRuleTest, ReadsEveryKey) {
    const RuleSet rules = rules_of(
        "[source.gateway]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9464/metrics\"\n"
        "interval = \"5s\"\ntimeout = \"2s\"\n"
        "retries = { attempts = 2, backoff = \"250ms\", max = \"1s\" }\n");
    ASSERT_EQ(rules.sources.size(), 1U);
    const SourceRule& source = rules.sources[0];
    EXPECT_EQ(source.name, "gateway");
    EXPECT_EQ(source.kind, SourceKind::prometheus);
    EXPECT_EQ(source.url, "http://127.0.0.1:9464/metrics");
    EXPECT_EQ(source.interval, seconds{5});
    EXPECT_EQ(source.timeout, seconds{2});
    EXPECT_EQ(source.retries, (Retries{2, milliseconds{250}, seconds{1}}));
    EXPECT_EQ(source.digest.size(), 64U);
}

TEST(SourceRuleTest, HasDefaults) {
    const std::string begin = "[source.m]\nkind = \"prometheus\"\nurl = \"http://h/\"\n";
    const SourceRule source = rules_of(begin).sources.at(0);
    EXPECT_EQ(source.interval, seconds{15});
    EXPECT_EQ(source.timeout, seconds{5});
    EXPECT_EQ(source.retries, Retries{});
    // A short interval takes the default timeout down with it.
    EXPECT_EQ(rules_of(begin + "interval = \"1s\"\n").sources.at(0).timeout, seconds{1});
    EXPECT_EQ(rules_of(begin + "retries.backoff = \"5s\"\n").sources.at(0).retries.max, seconds{5});
}

TEST(SourceRuleTest, RefusesALimitOfZeroOrLess) {
    const std::string begin = "[source.m]\nkind = \"prometheus\"\nurl = \"http://h/\"\n";
    for (const char* key : {"max_series = ", "max_bytes = ", "retries.attempts = "}) {
        for (const char* value : {"0", "-1", "-9223372036854775808"}) {
            EXPECT_EQ(errors_of(begin + key + value + "\n").size(), 1U) << key << value;
        }
    }
    for (const char* key : {"interval = ", "timeout = "}) {
        for (const char* value : {"\"0s\"", "\"-1s\""}) {
            EXPECT_EQ(errors_of(begin + key + value + "\n").size(), 1U) << key << value;
        }
    }
}

TEST(SourceRuleTest, LocatesMistakes) {
    EXPECT_THAT(
        errors_of("[source.a]\nurl = \"http://h/\"\n"
                  "[source.b]\nkind = \"prometheus\"\n"
                  "[source.c]\nkind = \"promtheus\"\nurl = \"http://h/\"\n"
                  "[source.d]\nkind = \"prometheus\"\nurl = \"http://h/\"\n"
                  "interval = \"5s\"\ntimeout = \"6s\"\n"
                  "[source.e]\nkind = \"prometheus\"\nurl = \"http://h/\"\n"
                  "interval = \"10ms\"\nretries = { attempts = 0 }\n"
                  "[source.f]\nkind = \"prometheus\"\nurl = \"http://h/\"\n"
                  "retries = { backoff = \"2s\", max = \"1s\" }\nintervall = \"1s\"\n"
                  "[source.\"g h\"]\nkind = \"prometheus\"\nurl = \"http://h/\"\n"),
        ElementsAre(
            "r.toml:1:9: a source needs a kind, like kind = \"prometheus\" (key \"source.a\")",
            "r.toml:3:9: a source of kind prometheus needs a url (key \"source.b\")",
            "r.toml:6:8: \"promtheus\" is none of prometheus, promql, push, unit, journal, "
            "pressure, cgroup, file, tcp, http, dns, exec, alertmanager (key \"source.c.kind\"; "
            "did you mean \"prometheus\"?)",
            "r.toml:12:11: timeout is longer than the interval (5s) (key \"source.d.timeout\")",
            "r.toml:16:12: 10ms is out of range (100ms to 1h) (key \"source.e.interval\")",
            "r.toml:17:24: 0 is out of range (1 to 10) (key \"source.e.retries.attempts\")",
            "r.toml:21:35: max is less than backoff (2s) (key \"source.f.retries.max\")",
            "r.toml:22:1: unknown key (key \"source.f.intervall\"; did you mean \"interval\"?)",
            "r.toml:23:9: a source's name is 1 to 64 letters, digits, '_', '-', '.', '@' (key "
            "\"source.g h\")"));
}

TEST(SourceRuleTest, RefusesKindsOfLaterVersions) {
    for (const std::string_view kind : enum_names<SourceKind>) {
        const auto errors = errors_of("[source.a]\nkind = \"" + std::string{kind} +
                                      "\"\nunheard_of = 1\nurl = \"http://h/\"\n");
        if (is_available(*from_name<SourceKind>(kind))) {
            EXPECT_THAT(errors, testing::Contains(testing::HasSubstr("source.a.unheard_of")))
                << kind;
            continue;
        }
        ASSERT_EQ(errors.size(), 1U) << kind;
        if (kind == "unit") {
            EXPECT_EQ(errors[0],
                      "r.toml:2:8: systemd units need no source: value = \"unit_state\" is enough "
                      "(key \"source.a.kind\")");
        } else {
            EXPECT_EQ(errors[0],
                      "r.toml:2:8: source kind \"" + std::string{kind} +
                          "\" is not available yet (key \"source.a.kind\")");
        }
    }
}

}  // namespace
}  // namespace primum::rules

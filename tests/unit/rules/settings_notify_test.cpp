// SPDX-License-Identifier: MIT
#include "rules/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::rules {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> errors_of(const std::string& text) {
    std::vector<std::string> all;
    for (const auto& error : parse_settings(text, "p.toml").errors) {
        all.push_back(format_error(error));
    }
    return all;
}

TEST(SettingsNotifyTest, ReadsEveryKey) {
    const auto load = parse_settings(
        "[notify]\nrunbook = \"https://wiki.example/primum\"\n"
        "[notify.alertmanager]\nurl = \"https://am.example:9093/am\"\n"
        "interval = \"30s\"\nresolve_after = \"2m\"\n"
        "ca_file = \"/etc/ssl/am.pem\"\nbearer_file = \"/etc/am.token\"\n"
        "[notify.exec]\nprogram = [\"/usr/local/bin/page\", \"now\"]\n"
        "timeout = \"10s\"\n",
        "p.toml");
    ASSERT_THAT(load.errors, IsEmpty());
    const auto& notify = load.settings.notify;
    EXPECT_EQ(notify.runbook, "https://wiki.example/primum");
    EXPECT_EQ(notify.alertmanager.url, "https://am.example:9093/am");
    EXPECT_EQ(notify.alertmanager.interval, seconds{30});
    EXPECT_EQ(notify.alertmanager.resolve_after, minutes{2});
    EXPECT_EQ(notify.alertmanager.access.ca_file, "/etc/ssl/am.pem");
    EXPECT_EQ(notify.alertmanager.access.bearer_file, "/etc/am.token");
    EXPECT_THAT(notify.exec.program, ElementsAre("/usr/local/bin/page", "now"));
    EXPECT_EQ(notify.exec.timeout, seconds{10});
}

TEST(SettingsNotifyTest, NamesEveryMistake) {
    EXPECT_THAT(
        errors_of("[notify]\nrunbook = \"ftp://x\"\n"
                  "[notify.alertmanager]\nurl = \"http://h/?a=b\"\nredirects = 2\n"
                  "interval = \"2m\"\nresolve_after = \"3m\"\n"
                  "[notify.exec]\nprogram = [\"page\"]\ntimeout = \"1h\"\nshell = true\n"),
        ElementsAre(
            "p.toml:2:11: an address that begins with http:// or https:// is expected (key "
            "\"notify.runbook\")",
            "p.toml:4:7: the server's address is expected, without a query (key "
            "\"notify.alertmanager.url\")",
            "p.toml:5:1: it has no meaning for what is sent (key "
            "\"notify.alertmanager.redirects\")",
            "p.toml:7:17: resolve_after must be twice the interval or more: else an alert ends "
            "when one sending fails (key \"notify.alertmanager.resolve_after\")",
            testing::HasSubstr("p.toml:9:"),
            testing::HasSubstr("p.toml:10:"),
            testing::HasSubstr("p.toml:11:1: unknown key")));
    EXPECT_THAT(
        errors_of("[notify.alertmanager]\ninterval = \"10m\"\n"),
        ElementsAre(testing::HasSubstr("needs a url"), testing::HasSubstr("twice the interval")));
    EXPECT_THAT(errors_of("[notify.exec]\ntimeout = \"10s\"\n"),
                ElementsAre(testing::HasSubstr("needs its program")));
}

TEST(SettingsNotifyTest, KnowsWhetherAnythingChanged) {
    NotifySettings one;
    NotifySettings other;
    EXPECT_TRUE(same(one, other));
    other.alertmanager.access.bearer_file = "/t";
    EXPECT_FALSE(same(one, other));
    other = one;
    other.exec.program = {"/p"};
    EXPECT_FALSE(same(one, other));
}

}  // namespace
}  // namespace primum::rules

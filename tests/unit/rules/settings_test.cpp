// SPDX-License-Identifier: MIT
#include "rules/settings.hpp"

#include "rule_text.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace primum::rules {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> settings_errors(std::string_view text) {
    return formatted(parse_settings(text, "p.toml").errors);
}

void expect_defaults(const Settings& settings) {
    EXPECT_THAT(settings.rules, ElementsAre("/etc/primum/rules.d"));
    EXPECT_THAT(settings.library, ElementsAre("/etc/primum/library", "/usr/share/primum/rules"));
    EXPECT_EQ(settings.state_dir, "/var/lib/primum");
    EXPECT_EQ(settings.http_listen, "127.0.0.1:9763");
    EXPECT_EQ(settings.push.socket, "/run/primum/push.sock");
    EXPECT_EQ(settings.push.max_line_bytes, 65'536U);
    EXPECT_EQ(settings.push.max_series_per_source, 10'000U);
    EXPECT_EQ(settings.recording.size_bytes, 256ULL << 20U);
    EXPECT_EQ(settings.recording.age, hours{24 * 14});
    EXPECT_EQ(settings.decision.breaker.window, 10U);
    EXPECT_EQ(settings.decision.breaker.worse, 2U);
    EXPECT_EQ(settings.decision.breaker.no_effect, 6U);
    EXPECT_EQ(settings.decision.mode, Mode::dry_run);
    EXPECT_EQ(settings.decision.in_flight, 1U);
    EXPECT_EQ(settings.decision.host.actions, 6U);
    EXPECT_EQ(settings.decision.host.per, hours{1});
    EXPECT_EQ(settings.decision.max_hold, hours{24});
    EXPECT_TRUE(same(settings.notify, NotifySettings{}));
}

TEST(SettingsTest, GivesDefaultsForNothing) {
    expect_defaults(parse_settings("", "p.toml").settings);
    const TempDir dir;
    const SettingsLoad missing = load_settings(dir.path() / "primum.toml");
    EXPECT_THAT(missing.errors, IsEmpty());
    expect_defaults(missing.settings);
}

TEST(SettingsTest, RefusesWhatCannotBeRead) {
    const TempDir dir;
    const SettingsLoad load = load_settings(dir.path());
    ASSERT_EQ(load.errors.size(), 1U);
    EXPECT_EQ(format_error(load.errors[0]),
              dir.path().string() + ": cannot be read: Is a directory");
}

TEST(SettingsTest, ReadsTheExample) {
    const std::filesystem::path example = "../shared/example-primum.toml";
    const std::filesystem::path from_source = std::filesystem::path{PRIMUM_SOURCE_ROOT} / example;
    if (!std::filesystem::exists(from_source)) {
        GTEST_SKIP() << from_source << " is absent";
    }
    const SettingsLoad load = load_settings(from_source);
    EXPECT_THAT(formatted(load.errors), IsEmpty());
    Settings settings = load.settings;
    EXPECT_EQ(settings.notify.alertmanager.url, "http://127.0.0.1:9093");
    EXPECT_EQ(settings.decision.per_level.at(index_of(Level::restart))->actions, 3U);
    EXPECT_EQ(settings.decision.per_level.at(index_of(Level::fallback))->per, hours{24});
    settings.notify.alertmanager.url.clear();
    expect_defaults(settings);
}

TEST(SettingsTest, ReadsEveryKey) {
    const SettingsLoad load = parse_settings(
        "rules = [\"/a\", \"/b/c.toml\"]\nlibrary = [\"/l\"]\nstate_dir = \"/s\"\nmode = "
        "\"enforce\"\n"
        "http.listen = \"[::1]:80\"\n"
        "[push]\nsocket = \"/p\"\nmax_line_bytes = 1024\nmax_series_per_source = 5\n"
        "[recording]\nkeep = { size = \"1GiB\", age = \"2d\" }\n"
        "[budget]\nin_flight = 2\nhost = { actions = 12, per = \"6m\" }\n"
        "level.retry = { actions = 1, per = \"1m\" }\n"
        "[breaker]\nwindow = 4\nworse = 1\nno_effect = 3\n"
        "[hold]\nmax = \"2h\"\n",
        "p.toml");
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    const Settings& settings = load.settings;
    EXPECT_THAT(settings.rules, ElementsAre("/a", "/b/c.toml"));
    EXPECT_THAT(settings.library, ElementsAre("/l"));
    EXPECT_EQ(settings.state_dir, "/s");
    EXPECT_EQ(settings.decision.mode, Mode::enforce);
    EXPECT_EQ(settings.http_listen, "[::1]:80");
    EXPECT_EQ(settings.push.socket, "/p");
    EXPECT_EQ(settings.push.max_line_bytes, 1024U);
    EXPECT_EQ(settings.push.max_series_per_source, 5U);
    EXPECT_EQ(settings.recording.size_bytes, 1ULL << 30U);
    EXPECT_EQ(settings.recording.age, hours{48});
    EXPECT_EQ(settings.decision.in_flight, 2U);
    EXPECT_EQ(settings.decision.host.actions, 12U);
    EXPECT_EQ(settings.decision.per_level.at(index_of(Level::retry))->per, std::chrono::minutes{1});
    EXPECT_EQ(settings.decision.breaker.window, 4U);
    EXPECT_EQ(settings.decision.breaker.no_effect, 3U);
    EXPECT_EQ(settings.decision.max_hold, hours{2});
    EXPECT_EQ(parse_settings("http.listen = \"\"", "p").settings.http_listen, "");
    EXPECT_EQ(parse_settings("breaker.window = 3", "p").settings.decision.breaker.no_effect, 3U);
}

TEST(SettingsTest, LocatesEveryMistake) {
    EXPECT_THAT(
        settings_errors("mode = \"enforced\"\n"
                        "state_dir = \"var\"\n"
                        "rules = \"/etc\"\n"
                        "statedir = \"/x\"\n"
                        "[http]\nlisten = \"localhost:80\"\n"
                        "[budget]\nhost = { actions = 121, per = \"1h\" }\n"
                        "level.observe = { actions = 1, per = \"1h\" }\n"
                        "[breaker]\nwindow = 3\nworse = 4\n"
                        "[hold]\nmax = 24\n"
                        "[recording]\nkeep.size = \"256\"\n"
                        "[notify.alertmanager]\nurl = \"127.0.0.1:9093\"\n"),
        ElementsAre(
            "p.toml:1:8: \"enforced\" is none of observe, dry_run, enforce (key \"mode\"; did you "
            "mean \"enforce\"?)",
            "p.toml:2:13: an absolute path is expected (key \"state_dir\")",
            "p.toml:3:9: an array of strings is expected, not a string (key \"rules\")",
            "p.toml:4:1: unknown key (key \"statedir\"; did you mean \"state_dir\"?)",
            "p.toml:6:10: a numeric \"address:port\" is expected, like \"127.0.0.1:9763\" or "
            "\"[::1]:9763\", or \"\" for off (key \"http.listen\")",
            "p.toml:8:20: 121 actions per 1h are over the ceiling of 120 an hour (key "
            "\"budget.host.actions\")",
            "p.toml:9:7: unknown key, none of retry, failover, restart, fallback (key "
            "\"budget.level.observe\")",
            "p.toml:12:9: 4 is out of range (1 to 3) (key \"breaker.worse\")",
            "p.toml:14:7: a duration is a string with a unit, like \"30s\" (key \"hold.max\")",
            "p.toml:16:13: \"256\" is no size: a unit is missing (B, KiB, MiB, GiB, TiB); write it "
            "like \"64KiB\" or \"256MiB\" (key \"recording.keep.size\")",
            "p.toml:18:7: an address that begins with http:// or https:// is expected (key "
            "\"notify.alertmanager.url\")"));
}

TEST(SettingsTest, RefusesASyntaxErrorOnce) {
    EXPECT_EQ(settings_errors("mode = \n[x\n").size(), 1U);
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "run_fixture.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* rules = R"(
[source.table]
kind     = "prometheus"
url      = "http://127.0.0.1:1/metrics"
interval = "1m"

[target.web]
unit    = "web.service"
warm_up = "0s"
soak    = "2m"
relapse = "2m"

[target.web.indicator.load]
source = "table"
value  = { gauge = "load" }
error  = { above = 10 }
trip   = "2 of 2"
clear  = "2 of 2"

[target.web.ladder]
observe = { when = "error", for = "0s" }
restart = { when = "error", for = "5m", remedy = [{ restart = {} }], settle = "10s", verify = "5m" }
)";

class ScoreTest : public testing::RunFixture {
protected:
    ScoreTest() { write_file("rules.toml", rules); }

    [[nodiscard]] std::string path(const std::string& name) const { return (root / name).string(); }

    // 600 minutes from 00:00 on; `ill` of them, from each of the given minutes on, are too high.
    std::string table(const std::vector<int>& begins, int ill) {
        std::string text = "timestamp,value\n";
        for (int minute = 0; minute < 600; ++minute) {
            bool high = false;
            for (const int begin : begins) {
                high = high || (minute >= begin && minute < begin + ill);
            }
            text += fmt::format(
                "2026-11-22 {:02}:{:02}:00,{}\n", minute / 60, minute % 60, high ? 20 : 1);
        }
        return text;
    }

    Exit import(const std::string& text, const std::string& output = "load.jsonl.zst") {
        write_file("load.csv", text);
        return run_words({"record",
                          "import",
                          path("load.csv"),
                          "--series",
                          "load",
                          "--unit",
                          "web.service",
                          "--output",
                          path(output)});
    }
    Exit score(const std::string& windows, const std::string& recording = "load.jsonl.zst") {
        write_file("windows.json", windows);
        return run_words({"score",
                          "--rules",
                          path("rules.toml"),
                          "--recording",
                          path(recording),
                          "--windows",
                          path("windows.json"),
                          "--json"});
    }
};

TEST_F(ScoreTest, TellsWhatWasSeenAndMissedAndFalse) {
    ASSERT_EQ(import(table({100, 300, 500}, 20)), Exit::ok) << err.str();
    EXPECT_EQ(out.str(), "600 rows, 600 values: " + path("load.jsonl.zst") + "\n");
    // The first illness lies in a window, the second does not, a window has no illness, another
    // begins in the middle of the third illness, and one lies behind the end of the recording.
    ASSERT_EQ(score(R"({"load.csv": [
        ["2026-11-22 01:38:00.000000", "2026-11-22 02:10:00"],
        ["2026-11-22 06:00:00", "2026-11-22 06:30:00"],
        ["2026-11-22T08:30:00Z", "2026-11-22 08:35:00"],
        ["2026-11-23 00:00:00", "2026-11-23 01:00:00"]]})"),
              Exit::ok)
        << err.str();
    EXPECT_THAT(out.str(), StartsWith(R"({"v":1,"rules_digest":")"));
    EXPECT_THAT(out.str(), HasSubstr(R"("windows":4,"not_covered":1,"levels":[)"));
    // Seen two rows into the illness, three minutes into its window.
    EXPECT_THAT(out.str(),
                HasSubstr(R"({"target":"web","level":"observe","seen":1,"missed":2,)"
                          R"("stood_already":1,"false":2,"acts":0,"false_acts":0,)"
                          R"("median_delay_us":180000000})"));
    // Five minutes later the restart, dry-run; the illness outlasts what it is watched for.
    EXPECT_THAT(out.str(),
                HasSubstr(R"({"target":"web","level":"restart","seen":1,"missed":2,)"
                          R"("stood_already":1,"false":2,"acts":1,"false_acts":2,)"
                          R"("median_delay_us":180000000})"));
    EXPECT_EQ(run_words({"score",
                         "--rules",
                         path("rules.toml"),
                         "--recording",
                         path("load.jsonl.zst"),
                         "--windows",
                         path("windows.json")}),
              Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("TARGET  LEVEL    SEEN  MISSED  STOOD ALREADY  FALSE"));
    EXPECT_THAT(out.str(), HasSubstr("4 windows; 1 of them lie outside of the recording"));
}

TEST_F(ScoreTest, APlainFileScoresTheSameAsAPackedOne) {
    ASSERT_EQ(import(table({100}, 20)), Exit::ok);
    ASSERT_EQ(import(table({100}, 20), "load.jsonl"), Exit::ok);
    const std::string windows = R"({"a": [["2026-11-22 01:30:00", "2026-11-22 02:10:00"]]})";
    ASSERT_EQ(score(windows), Exit::ok);
    const std::string packed = out.str();
    ASSERT_EQ(score(windows, "load.jsonl"), Exit::ok);
    EXPECT_EQ(out.str(), packed);
    EXPECT_THAT(packed, HasSubstr(R"("seen":1,"missed":0,"stood_already":0,"false":0)"));
}

TEST_F(ScoreTest, AnImportedRecordingIsReplayed) {
    ASSERT_EQ(import(table({100}, 20)), Exit::ok);
    EXPECT_EQ(run_words({"replay", "--recording", path("load.jsonl.zst")}), Exit::ok) << err.str();
    EXPECT_EQ(
        run_words({"replay", "--recording", path("load.jsonl.zst"), "--rules", path("rules.toml")}),
        Exit::ok)
        << err.str();
    EXPECT_THAT(out.str(), HasSubstr("load error"));
}

TEST_F(ScoreTest, SeveralColumnsAreSeveralSeries) {
    write_file("two.csv", "time,eth0,\"eth1, old\"\n1795320000,1,\n1795320060.5,+Inf,\"2\"\n");
    ASSERT_EQ(run_words({"record", "import", path("two.csv"), "--series", "rx"}), Exit::ok)
        << err.str();
    EXPECT_THAT(out.str(), HasSubstr(R"("name":"rx{column=\"eth0\"}")"));
    EXPECT_THAT(out.str(), HasSubstr(R"("name":"rx{column=\"eth1, old\"}")"));
    EXPECT_THAT(out.str(), HasSubstr(R"("t_us":61500000,"wall_us":1795320060500000)"));
    EXPECT_THAT(out.str(), HasSubstr(R"([[0,"+Inf"],[1,2]])"));
}

TEST_F(ScoreTest, AMistakeInATableIsToldWithItsPlace) {
    const std::string head = "timestamp,value\n2026-11-22 00:00:00,1\n";
    const std::vector<std::pair<std::string, std::string>> tables{
        {"", "load.csv:1: it is empty"},
        {"timestamp\n", "load.csv:1: one column only"},
        {"2026-11-22 00:00:00,1\n", "load.csv:1:1: this is a row"},
        {"timestamp,a,a\n", "load.csv:1:3: a second column \"a\""},
        {"timestamp,value\n", "load.csv: there is no row in it"},
        {head + "2026-11-22 00:01:00,x\n", "load.csv:3:2: \"x\" is no number"},
        {head + "2026-11-22 00:01:00,1,2\n", "load.csv:3: 3 fields, but there are 2 columns"},
        {head + "2026-11-21 23:59:59,1\n", "load.csv:3:1: \"2026-11-21 23:59:59\" is before"},
        {head + "2026-02-30 00:00:00,1\n", "load.csv:3:1: \"2026-02-30 00:00:00\" is no time"},
        {head + "2026-11-22 00:01:00,\"1\n", "load.csv:3:2: a quotation mark is not closed"},
        {head + std::string(70'000, '1') + "\n", "load.csv:3: longer than 65536 bytes"}};
    for (const auto& [text, message] : tables) {
        SCOPED_TRACE(message);
        EXPECT_EQ(import(text), Exit::bad_data);
        EXPECT_THAT(err.str(), HasSubstr(message));
        EXPECT_FALSE(std::filesystem::exists(path("load.jsonl.zst"))) << "nothing is left behind";
    }
    EXPECT_EQ(run_words({"record", "import", path("none.csv"), "--series", "load"}),
              Exit::no_input);
    EXPECT_EQ(run_words({"record", "import", path("load.csv"), "--series", "{"}), Exit::usage);
}

TEST_F(ScoreTest, NothingIsOverwritten) {
    write_file("load.jsonl", "mine");
    EXPECT_EQ(import(table({}, 0), "load.jsonl"), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("it is there already"));
    EXPECT_EQ(std::filesystem::file_size(path("load.jsonl")), 4U);
}

TEST_F(ScoreTest, WindowsThatAreNoneAreRefused) {
    ASSERT_EQ(import(table({100}, 20)), Exit::ok);
    const std::vector<std::pair<std::string, std::string>> files{
        {"[", "it is no JSON object"},
        {"[]", "it is no JSON object"},
        {R"({"a": 7})", "\"a\" is no list"},
        {R"({"a": [["2026-11-22 01:00:00"]]})", "\"a\", window 1: it is not"},
        {R"({"a": [["yesterday", "2026-11-22 01:00:00"]]})", "\"a\", window 1: a time is written"},
        {R"({"a": [["2026-11-22 01:00:00", "2026-11-22 00:00:00"]]})", "it ends before it begins"},
        {R"({"a": [["2026-11-22 01:00:00", "2026-11-22 03:00:00"],
                   ["2026-11-22 02:00:00", "2026-11-22 04:00:00"]]})",
         "overlap"},
        {R"({"a": [], "b": []})", "say which is meant with --name"},
        {R"({"x/load.csv": [], "y/load.csv": []})", "may both be meant"}};
    for (const auto& [text, message] : files) {
        SCOPED_TRACE(message);
        EXPECT_EQ(score(text), Exit::bad_data);
        EXPECT_THAT(err.str(), HasSubstr(message));
    }
    EXPECT_EQ(score(R"({"x/load.csv": [], "y/other.csv": []})"), Exit::ok) << err.str();
}

TEST_F(ScoreTest, SaysWhatIsNotThere) {
    EXPECT_EQ(score("{}", "none.jsonl"), Exit::bad_data) << "no name in it is the recording's";
    EXPECT_EQ(score(R"({"a": []})", "none.jsonl"), Exit::no_input);
    write_file("windows.json", "{}");
    EXPECT_EQ(run_words({"score",
                         "--rules",
                         path("rules.toml"),
                         "--recording",
                         path("none.jsonl"),
                         "--windows",
                         path("windows.json"),
                         "--target",
                         "nobody"}),
              Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("there is no target \"nobody\""));
}

}  // namespace
}  // namespace primum::ctl

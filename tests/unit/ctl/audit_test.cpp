// SPDX-License-Identifier: MIT
#include "ctl/audit.hpp"

#include "ledger/store.hpp"
#include "live_run.hpp"
#include "replay/player.hpp"
#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace primum::ctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A unit that failed and was restarted, as recording and as ledger.
class AuditVerbTest : public testing::RunFixture {
protected:
    AuditVerbTest() {
        live_.start(replay::test::restart_rules());
        live_.tell_a_failure();
        live_.write(root / "recording");
        std::filesystem::create_directories(root / "never");
        write_file("never/a.toml", replay::test::restart_rules("5s", "observe"));
        write_ledger();
    }

    void write_ledger() {
        ledger::StoreOptions options;
        options.path = path("ledger.db");
        options.boot_id = "boot";
        auto store = ledger::Store::open(options);
        ASSERT_TRUE(store);
        replay::Player player;
        for (const Event& event : live_.events) {
            std::vector<Record> records;
            const auto effects = player.play(event);
            ASSERT_TRUE(effects);
            for (const Effect& effect : *effects) {
                if (const auto* record = std::get_if<RecordEffect>(&effect)) {
                    records.push_back(record->record);
                }
            }
            ASSERT_TRUE(records.empty() || store->append(records));
        }
    }

    [[nodiscard]] std::string path(const char* name) const { return (root / name).string(); }
    [[nodiscard]] std::string text_of(const char* name) const {
        std::ifstream file{root / name};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    replay::test::LiveRun live_;
};

TEST_F(AuditVerbTest, TellsPeopleOfARecording) {
    EXPECT_EQ(run_words({"audit", "--recording", path("recording")}), Exit::ok) << err.str();
    EXPECT_THAT(out.str(), StartsWith("Audit of " + path("recording") + "\n"));
    EXPECT_THAT(out.str(),
                AllOf(HasSubstr("1 target with an incident, 1 incident,"),
                      HasSubstr("acted                      1 time\n"),
                      HasSubstr("came of it                 1 improved\n"),
                      HasSubstr("precision                  100 % (1 of 1; 20..100 %)\n"),
                      HasSubstr("time to detect             0s (once)\n"),
                      HasSubstr("time to decide             10s (once)\n"),
                      HasSubstr("cost to users              no series says so\n"),
                      HasSubstr("restart  restart"),
                      HasSubstr("unit failed -> active")));
    EXPECT_EQ(err.str(), "");
}

TEST_F(AuditVerbTest, ALedgerSaysTheSameAsFarAsItKnows) {
    EXPECT_EQ(run_words({"audit", "--recording", path("recording"), "--json"}), Exit::ok);
    const auto recording = Document::parse(out.str());
    ASSERT_TRUE(recording);
    EXPECT_EQ(run_words({"audit", "--ledger", path("ledger.db"), "--json"}), Exit::ok) << err.str();
    const auto ledger = Document::parse(out.str());
    ASSERT_TRUE(ledger);
    for (const char* same : {"schema",
                             "from_wall_us",
                             "to_wall_us",
                             "incidents",
                             "decisions",
                             "detected",
                             "acted",
                             "outcomes",
                             "precision",
                             "levels",
                             "held_back"}) {
        EXPECT_EQ(recording->root()[same].raw(), ledger->root()[same].raw()) << same;
    }
    EXPECT_EQ(ledger->root()["schema"].text(), "primum-audit/1");
    EXPECT_EQ(ledger->root().at("times.decide.median_us").number(), 10'000'000);
    EXPECT_FALSE(ledger->root().at("times.detect").present());
    EXPECT_EQ(recording->root().at("times.detect.count").number(), 1);
    EXPECT_EQ(ledger->root()["targets"].items().at(0)["actions"].items().at(0)["kind"].text(),
              "restart");
}

TEST_F(AuditVerbTest, OtherRulesAreComparedInTheSamePass) {
    EXPECT_EQ(run_words({"audit",
                         "--recording",
                         path("recording"),
                         "--against",
                         path("never"),
                         "--html",
                         path("audit.html")}),
              Exit::ok)
        << err.str();
    EXPECT_THAT(out.str(), HasSubstr("would have acted 1 time, now 0; 0 alike, 0 new, 1 gone, 0"));
    EXPECT_THAT(out.str(), HasSubstr("gone run gateway restart restart 2026-11-22T"));
    EXPECT_THAT(text_of("audit.html"), HasSubstr("Would have acted 1 time, now 0: 0 alike, 0 new"));
    EXPECT_EQ(run_words({"audit",
                         "--recording",
                         path("recording"),
                         "--against",
                         path("never"),
                         "--since",
                         "2026-11-22T02:10:00Z",
                         "--json"}),
              Exit::ok);
    const auto later = Document::parse(out.str());
    ASSERT_TRUE(later);
    EXPECT_EQ(later->root()["acted"].number(), 0);
    EXPECT_EQ(later->root().at("against.first").number(), 0);
}

TEST_F(AuditVerbTest, SaysWhatIsWrongAndWhatToDo) {
    EXPECT_EQ(run_words({"audit", "--recording", path("none")}), Exit::no_input);
    EXPECT_EQ(run_words({"audit", "--bundles", path("none")}), Exit::no_input);
    EXPECT_THAT(err.str(), HasSubstr("there are no bundles of incidents in it"));
    EXPECT_EQ(run_words({"audit", "--ledger", path("none")}), Exit::no_input);
    EXPECT_EQ(run_words({"audit", "--recording", path("recording"), "--since", "yore"}),
              Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("\"yore\" is no time"));
    EXPECT_EQ(run_words({"audit", "--since", "2026-11-22", "--until", "2026-11-21"}), Exit::usage);
    EXPECT_EQ(run_words({"audit", "--recording", "a", "--ledger", "b"}), Exit::usage);
    EXPECT_EQ(run_words({"audit", "--against", "a"}), Exit::usage);
    EXPECT_EQ(
        run_words(
            {"audit", "--recording", path("recording"), "--html", path("no/such/folder.html")}),
        Exit::no_input);
}

// A name that would be markup, if it were not escaped.
constexpr const char* hostile = "<script>alert(1)</script>\"'&";

AuditFindings many(std::size_t targets, std::size_t actions) {
    AuditFindings findings;
    findings.of = hostile;
    findings.report.from = wall_from_us(1'795'312'800'000'000);
    findings.report.to = findings.report.from + std::chrono::hours{24 * 30};
    for (std::size_t i = 0; i < targets; ++i) {
        replay::AuditTarget target;
        target.name = hostile + std::to_string(i);
        target.host = hostile;
        target.incidents = actions;
        target.guards.first[static_cast<std::size_t>(Guard::cooldown)] = i;
        for (std::size_t k = 0; k < actions; ++k) {
            replay::AuditAction action;
            action.id = std::to_string(k);
            action.kind = hostile;
            action.intended = findings.report.from + std::chrono::minutes{k * 80};
            action.outcome = k % 3 == 0 ? Outcome::worse : Outcome::improved;
            action.before = {{hostile, Severity::error, "0.4", hostile},
                             {"unit", Severity::critical, "failed", ""}};
            action.after = {{hostile, Severity::ok, "0.1", hostile}};
            target.actions.push_back(action);
            target.steps.push_back({action.intended, Level::restart});
            target.steps.push_back({action.intended + std::chrono::minutes{40}, Level::steady});
        }
        target.rungs[index_of(Level::restart)].acted = actions;
        findings.report.rungs[index_of(Level::restart)].acted += actions;
        findings.report.total.acted += actions;
        findings.report.targets.push_back(std::move(target));
    }
    return findings;
}

TEST(AuditPageTest, IsBoundedHoweverMuchThereIs) {
    const std::string page = audit_page(many(300, 500));
    EXPECT_LE(page.size(), audit_page_limit);
    EXPECT_GT(page.size(), audit_page_limit / 10);
    EXPECT_THAT(page, HasSubstr("without a section of their own: the page is bounded."));
    EXPECT_THAT(page, HasSubstr(" of 500 actions, before and after"));
}

TEST(AuditPageTest, EscapesWhatComesFromOutside) {
    const std::string page = audit_page(many(2, 3));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    EXPECT_THAT(page, HasSubstr("default-src &#39;none&#39;"));
}

TEST(AuditPageTest, NothingIllIsSaidInAFewWords) {
    AuditFindings nothing;
    nothing.of = "primumd's ledger";
    EXPECT_THAT(audit_page(nothing), HasSubstr("Nothing was ill in this time."));
}

TEST(AuditTextTest, ControlCharactersDoNotReachTheTerminal) {
    AuditFindings findings = many(1, 1);
    findings.report.targets[0].name = "a\x1b[2J";
    EXPECT_THAT(audit_text(findings, Painter{false}), Not(HasSubstr("\x1b")));
}

TEST(AuditWordsTest, SaysHowSureAFigureIs) {
    using std::chrono::seconds;
    EXPECT_EQ(share_text({0, 0}), "-");
    EXPECT_EQ(share_text({10, 8}), "80 % (8 of 10; 49..95 %)");
    EXPECT_EQ(share_text({1'000, 999}), "99 % (999 of 1000; 99..100 %)");
    EXPECT_EQ(spread_text({}), "-");
    replay::Spread spread;
    spread.count = 1;
    spread.median = seconds{90};
    EXPECT_EQ(spread_text(spread), "1m 30s (once)");
    spread.count = 7;
    spread.low = seconds{60};
    spread.high = seconds{120};
    EXPECT_EQ(spread_text(spread), "1m 30s (median of 7; 1m..2m)");
    EXPECT_EQ(cost_text({7, 3, seconds{120}}), "7 in 2m (before: 3)");
    EXPECT_EQ(cost_text({7, std::nullopt, seconds{120}}), "7 in 2m");
}

}  // namespace
}  // namespace primum::ctl

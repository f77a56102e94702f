// SPDX-License-Identifier: MIT
#include "rendering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

class RenderStatusTest : public Rendering {};

StatusExtras extras_with(const char* actions = nullptr) {
    StatusExtras extras;
    if (actions != nullptr) {
        extras.actions = Document::parse(actions);
        extras.incidents = Document::parse(incidents_json);
        extras.sources = Document::parse(sources_json);
        extras.explanations.emplace("gateway", *Document::parse(explain_json));
    }
    return extras;
}

// So many ill targets, and nothing else.
std::string ill_host(std::size_t count) {
    std::string ill;
    for (std::size_t i = 0; i < count; ++i) {
        ill += (i == 0 ? "" : ",") + std::string{R"({"name":"t)"} + std::to_string(i) +
               R"(","level":"observe","phase":"waiting","severity":"error","incident":0})";
    }
    return R"({"v":1,"host":{"mode":"enforce"},"ill":[)" + ill + "]}";
}

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(RenderStatusTest, ShowsTheHostInOneScreen) {
    expect_golden("status", render_status(document(status_json), extras_with(actions_json), plain));
}

TEST_F(RenderStatusTest, SaysWhatIsWrong) {
    expect_golden("failed_status",
                  render_status(document(failed_status_json), extras_with(), plain));
}

TEST_F(RenderStatusTest, IsNeverLongerOrWiderThanTheTerminal) {
    for (const std::size_t ill : {0U, 1U, 2U, 3U, 100U}) {
        for (const std::uint32_t rows : {14U, 15U, 16U, 17U, 24U, 50U}) {
            StatusExtras extras = extras_with(actions_json);
            extras.rows = rows;
            const std::string text =
                render_status(document(ill_host(ill)), extras, Painter{false, 70});
            EXPECT_LT(lines_of(text), rows) << text;
            std::istringstream lines{text};
            for (std::string line; std::getline(lines, line);) {
                EXPECT_LE(display_width(line), 70U) << line;
            }
        }
    }
    StatusExtras extras = extras_with();
    extras.rows = 24;
    EXPECT_THAT(render_status(document(ill_host(100)), extras, plain),
                HasSubstr(" more: primumctl list --ill\n"));
}

TEST_F(RenderStatusTest, SaysWhomItCannotTell) {
    const auto shown = [&](const std::string& problem) {
        const std::string json =
            R"({"v":1,"daemon":{"notices":[{"channel":"alertmanager","waiting":3,)"
            R"("oldest_us":120000000,"problem":")" +
            problem + R"("}]}})";
        return render_status(document(json.c_str()), extras_with(), plain);
    };
    EXPECT_THAT(shown("refused"),
                HasSubstr("notices      NOT DELIVERED to alertmanager: refused; 3 waiting, for up "
                          "to 2m"));
    EXPECT_THAT(shown(""), Not(HasSubstr("notices")));
}

TEST_F(RenderStatusTest, SaysWhenAnOperatorDisabledAll) {
    const auto shown = [&](const char* json) {
        return render_status(document(json), extras_with(), plain);
    };
    const char* const line = "state        OFF: disabled by an operator";
    EXPECT_THAT(shown(R"({"v":1,"host":{"disabled":true}})"), HasSubstr(line));
    EXPECT_THAT(shown(R"({"v":1,"host":{"holds":[{"disable":true,"target":""}]}})"),
                HasSubstr(line));
    EXPECT_THAT(shown(R"({"v":1,"host":{"mode":"enforce","holds":[{"disable":true,"target":"gw"},)"
                      R"({"disable":false,"target":""}]}})"),
                HasSubstr("state        acting (mode enforce)"));
}

TEST_F(RenderStatusTest, SaysWhichBreakerIsTripped) {
    const auto shown = [&](const char* target) {
        return render_status(
            document(fmt::format(R"({{"v":1,"host":{{"mode":"enforce","breakers":[)"
                                 R"({{"target":"{}","reason":"worse","detail":"u-3"}}]}}}})",
                                 target)),
            extras_with(),
            plain);
    };
    EXPECT_THAT(shown(""), HasSubstr("BREAKER TRIPPED for the host: worse (u-3); primumctl reset"));
    EXPECT_THAT(shown(""), Not(HasSubstr("acting")));
    EXPECT_THAT(shown("gw"), HasSubstr("primumctl reset-breaker gw\n             acting"));
}

TEST_F(RenderStatusTest, SaysWhatTheHostWaitsFor) {
    EXPECT_THAT(
        render_status(document(R"({"v":1,"host":{"busy":"the boot"}})"), extras_with(), plain),
        HasSubstr("waiting for  the boot"));
    EXPECT_THAT(render_status(document(R"({"v":1,"host":{"busy":""}})"), extras_with(), plain),
                Not(HasSubstr("waiting for")));
}

TEST_F(RenderStatusTest, SurvivesAnEmptyDocument) {
    const std::string text = render_status(document(R"({"v":1})"), extras_with(), plain);
    EXPECT_THAT(text, HasSubstr("none in force"));
}

TEST_F(RenderStatusTest, PaintsOnlyOnATerminal) {
    const Document status = document(failed_status_json);
    EXPECT_THAT(render_status(status, extras_with(), Painter{true}), HasSubstr("\x1b[31mOFF:"));
    EXPECT_THAT(render_status(status, extras_with(), plain), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "rendering.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

class RenderStatusTest : public Rendering {};

TEST_F(RenderStatusTest, ShowsTheHostInOneScreen) {
    const Document actions = document(actions_json);
    expect_golden("status", render_status(document(status_json), &actions, plain));
}

TEST_F(RenderStatusTest, SaysWhatIsWrong) {
    expect_golden("failed_status", render_status(document(failed_status_json), nullptr, plain));
}

TEST_F(RenderStatusTest, SaysWhenAnOperatorDisabledAll) {
    const auto shown = [&](const char* json) {
        return render_status(document(json), nullptr, plain);
    };
    const char* const line = "off switch   ON: disabled by an operator";
    EXPECT_THAT(shown(R"({"v":1,"host":{"disabled":true}})"), HasSubstr(line));
    EXPECT_THAT(shown(R"({"v":1,"host":{"holds":[{"disable":true,"target":""}]}})"),
                HasSubstr(line));
    EXPECT_THAT(shown(R"({"v":1,"host":{"holds":[{"disable":true,"target":"gw"},)"
                      R"({"disable":false,"target":""}]}})"),
                HasSubstr("off switch   not set"));
}

TEST_F(RenderStatusTest, SaysWhatTheHostWaitsFor) {
    EXPECT_THAT(render_status(document(R"({"v":1,"host":{"busy":"the boot"}})"), nullptr, plain),
                HasSubstr("waiting for  the boot"));
    EXPECT_THAT(render_status(document(R"({"v":1,"host":{"busy":""}})"), nullptr, plain),
                Not(HasSubstr("waiting for")));
}

TEST_F(RenderStatusTest, SurvivesAnEmptyDocument) {
    const std::string text = render_status(document(R"({"v":1})"), nullptr, plain);
    EXPECT_THAT(text, HasSubstr("none in force"));
}

TEST_F(RenderStatusTest, PaintsOnlyOnATerminal) {
    const Document status = document(failed_status_json);
    EXPECT_THAT(render_status(status, nullptr, Painter{true}), HasSubstr("\x1b[31mON:"));
    EXPECT_THAT(render_status(status, nullptr, plain), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace primum::ctl

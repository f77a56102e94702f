// SPDX-License-Identifier: MIT
#include "rendering.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;

class RenderExplainTest : public Rendering {};

TEST_F(RenderExplainTest, AnswersWhyAndWhatComesNext) {
    expect_golden("explain", render_explain(document(explain_json), plain));
}

TEST_F(RenderExplainTest, ShowsATargetInShort) {
    expect_golden("show", render_show(document(explain_json), plain));
}

TEST_F(RenderExplainTest, SaysWhatKeepsPrimumOff) {
    const std::string text = render_show(
        document(R"({"v":1,"explanation":{"target":{"name":"gw","held":true,"disabled":true,)"
                 R"("flapping":true}}})"),
        plain);
    EXPECT_THAT(text, HasSubstr("flapping     yes"));
    EXPECT_THAT(text, HasSubstr("held         yes"));
    EXPECT_THAT(text, HasSubstr("disabled     yes"));
    EXPECT_THAT(text, HasSubstr("next         nothing"));
}

}  // namespace
}  // namespace primum::ctl

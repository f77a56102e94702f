// SPDX-License-Identifier: MIT
#include "rendering.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

class RenderSourcesTest : public Rendering {};

TEST_F(RenderSourcesTest, ListsThem) {
    expect_golden("sources", render_sources(document(sources_json), plain));
    EXPECT_EQ(render_sources(document(R"({"v":1})"), plain), "the rules in force have no source\n");
}

TEST_F(RenderSourcesTest, ShowsOneInFull) {
    expect_golden("source", render_source(document(source_json), plain));
}

TEST_F(RenderSourcesTest, SaysWhatToDoAboutEveryFailure) {
    for (const auto failure : enum_names<SourceFailure>) {
        const std::string json = R"({"v":1,"source":{"name":"x","ok":false,"ever":true,)"
                                 R"("error_class":")" +
                                 std::string{failure} + "\"}}";
        const auto text = render_source(document(json), plain);
        EXPECT_THAT(text, HasSubstr("failed: " + std::string{failure}));
        if (failure != "none") {
            EXPECT_THAT(text, HasSubstr("What to do: "));
            EXPECT_THAT(text, Not(HasSubstr("What to do: ."))) << failure;
        }
    }
}

TEST_F(RenderSourcesTest, SaysNothingOfFailuresWhenAllIsWell) {
    const auto text = render_source(
        document(R"({"v":1,"source":{"name":"x","ok":true,"ever":true,"error_class":""}})"), plain);
    EXPECT_THAT(text, HasSubstr("x    ok"));
    EXPECT_THAT(text, HasSubstr("no indicator uses it"));
    EXPECT_THAT(text, Not(HasSubstr("What to do")));
    EXPECT_THAT(text, Not(HasSubstr("last failure")));
}

}  // namespace
}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "rendering.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;

class RenderIncidentTest : public Rendering {};

TEST_F(RenderIncidentTest, TellsTheStoryInOrder) {
    expect_golden("incident", render_incident(document(incident_json), plain));
}

TEST_F(RenderIncidentTest, SaysHowAnOpenOneStands) {
    const std::string text = render_incident(
        document(
            R"({"v":1,"story":{"incident":{"incident":{"id":3,"target":"source:m","open":true,)"
            R"("dry_run":true,"level":"observe","phase":"waiting","reason":"timeout"}}}})"),
        plain);
    EXPECT_THAT(text, HasSubstr("Incident 3 of source:m"));
    EXPECT_THAT(text, HasSubstr("open       waiting, at observe"));
    EXPECT_THAT(text, HasSubstr("reason     timeout (only dry-run so far)"));
    EXPECT_THAT(text, HasSubstr("no step of it is on record"));
}

}  // namespace
}  // namespace primum::ctl

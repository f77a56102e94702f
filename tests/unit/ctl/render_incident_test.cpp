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

// A diff stands beneath the story as it is, with nothing in it that could steer a terminal.
TEST_F(RenderIncidentTest, ShowsWhatSomebodyChangedSince) {
    const std::string text = render_incident(
        document(
            R"({"v":1,"story":{"incident":{"incident":{"id":3,"target":"web"}},"transitions":[)"
            R"({"action":"u-1","at":{"t_us":1,"wall_us":1795316460500000},)"
            R"("state":"rollback_failed","reason":"operator","detail":"conflict: /etc/a",)"
            R"("facts":{"conflict":"--- /etc/a\n-good\n+mine\u001b[2J\n"}}]}})"),
        plain);
    EXPECT_THAT(text,
                HasSubstr("\nChanged by somebody since action u-1, and left alone:\n"
                          "  --- /etc/a\n  -good\n  +mine?[2J\n"));
}

}  // namespace
}  // namespace primum::ctl

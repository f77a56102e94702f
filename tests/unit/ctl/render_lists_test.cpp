// SPDX-License-Identifier: MIT
#include "rendering.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;

class RenderListsTest : public Rendering {};

TEST_F(RenderListsTest, ListsTargetsIllOnesFirst) {
    expect_golden("targets", render_targets(document(targets_json), false, plain));
    expect_golden("ill_targets", render_targets(document(targets_json), true, plain));
}

TEST_F(RenderListsTest, ListsIncidentsAndActions) {
    expect_golden("incidents", render_incidents(document(incidents_json), plain));
    expect_golden("actions", render_actions(document(actions_json), plain));
}

TEST_F(RenderListsTest, ListsProvidersAndShowsOne) {
    const Document providers = document(providers_json);
    expect_golden("providers", render_providers(providers, plain));
    expect_golden("provider", render_provider(providers, "upstream", plain));
    EXPECT_EQ(render_provider(providers, "nobody", plain), "");
}

TEST_F(RenderListsTest, SaysWhenThereIsNothing) {
    const Document empty = document(R"({"v":1})");
    EXPECT_EQ(render_targets(empty, false, plain), "the rules in force have no target\n");
    EXPECT_EQ(render_targets(empty, true, plain), "no target is ill\n");
    EXPECT_EQ(render_providers(empty, plain), "the rules in force have no provider\n");
    EXPECT_EQ(render_incidents(empty, plain), "no incident is on record\n");
    EXPECT_EQ(render_actions(empty, plain), "no action is on record\n");
}

TEST_F(RenderListsTest, SaysWhatAnActionCameTo) {
    const auto result = [](const char* json) {
        const Document row = document(json);
        return action_result(row.root());
    };
    EXPECT_EQ(result(R"({"v":1,"state":"intended"})"), "intended");
    EXPECT_EQ(result(R"({"v":1,"state":"started"})"), "running");
    EXPECT_EQ(result(R"({"v":1,"state":"finished","result":"failed"})"), "failed");
    EXPECT_EQ(result(R"({"v":1,"state":"finished","result":"ambiguous"})"), "ambiguous");
    EXPECT_EQ(result(R"({"v":1,"state":"rolled_back","result":"done","outcome":"worse"})"),
              "done, worse, rolled_back");
    EXPECT_EQ(result(R"({"v":1,"state":"kept","result":"none","outcome":"none"})"), "kept");
    EXPECT_EQ(result(R"({"v":1,"state":"intended","action":{"dry_run":true}})"), "would act");
}

TEST_F(RenderListsTest, NamesWhatKeepsPrimumOffATarget) {
    const std::string text = render_targets(
        document(R"({"v":1,"targets":[{"name":"x","level":"retry","held":true,"flapping":true}]})"),
        false,
        plain);
    EXPECT_THAT(text, HasSubstr("held, flapping"));
}

TEST_F(RenderListsTest, LetsNoRecordSteerTheTerminal) {
    const std::string text = render_targets(
        document(R"({"v":1,"targets":[{"name":"\u001b[2Jx","level":"retry"}]})"), false, plain);
    EXPECT_THAT(text, HasSubstr("?[2Jx"));
}

}  // namespace
}  // namespace primum::ctl

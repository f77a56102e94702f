// SPDX-License-Identifier: MIT
#include "service_fixture.hpp"

#include <string>
#include <vector>

namespace primum::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ManagerTest : public testing::ServiceFixture {};

// What a listener saw of one signal.
struct Heard {
    std::vector<std::string> members;
    std::vector<std::string> first_texts;
};

int on_signal(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
    auto& heard = *static_cast<Heard*>(userdata);
    heard.members.emplace_back(sd_bus_message_get_member(message));
    const char* text = nullptr;
    sd_bus_message_read_basic(message, 's', static_cast<void*>(&text));
    heard.first_texts.emplace_back(text == nullptr ? "" : text);
    return 0;
}

TEST_F(ManagerTest, SurvivesAnyException) {
    start();
    backend.throws = true;
    const testing::Answer answer = call("Status", {});
    EXPECT_EQ(answer.error, "org.primum.Error.Internal");
    EXPECT_THAT(answer.message, HasSubstr("out of luck"));
    backend.throws = false;
    EXPECT_EQ(call("Status", {}).error, "");
}

TEST_F(ManagerTest, TellsPropertiesOnlyWhenTheyChange) {
    start();
    Heard heard;
    ASSERT_GE(sd_bus_match_signal(caller->bus(),
                                  nullptr,
                                  nullptr,
                                  object_path,
                                  "org.freedesktop.DBus.Properties",
                                  "PropertiesChanged",
                                  on_signal,
                                  &heard),
              0);
    service->host_changed();
    backend.host_view.disabled = true;
    service->host_changed();
    service->host_changed();
    EXPECT_EQ(call("Status", {}).error, "");
    EXPECT_THAT(heard.members, SizeIs(1));
    backend.host_view.disabled = false;
    HoldView disable;
    disable.hold.disable = true;
    backend.host_view.holds = {disable};
    service->host_changed();
    EXPECT_EQ(call("Status", {}).error, "");
    EXPECT_THAT(heard.members, SizeIs(1)) << "the file went, a disable of all came: still off";
    backend.host_view.holds.clear();
    service->host_changed();
    EXPECT_EQ(call("Status", {}).error, "");
    EXPECT_THAT(heard.members, SizeIs(2));
}

TEST_F(ManagerTest, HasProperties) {
    start();
    backend.host_view.mode = Mode::enforce;
    std::string got;
    const auto read = [](sd_bus_message* reply, void* userdata, sd_bus_error*) {
        const char* text = nullptr;
        sd_bus_message_enter_container(reply, 'v', "s");
        sd_bus_message_read_basic(reply, 's', static_cast<void*>(&text));
        *static_cast<std::string*>(userdata) = text == nullptr ? "?" : text;
        return 0;
    };
    for (const auto& [name, value] :
         {std::pair{"Version", "0.1.0"}, std::pair{"Mode", "enforce"}}) {
        got.clear();
        ASSERT_GE(sd_bus_call_method_async(caller->bus(),
                                           nullptr,
                                           service_name,
                                           object_path,
                                           "org.freedesktop.DBus.Properties",
                                           "Get",
                                           read,
                                           &got,
                                           "ss",
                                           manager_interface,
                                           name),
                  0);
        EXPECT_TRUE(pump([&] { return !got.empty(); }));
        EXPECT_EQ(got, value);
    }
}

TEST_F(ManagerTest, TellsSignals) {
    start();
    Heard heard;
    ASSERT_GE(sd_bus_match_signal(caller->bus(),
                                  nullptr,
                                  nullptr,
                                  object_path,
                                  manager_interface,
                                  nullptr,
                                  on_signal,
                                  &heard),
              0);
    LevelChanged change;
    change.target = "gateway";
    change.to = Level::retry;
    service->level_changed(change);
    service->incident_changed(testing::FakeBackend::incident_row().incident);
    service->target_changed("postgres");
    EXPECT_TRUE(pump([&] { return heard.members.size() == 3; }));
    EXPECT_THAT(heard.members, ElementsAre("LevelChanged", "IncidentChanged", "TargetChanged"));
    EXPECT_THAT(heard.first_texts, ElementsAre("gateway", "", "postgres"));
    EXPECT_EQ(service->signals_lost(), 0U);
}

}  // namespace
}  // namespace primum::bus

// SPDX-License-Identifier: MIT
#include "service_fixture.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

namespace primum::bus {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* root = "/org/primum/Primum1";
constexpr const char* gateway = "/org/primum/Primum1/target/gateway";
constexpr const char* target_interface = "org.primum.Primum1.Target";
constexpr const char* incident_interface = "org.primum.Primum1.Incident";

int keep(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
    static_cast<std::vector<std::string>*>(userdata)->push_back(testing::dump_of(message));
    return 0;
}

TargetSummary target(const std::string& name) {
    TargetSummary summary;
    summary.name = name;
    summary.unit = name + ".service";
    return summary;
}

IncidentRecord incident(std::uint64_t id, const std::string& of) {
    IncidentRecord record;
    record.id = id;
    record.target = of;
    record.level = Level::retry;
    record.reason = "up error: 0";
    return record;
}

class ObjectsTest : public testing::ServiceFixture {
protected:
    testing::Answer ask(const std::string& path,
                        const std::string& interface,
                        const std::string& method,
                        const std::vector<testing::Argument>& arguments) {
        const auto answer = caller->send_to(path, interface, method, arguments);
        EXPECT_TRUE(pump([&] { return answer->arrived; })) << method << " is not answered";
        return *answer;
    }
    testing::Answer all_of(const std::string& path, const std::string& interface) {
        return ask(path, "org.freedesktop.DBus.Properties", "GetAll", {interface});
    }
    void listen() {
        start();
        ASSERT_GE(sd_bus_match_signal(
                      caller->bus(), nullptr, nullptr, nullptr, nullptr, nullptr, keep, &heard_),
                  0);
    }
    // Of signals with this member, those that came since the last time.
    std::vector<std::string> heard(const std::string& member) {
        EXPECT_EQ(call("Status", {}).error, "");  // signals come before this answer
        std::vector<std::string> found;
        for (std::string& each : heard_) {
            if (each.find("Member=" + member) != std::string::npos) {
                found.push_back(std::move(each));
            }
        }
        heard_.clear();
        return found;
    }

    std::vector<std::string> heard_;
};

TEST_F(ObjectsTest, ATargetHasItsProperties) {
    TargetSummary summary = target("gateway");
    summary.level = Level::restart;
    summary.phase = Phase::verifying;
    summary.severity = Severity::critical;
    summary.incident = 7;
    summary.sev = Sev::sev2;
    summary.held = true;
    summary.reason = "condition_met";
    backend.target_list = {summary};
    start();
    const testing::Answer all = all_of(gateway, target_interface);
    EXPECT_EQ(all.error, "");
    for (const char* said : {"\"Name\"",
                             "\"gateway.service\"",
                             "\"restart\"",
                             "\"verifying\"",
                             "\"critical\"",
                             "\"SEV-2\"",
                             "\"/org/primum/Primum1/incident/7\"",
                             "\"condition_met\""}) {
        EXPECT_THAT(all.dump, HasSubstr(said));
    }
    EXPECT_EQ(all_of("/org/primum/Primum1/target/nobody", target_interface).error,
              "org.freedesktop.DBus.Error.UnknownObject");
}

TEST_F(ObjectsTest, NamesThatAreNoPathsAreEscaped) {
    backend.target_list = {target("web@eu-1.example"), target("5")};
    start();
    EXPECT_THAT(all_of("/org/primum/Primum1/target/web_40eu_2d1_2eexample", target_interface).dump,
                HasSubstr("web@eu-1.example.service"));
    EXPECT_THAT(all_of("/org/primum/Primum1/target/_35", target_interface).dump,
                HasSubstr("5.service"));
}

TEST_F(ObjectsTest, TheTreeIsListed) {
    backend.target_list = {target("gateway"), target("web")};
    backend.incident_list = {incident(7, "gateway"), incident(9, "source:metrics")};
    start();
    const testing::Answer all =
        ask(root, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", {});
    EXPECT_EQ(all.error, "");
    EXPECT_THAT(all.dump,
                AllOf(HasSubstr(gateway),
                      HasSubstr("/org/primum/Primum1/target/web"),
                      HasSubstr("/org/primum/Primum1/incident/7"),
                      HasSubstr("/org/primum/Primum1/incident/9")));
    const testing::Answer children =
        ask("/org/primum/Primum1/target", "org.freedesktop.DBus.Introspectable", "Introspect", {});
    EXPECT_THAT(children.text, HasSubstr("<node name=\"gateway\"/>"));
}

TEST_F(ObjectsTest, ATargetHasItsVerbs) {
    backend.target_list = {target("gateway")};
    start(as_root());
    EXPECT_THAT(ask(gateway, target_interface, "Explain", {}).text, HasSubstr("\"explanation\""));
    const std::uint64_t minute = testing::minute_us;
    EXPECT_EQ(ask(gateway, target_interface, "Hold", {minute, "x"}).error, "");
    EXPECT_EQ(ask(gateway, target_interface, "Release", {"x"}).error, "");
    EXPECT_EQ(ask(gateway, target_interface, "Disable", {minute, "x"}).error, "");
    EXPECT_EQ(ask(gateway, target_interface, "Enable", {"x"}).error, "");
    EXPECT_EQ(ask(gateway, target_interface, "Force", {"restart", "x"}).error, "");
    EXPECT_EQ(ask(gateway, target_interface, "ResetBreaker", {"x"}).error, "");
    ASSERT_THAT(backend.commands, SizeIs(6));
    const std::vector<OperatorVerb> verbs{OperatorVerb::hold,
                                          OperatorVerb::release,
                                          OperatorVerb::disable,
                                          OperatorVerb::enable,
                                          OperatorVerb::force,
                                          OperatorVerb::reset_breaker};
    for (std::size_t i = 0; i < verbs.size(); ++i) {
        EXPECT_EQ(backend.commands[i].verb, verbs[i]);
        EXPECT_EQ(backend.commands[i].target, "gateway");
        EXPECT_EQ(backend.commands[i].uid, geteuid());
        EXPECT_EQ(backend.commands[i].caller.pid, static_cast<std::uint32_t>(getpid()));
    }
    EXPECT_EQ(backend.commands[4].level, Level::restart);
    EXPECT_EQ(ask(gateway, target_interface, "Hold", {minute, " "}).error,
              "org.primum.Error.NoReason");
    EXPECT_EQ(ask(gateway, target_interface, "Hold", {std::uint64_t{0}, "x"}).error,
              "org.primum.Error.NoLength");
    EXPECT_EQ(ask(gateway, target_interface, "Force", {"steady", "x"}).error,
              "org.primum.Error.InvalidArgument");
    EXPECT_EQ(ask(gateway, target_interface, "Hold", {"x"}).error,
              "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_THAT(backend.commands, SizeIs(6));
}

TEST_F(ObjectsTest, AnIncidentHasItsVerbs) {
    backend.incident_list = {incident(7, "gateway")};
    start(as_root());
    const std::string path = "/org/primum/Primum1/incident/7";
    EXPECT_THAT(ask(path, incident_interface, "Story", {}).text, HasSubstr("\"story\""));
    EXPECT_EQ(ask(path, incident_interface, "Acknowledge", {"seen"}).error, "");
    ASSERT_THAT(backend.commands, SizeIs(1));
    EXPECT_EQ(backend.commands[0].verb, OperatorVerb::acknowledge);
    EXPECT_EQ(backend.commands[0].incident, 7U);
    EXPECT_EQ(ask("/org/primum/Primum1/incident/8", incident_interface, "Story", {}).error,
              "org.freedesktop.DBus.Error.UnknownObject");
}

TEST_F(ObjectsTest, AUserIsAQuestionToPolkitHereToo) {
    backend.target_list = {target("gateway")};
    start(as_user());
    polkit = std::make_unique<testing::FakePolkit>();
    polkit->says = testing::FakePolkit::Says::no;
    EXPECT_EQ(ask(gateway, target_interface, "Force", {"restart", "x"}).error,
              "org.primum.Error.NotAuthorized");
    EXPECT_THAT(polkit->asked, ::testing::ElementsAre("org.primum.force"));
    EXPECT_THAT(backend.commands, IsEmpty());
}

TEST_F(ObjectsTest, WhatChangesIsTold) {
    backend.target_list = {target("gateway")};
    listen();
    backend.target_list[0].level = Level::retry;
    service->target_changed("gateway");
    const auto changed = heard("PropertiesChanged");
    ASSERT_THAT(changed, SizeIs(1));
    EXPECT_THAT(changed[0], AllOf(HasSubstr("Path=" + std::string{gateway}), HasSubstr("Level")));
    EXPECT_THAT(changed[0], Not(HasSubstr("Phase"))) << "only what changed";
    service->target_changed("gateway");
    EXPECT_THAT(heard("PropertiesChanged"), IsEmpty());
}

TEST_F(ObjectsTest, TargetsComeAndGoWithTheRules) {
    backend.target_list = {target("gateway"), target("web")};
    backend.host_view.rules_digest = "one";
    listen();
    service->host_changed();
    EXPECT_THAT(heard("InterfacesAdded"), IsEmpty());
    backend.host_view.rules_digest = "two";
    backend.target_list = {target("db"), target("web")};
    service->host_changed();
    std::vector<std::string> both = heard("InterfacesAdded");
    ASSERT_THAT(both, SizeIs(1));
    EXPECT_THAT(both[0], AllOf(HasSubstr("/target/db"), HasSubstr("db.service")));
    backend.host_view.rules_digest = "three";
    backend.target_list = {target("db")};
    service->host_changed();
    const auto removed = heard("InterfacesRemoved");
    ASSERT_THAT(removed, SizeIs(1));
    EXPECT_THAT(removed[0], HasSubstr("/target/web"));
    EXPECT_EQ(service->signals_lost(), 0U);
}

TEST_F(ObjectsTest, IncidentsOpenAndClose) {
    listen();
    IncidentRecord record = incident(9, "gateway");
    service->incident_changed(record);
    EXPECT_THAT(heard("InterfacesAdded"), Contains(HasSubstr("/incident/9")));
    record.sev = Sev::sev1;
    record.acknowledged_by = 1000;
    service->incident_changed(record);
    EXPECT_THAT(heard("PropertiesChanged"),
                Contains(AllOf(HasSubstr("SEV-1"), HasSubstr("AcknowledgedBy"))));
    record.open = false;
    service->incident_changed(record);
    EXPECT_THAT(heard("InterfacesRemoved"), Contains(HasSubstr("/incident/9")));
    EXPECT_EQ(all_of("/org/primum/Primum1/incident/9", incident_interface).error,
              "org.freedesktop.DBus.Error.UnknownObject");
}

TEST_F(ObjectsTest, ListsComeInPages) {
    backend.target_list = {target("a"), target("b"), target("c")};
    start();
    const testing::Answer first = call("ListTargetsAfter", {std::uint32_t{2}, ""});
    EXPECT_THAT(first.text, AllOf(HasSubstr("\"a\""), HasSubstr("\"b\"")));
    EXPECT_THAT(first.text, Not(HasSubstr("\"c\"")));
    EXPECT_THAT(call("ListTargetsAfter", {std::uint32_t{2}, "b"}).text, HasSubstr("\"c\""));
    EXPECT_EQ(call("ListTargetsAfter", {std::uint32_t{0}, ""}).error,
              "org.primum.Error.InvalidArgument");
}

// Prints what a great many targets cost; asserts only that they are all there.
TEST_F(ObjectsTest, ThousandsOfTargetsAreNoBurden) {
    for (const int many : {1'000, 5'000}) {
        backend.target_list.clear();
        for (int i = 0; i < many; ++i) {
            backend.target_list.push_back(target("t" + std::to_string(i)));
        }
        using Clock = std::chrono::steady_clock;
        const auto milliseconds = [](Clock::duration span) {
            return std::chrono::duration<double, std::milli>(span).count();
        };
        const auto before = Clock::now();
        start();
        const auto started = Clock::now();
        const testing::Answer all =
            ask(root, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", {});
        const auto walked = Clock::now();
        backend.host_view.rules_digest = "of " + std::to_string(many);
        backend.target_list.clear();
        service->host_changed();
        const auto gone = Clock::now();
        EXPECT_EQ(all.error, "");
        EXPECT_THAT(all.dump, HasSubstr("/t" + std::to_string(many - 1)));
        std::cout << many << " targets: registered in " << milliseconds(started - before)
                  << " ms, GetManagedObjects with its dump " << milliseconds(walked - started)
                  << " ms, all told to be gone in " << milliseconds(gone - walked) << " ms\n";
        EXPECT_EQ(service->signals_lost(), 0U);
        service.reset();
        connection = sdbus::createSystemBusConnection();
    }
}

}  // namespace
}  // namespace primum::bus

// SPDX-License-Identifier: MIT
#pragma once

#include "private_bus.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/unit_table.hpp"

#include <primum/clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <systemd/sd-bus.h>
#include <unistd.h>

namespace primum::systemd::testing {

// systemd on a private bus, as far as primum asks it.
class FakeSystemd {
public:
    struct Unit {
        std::string load_state = "loaded";
        std::string active_state = "active";
        std::string sub_state = "running";
        std::string result = "success";
        std::string restart = "no";
        std::uint32_t job = 0;
        std::uint64_t main_exited_us = 0;
        std::uint8_t invocation = 0xaa;
        std::uint32_t main_pid = 100;
        std::uint32_t control_pid = 0;
        std::uint32_t stored_fds = 0;
        std::string user;
        bool ran = true;  // its main process was started
        std::vector<std::string> required_by;
    };

    // What StartTransientUnit was asked for; a value of a compound type is kept as its signature.
    struct Transient {
        std::string name;
        std::map<std::string, std::string> properties;
        std::map<std::string, int> descriptors;  // of the test's own, to be closed by it
    };

    FakeSystemd() : bus_(primum::bus::testing::open_bus()) {
        EXPECT_GE(
            sd_bus_add_fallback(bus_.get(), nullptr, "/org/freedesktop/systemd1", on_message, this),
            0);
        EXPECT_GE(sd_bus_request_name(bus_.get(), "org.freedesktop.systemd1", 0), 0);
    }
    FakeSystemd(const FakeSystemd&) = delete;
    FakeSystemd& operator=(const FakeSystemd&) = delete;

    void pump() {
        while (sd_bus_process(bus_.get(), nullptr) > 0) {
        }
        sd_bus_flush(bus_.get());
    }
    // From any connection; only those of the fake's own are genuine.
    static void signal_job(
        sd_bus* from, const char* member, std::uint32_t id, const char* unit, const char* result) {
        const auto path = job_path(id);
        sd_bus_message* message = nullptr;
        EXPECT_GE(sd_bus_message_new_signal(from,
                                            &message,
                                            "/org/freedesktop/systemd1",
                                            "org.freedesktop.systemd1.Manager",
                                            member),
                  0);
        EXPECT_GE(sd_bus_message_append(message, "uos", id, path.c_str(), unit), 0);
        if (result != nullptr) {
            EXPECT_GE(sd_bus_message_append(message, "s", result), 0);
        }
        EXPECT_GE(sd_bus_send(from, message, nullptr), 0);
        sd_bus_message_unref(message);
        sd_bus_flush(from);
    }
    void job_new(std::uint32_t id, const std::string& unit, const std::string& type) {
        jobs[id] = type;
        signal_job(bus_.get(), "JobNew", id, unit.c_str(), nullptr);
    }
    void job_removed(std::uint32_t id, const std::string& unit, const std::string& result) {
        jobs.erase(id);
        signal_job(bus_.get(), "JobRemoved", id, unit.c_str(), result.c_str());
    }
    void change(const std::string& name,
                const std::string& active,
                const std::string& sub,
                const std::string& result = "success") {
        auto& unit = units[name];
        unit.active_state = active;
        unit.sub_state = sub;
        unit.result = result;
        const auto path = unit_path(name);
        const auto emit = [&](const char* interface,
                              const char* first,
                              const char* first_value,
                              const char* second,
                              const char* second_value) {
            EXPECT_GE(sd_bus_emit_signal(bus_.get(),
                                         path.c_str(),
                                         "org.freedesktop.DBus.Properties",
                                         "PropertiesChanged",
                                         "sa{sv}as",
                                         interface,
                                         2,
                                         first,
                                         "s",
                                         first_value,
                                         second,
                                         "s",
                                         second_value,
                                         0),
                      0);
        };
        emit("org.freedesktop.systemd1.Service", "Result", result.c_str(), "StatusText", "");
        emit("org.freedesktop.systemd1.Unit",
             "ActiveState",
             active.c_str(),
             "SubState",
             sub.c_str());
        sd_bus_flush(bus_.get());
    }
    void startup_finished() {
        EXPECT_GE(sd_bus_emit_signal(bus_.get(),
                                     "/org/freedesktop/systemd1",
                                     "org.freedesktop.systemd1.Manager",
                                     "StartupFinished",
                                     "tttttt",
                                     std::uint64_t{1},
                                     std::uint64_t{2},
                                     std::uint64_t{3},
                                     std::uint64_t{4},
                                     std::uint64_t{5},
                                     std::uint64_t{6}),
                  0);
    }
    void reloading_ended() {
        EXPECT_GE(sd_bus_emit_signal(bus_.get(),
                                     "/org/freedesktop/systemd1",
                                     "org.freedesktop.systemd1.Manager",
                                     "Reloading",
                                     "b",
                                     0),
                  0);
    }
    static std::string job_path(std::uint32_t id) {
        return "/org/freedesktop/systemd1/job/" + std::to_string(id);
    }

    std::map<std::string, Unit> units;
    std::map<std::uint32_t, std::string> jobs;
    std::map<std::string, int> calls;  // by member
    std::string system_state = "running";
    // What a RestartUnit or ReloadUnit does: gives the job's number, or 0 to refuse.
    std::function<std::uint32_t(const std::string& verb, const std::string& unit)> on_job;
    // The same for a StartTransientUnit.
    std::function<std::uint32_t(const Transient& unit)> on_transient;
    std::string refuse_with;  // error name for KillUnit and ResetFailedUnit; empty: none
    [[nodiscard]] const std::vector<std::string>& told() const { return told_; }

private:
    static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        auto& self = *static_cast<FakeSystemd*>(userdata);
        const std::string member = sd_bus_message_get_member(message);
        ++self.calls[member];
        if (member == "Subscribe") {
            return sd_bus_reply_method_return(message, "");
        }
        if (member == "ListUnitsByNames") {
            return self.list(message);
        }
        if (member == "Get" || member == "GetAll") {
            return self.get(message, member == "GetAll");
        }
        if (member == "StartTransientUnit") {
            return self.start_transient(message);
        }
        if (member == "KillUnit" || member == "ResetFailedUnit") {
            return self.note_call(message, member);
        }
        return self.queue(message, member);
    }

    // Keeps what was asked for, and the descriptor that the unit would print to.
    int start_transient(sd_bus_message* message) {
        Transient unit;
        const char* name = nullptr;
        const char* mode = nullptr;
        EXPECT_GE(sd_bus_message_read(message, "ss", &name, &mode), 0);
        EXPECT_STREQ(mode, "fail");
        unit.name = name;
        EXPECT_GE(sd_bus_message_enter_container(message, 'a', "(sv)"), 0);
        while (sd_bus_message_enter_container(message, 'r', "sv") > 0) {
            const char* key = nullptr;
            const char* contents = nullptr;
            EXPECT_GE(sd_bus_message_read(message, "s", &key), 0);
            EXPECT_GE(sd_bus_message_peek_type(message, nullptr, &contents), 0);
            EXPECT_GE(sd_bus_message_enter_container(message, 'v', contents), 0);
            read_property(message, unit, key, contents);
            EXPECT_GE(sd_bus_message_exit_container(message), 0);
            EXPECT_GE(sd_bus_message_exit_container(message), 0);
        }
        const std::uint32_t id = on_transient ? on_transient(unit) : 0;
        if (id == 0) {
            return sd_bus_reply_method_errorf(
                message, "org.freedesktop.systemd1.UnitExists", "there is one");
        }
        return sd_bus_reply_method_return(message, "o", job_path(id).c_str());
    }

    static void read_property(sd_bus_message* message,
                              Transient& unit,
                              const std::string& key,
                              const std::string& contents) {
        auto& value = unit.properties[key];
        if (contents == "s") {
            const char* text = nullptr;
            EXPECT_GE(sd_bus_message_read(message, "s", &text), 0);
            value = text;
        } else if (contents == "b") {
            int flag = 0;
            EXPECT_GE(sd_bus_message_read(message, "b", &flag), 0);
            value = flag != 0 ? "yes" : "no";
        } else if (contents == "t") {
            std::uint64_t number = 0;
            EXPECT_GE(sd_bus_message_read(message, "t", &number), 0);
            value = std::to_string(number);
        } else if (contents == "h") {
            int fd = -1;
            EXPECT_GE(sd_bus_message_read(message, "h", &fd), 0);
            unit.descriptors[key] = ::dup(fd);
        } else {
            value = contents;
            EXPECT_GE(sd_bus_message_skip(message, contents.c_str()), 0);
        }
    }

    int note_call(sd_bus_message* message, const std::string& member) {
        const char* unit = nullptr;
        EXPECT_GE(sd_bus_message_read(message, "s", &unit), 0);
        std::string told = member + ' ' + unit;
        if (member == "KillUnit") {
            const char* whom = nullptr;
            std::int32_t signal = 0;
            EXPECT_GE(sd_bus_message_read(message, "si", &whom, &signal), 0);
            told += ' ' + std::string(whom) + ' ' + std::to_string(signal);
        }
        told_.push_back(told);
        if (!refuse_with.empty()) {
            return sd_bus_reply_method_errorf(message, refuse_with.c_str(), "no");
        }
        return sd_bus_reply_method_return(message, "");
    }

    int list(sd_bus_message* message) {
        sd_bus_message* reply = nullptr;
        EXPECT_GE(sd_bus_message_new_method_return(message, &reply), 0);
        EXPECT_GE(sd_bus_message_enter_container(message, 'a', "s"), 0);
        EXPECT_GE(sd_bus_message_open_container(reply, 'a', "(ssssssouso)"), 0);
        const char* name = nullptr;
        while (sd_bus_message_read_basic(message, 's', static_cast<void*>(&name)) > 0) {
            if (std::string_view(name).find('!') != std::string_view::npos) {
                sd_bus_message_unref(reply);
                return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_INVALID_ARGS, "%s", name);
            }
            const auto found = units.find(name);
            const Unit unit =
                found != units.end() ? found->second : Unit{"not-found", "inactive", "dead"};
            const auto type = unit.job != 0 ? jobs[unit.job] : std::string{};
            EXPECT_GE(sd_bus_message_append(reply,
                                            "(ssssssouso)",
                                            name,
                                            "a unit",
                                            unit.load_state.c_str(),
                                            unit.active_state.c_str(),
                                            unit.sub_state.c_str(),
                                            "",
                                            "/",
                                            unit.job,
                                            type.c_str(),
                                            "/"),
                      0);
        }
        EXPECT_GE(sd_bus_message_close_container(reply), 0);
        const int sent = sd_bus_send(bus_.get(), reply, nullptr);
        sd_bus_message_unref(reply);
        return sent < 0 ? sent : 1;
    }

    static void text(sd_bus_message* reply, bool all, const char* name, const std::string& value) {
        EXPECT_GE(all ? sd_bus_message_append(reply, "{sv}", name, "s", value.c_str())
                      : sd_bus_message_append(reply, "v", "s", value.c_str()),
                  0);
    }

    int get(sd_bus_message* message, bool all) {
        const std::string path = sd_bus_message_get_path(message);
        const char* interface = nullptr;
        const char* property = "";
        EXPECT_GE(sd_bus_message_read(message, "s", &interface), 0);
        if (!all) {
            EXPECT_GE(sd_bus_message_read(message, "s", &property), 0);
        }
        const std::string key = property;
        const std::string id = unit_of_path(path);
        if (key == "SystemState") {
            return sd_bus_reply_method_return(message, "v", "s", system_state.c_str());
        }
        const auto job = jobs.find(job_number(path));
        if (id.empty() && job == jobs.end()) {
            return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_UNKNOWN_OBJECT, "gone");
        }
        sd_bus_message* reply = nullptr;
        EXPECT_GE(sd_bus_message_new_method_return(message, &reply), 0);
        if (all) {
            EXPECT_GE(sd_bus_message_open_container(reply, 'a', "{sv}"), 0);
            put_all(reply, id, units[id]);
            EXPECT_GE(sd_bus_message_close_container(reply), 0);
        } else if (id.empty()) {
            text(reply, false, "JobType", job->second);
        } else {
            put_one(reply, key, units[id]);
        }
        const int sent = sd_bus_send(bus_.get(), reply, nullptr);
        sd_bus_message_unref(reply);
        return sent < 0 ? sent : 1;
    }

    static void put_all(sd_bus_message* reply, const std::string& id, const Unit& unit) {
        text(reply, true, "Id", id);
        text(reply, true, "LoadState", unit.load_state);
        text(reply, true, "ActiveState", unit.active_state);
        text(reply, true, "SubState", unit.sub_state);
        text(reply, true, "Result", unit.result);
        const std::uint64_t started = unit.ran ? 5 : 0;
        EXPECT_GE(
            sd_bus_message_append(reply, "{sv}", "ExecMainStartTimestampMonotonic", "t", started),
            0);
        EXPECT_GE(sd_bus_message_append(reply, "{sv}", "CanReload", "b", 1), 0);
        EXPECT_GE(sd_bus_message_append(reply, "{sv}", "Job", "(uo)", unit.job, "/"), 0);
        EXPECT_GE(sd_bus_message_append(reply, "{sv}", "InvocationID", "ay", 1, unit.invocation),
                  0);
        EXPECT_GE(sd_bus_message_append(
                      reply, "{sv}", "ActiveExitTimestampMonotonic", "t", std::uint64_t{77}),
                  0);
        EXPECT_GE(sd_bus_message_open_container(reply, 'e', "sv"), 0);
        EXPECT_GE(sd_bus_message_append(reply, "s", "RequiredBy"), 0);
        EXPECT_GE(sd_bus_message_open_container(reply, 'v', "as"), 0);
        EXPECT_GE(sd_bus_message_open_container(reply, 'a', "s"), 0);
        for (const auto& name : unit.required_by) {
            EXPECT_GE(sd_bus_message_append(reply, "s", name.c_str()), 0);
        }
        for (int i = 0; i < 3; ++i) {
            EXPECT_GE(sd_bus_message_close_container(reply), 0);
        }
    }

    static void put_one(sd_bus_message* reply, const std::string& key, const Unit& unit) {
        if (key == "InvocationID") {
            EXPECT_GE(sd_bus_message_append(reply, "v", "ay", 1, unit.invocation), 0);
        } else if (key == "RestartUSec" || key == "ExecMainExitTimestampMonotonic") {
            EXPECT_GE(sd_bus_message_append(
                          reply,
                          "v",
                          "t",
                          key == "RestartUSec" ? std::uint64_t{100'000} : unit.main_exited_us),
                      0);
        } else if (key == "StartLimitBurst") {
            EXPECT_GE(sd_bus_message_append(reply, "v", "u", 5U), 0);
        } else if (key == "StartLimitIntervalUSec") {
            EXPECT_GE(sd_bus_message_append(reply, "v", "t", std::uint64_t{10'000'000}), 0);
        } else if (key == "NRestarts") {
            EXPECT_GE(sd_bus_message_append(reply, "v", "u", 2U), 0);
        } else if (key == "MainPID" || key == "ControlPID" || key == "NFileDescriptorStore") {
            EXPECT_GE(sd_bus_message_append(reply,
                                            "v",
                                            "u",
                                            key == "MainPID"      ? unit.main_pid
                                            : key == "ControlPID" ? unit.control_pid
                                                                  : unit.stored_fds),
                      0);
        } else if (key == "User") {
            text(reply, false, "User", unit.user);
        } else if (key == "RemainAfterExit") {
            EXPECT_GE(sd_bus_message_append(reply, "v", "b", 0), 0);
        } else {
            text(reply, false, key.c_str(), key == "Restart" ? unit.restart : unit.result);
        }
    }

    int queue(sd_bus_message* message, const std::string& member) {
        const char* unit = nullptr;
        const char* mode = nullptr;
        EXPECT_GE(sd_bus_message_read(message, "ss", &unit, &mode), 0);
        EXPECT_STREQ(mode, member == "StopUnit" ? "replace" : "fail");
        const std::uint32_t id = on_job ? on_job(member, unit) : 0;
        if (id == 0) {
            return sd_bus_reply_method_errorf(
                message, "org.freedesktop.systemd1.TransactionIsDestructive", "in the way");
        }
        return sd_bus_reply_method_return(message, "o", job_path(id).c_str());
    }

    static std::uint32_t job_number(const std::string& path) {
        const auto slash = path.rfind('/');
        return path.find("/job/") == std::string::npos
                   ? 0
                   : static_cast<std::uint32_t>(std::stoul(path.substr(slash + 1)));
    }

    std::vector<std::string> told_;
    primum::bus::testing::SdBus bus_;
};

// A loop with a Bus on it, a private bus and systemd there.
class SystemdFixture : public ::testing::Test {
protected:
    void SetUp() override {
        if (!private_bus_.running()) {
            GTEST_SKIP() << "dbus-daemon is not installed";
        }
        systemd_ = std::make_unique<FakeSystemd>();
        bus_.start();
    }
    // Turns the loop, and systemd with it, until `done`; false when that does not come about.
    bool until(const std::function<bool()>& done) {
        for (int turn = 0; turn < 5'000; ++turn) {
            if (systemd_ != nullptr) {
                systemd_->pump();
            }
            if (done()) {
                return true;
            }
            loop_.run_once(std::chrono::milliseconds{1});
        }
        return false;
    }
    // For what must not happen: enough turns that it would have.
    void turn_a_while() {
        int turns = 0;
        until([&] { return ++turns > 50; });
    }

    primum::bus::testing::PrivateBus private_bus_;
    EventLoop loop_;
    ManualClock clock_;
    Bus bus_{loop_, clock_};
    std::unique_ptr<FakeSystemd> systemd_;
};

}  // namespace primum::systemd::testing

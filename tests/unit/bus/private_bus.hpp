// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace primum::bus::testing {

// A message bus of the test's own: dbus-daemon with a configuration in a new folder, ended by its
// pid. While it lives it is this process's system bus.
class PrivateBus {
public:
    PrivateBus() {
        std::string folder = ::testing::TempDir() + "primum-bus-XXXXXX";
        if (mkdtemp(folder.data()) == nullptr) {
            return;
        }
        folder_ = folder;
        std::ofstream{folder_ / "bus.conf"}
            << "<busconfig><type>session</type><listen>unix:dir=" << folder_.string() << "</listen>"
            << "<policy context=\"default\"><allow send_destination=\"*\"/>"
            << "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";
        start();
    }

    ~PrivateBus() {
        if (pid_ > 0) {
            kill(pid_, SIGTERM);
            waitpid(pid_, nullptr, 0);
        }
        unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
        if (!folder_.empty()) {
            std::error_code ignored;
            std::filesystem::remove_all(folder_, ignored);
        }
    }

    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;

    [[nodiscard]] bool running() const { return !address_.empty(); }

private:
    void start() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            return;
        }
        const std::string config = "--config-file=" + (folder_ / "bus.conf").string();
        pid_ = fork();
        if (pid_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
            execlp("dbus-daemon",
                   "dbus-daemon",
                   config.c_str(),
                   "--nofork",
                   "--nopidfile",
                   "--nosyslog",
                   "--print-address=1",
                   nullptr);
            _exit(127);
        }
        close(ends[1]);
        std::array<char, 512> text{};
        const ssize_t got = read(ends[0], text.data(), text.size());
        close(ends[0]);
        const std::string line{text.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
        address_ = line.substr(0, line.find('\n'));
        setenv("DBUS_SYSTEM_BUS_ADDRESS", address_.c_str(), 1);
    }

    std::filesystem::path folder_;
    std::string address_;
    pid_t pid_ = -1;
};

struct BusCloser {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
using SdBus = std::unique_ptr<sd_bus, BusCloser>;

inline SdBus open_bus() {
    sd_bus* bus = nullptr;
    EXPECT_GE(sd_bus_open_system(&bus), 0);
    return SdBus{bus};
}

// What a call came back with.
struct Answer {
    bool arrived = false;
    std::string error;    // D-Bus error name
    std::string message;  // of the error
    std::string text;
    std::uint64_t number = 0;
    std::string dump;  // all that it says, as sd-bus prints it
};

// A message as sd-bus prints it.
inline std::string dump_of(sd_bus_message* message) {
    char* text = nullptr;
    std::size_t size = 0;
    FILE* const stream = open_memstream(&text, &size);
    sd_bus_message_dump(message, stream, SD_BUS_MESSAGE_DUMP_WITH_HEADER);
    fclose(stream);
    sd_bus_message_rewind(message, 1);
    std::string kept{text, size};
    free(text);
    return kept;
}

using Argument = std::variant<std::string, std::uint32_t, std::uint64_t>;

// A caller on the bus. Calls are sent at once; their answers come while somebody pumps.
class Caller {
public:
    Caller() : bus_(open_bus()) {}

    [[nodiscard]] sd_bus* bus() const { return bus_.get(); }

    std::shared_ptr<Answer> send(const std::string& method,
                                 const std::vector<Argument>& arguments,
                                 bool interactive = false) {
        return send_to(
            "/org/primum/Primum1", "org.primum.Primum1.Manager", method, arguments, interactive);
    }

    std::shared_ptr<Answer> send_to(const std::string& path,
                                    const std::string& interface,
                                    const std::string& method,
                                    const std::vector<Argument>& arguments,
                                    bool interactive = false) {
        auto answer = std::make_shared<Answer>();
        answers_.push_back(answer);
        sd_bus_message* message = nullptr;
        EXPECT_GE(sd_bus_message_new_method_call(bus_.get(),
                                                 &message,
                                                 "org.primum.Primum1",
                                                 path.c_str(),
                                                 interface.c_str(),
                                                 method.c_str()),
                  0);
        sd_bus_message_set_allow_interactive_authorization(message, interactive ? 1 : 0);
        for (const Argument& argument : arguments) {
            append(message, argument);
        }
        EXPECT_GE(sd_bus_call_async(bus_.get(), nullptr, message, on_reply, answer.get(), 0), 0);
        sd_bus_message_unref(message);
        return answer;
    }

private:
    static void append(sd_bus_message* message, const Argument& argument) {
        if (const auto* text = std::get_if<std::string>(&argument)) {
            sd_bus_message_append_basic(message, 's', text->c_str());
        } else if (const auto* small = std::get_if<std::uint32_t>(&argument)) {
            sd_bus_message_append_basic(message, 'u', small);
        } else {
            sd_bus_message_append_basic(message, 't', &std::get<std::uint64_t>(argument));
        }
    }

    static int on_reply(sd_bus_message* reply, void* userdata, sd_bus_error* /*error*/) {
        auto& answer = *static_cast<Answer*>(userdata);
        answer.arrived = true;
        answer.dump = dump_of(reply);
        if (const sd_bus_error* error = sd_bus_message_get_error(reply)) {
            answer.error = error->name;
            answer.message = error->message == nullptr ? "" : error->message;
            return 0;
        }
        if (sd_bus_message_has_signature(reply, "ts") > 0) {
            sd_bus_message_read_basic(reply, 't', &answer.number);
        }
        const char* text = nullptr;
        if (sd_bus_message_read_basic(reply, 's', static_cast<void*>(&text)) > 0) {
            answer.text = text;
        }
        return 0;
    }

    SdBus bus_;
    std::vector<std::shared_ptr<Answer>> answers_;
};

// polkit, as far as primum asks it.
class FakePolkit {
public:
    enum class Says { yes, no, needs_password, nothing };

    FakePolkit() : bus_(open_bus()) {
        EXPECT_GE(
            sd_bus_add_object(
                bus_.get(), nullptr, "/org/freedesktop/PolicyKit1/Authority", on_message, this),
            0);
        EXPECT_GE(sd_bus_request_name(bus_.get(), "org.freedesktop.PolicyKit1", 0), 0);
    }
    ~FakePolkit() {
        for (sd_bus_message* message : unanswered_) {
            sd_bus_message_unref(message);
        }
    }
    FakePolkit(const FakePolkit&) = delete;
    FakePolkit& operator=(const FakePolkit&) = delete;

    [[nodiscard]] sd_bus* bus() const { return bus_.get(); }

    Says says = Says::yes;
    std::vector<std::string> asked;  // action ids
    std::string subject;             // bus name of the last subject
    std::uint32_t flags = 0;
    int cancelled = 0;

private:
    static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* error) {
        constexpr const char* authority = "org.freedesktop.PolicyKit1.Authority";
        if (sd_bus_message_is_method_call(message, authority, "CheckAuthorization") > 0) {
            return on_check(message, userdata, error);
        }
        if (sd_bus_message_is_method_call(message, authority, "CancelCheckAuthorization") > 0) {
            return on_cancel(message, userdata, error);
        }
        return 0;
    }

    static int on_check(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        auto& self = *static_cast<FakePolkit*>(userdata);
        const char* kind = nullptr;
        const char* key = nullptr;
        const char* name = nullptr;
        const char* action = nullptr;
        EXPECT_GE(sd_bus_message_read(message, "(sa{sv})", &kind, 1, &key, "s", &name), 0);
        EXPECT_STREQ(kind, "system-bus-name");
        EXPECT_GE(sd_bus_message_read(message, "s", &action), 0);
        EXPECT_GE(sd_bus_message_skip(message, "a{ss}"), 0);
        EXPECT_GE(sd_bus_message_read(message, "u", &self.flags), 0);
        self.subject = name;
        self.asked.emplace_back(action);
        if (self.says == Says::nothing) {
            self.unanswered_.push_back(sd_bus_message_ref(message));
            return 1;
        }
        return sd_bus_reply_method_return(message,
                                          "(bba{ss})",
                                          self.says == Says::yes ? 1 : 0,
                                          self.says == Says::needs_password ? 1 : 0,
                                          0);
    }

    static int on_cancel(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        ++static_cast<FakePolkit*>(userdata)->cancelled;
        return sd_bus_reply_method_return(message, "");
    }

    SdBus bus_;
    std::vector<sd_bus_message*> unanswered_;
};

}  // namespace primum::bus::testing

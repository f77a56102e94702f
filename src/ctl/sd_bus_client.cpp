// SPDX-License-Identifier: MIT
#include "ctl/sd_bus_client.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <systemd/sd-bus.h>

namespace primum::ctl {
namespace {

constexpr const char* destination = "org.primum.Primum1";
constexpr const char* path = "/org/primum/Primum1";
constexpr const char* interface = "org.primum.Primum1.Manager";

struct BusErrorOwner {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    BusErrorOwner() = default;
    BusErrorOwner(const BusErrorOwner&) = delete;
    BusErrorOwner& operator=(const BusErrorOwner&) = delete;
    ~BusErrorOwner() { sd_bus_error_free(&error); }
};

std::string errno_text(int negative) {
    return std::generic_category().message(-negative);
}

CallFailure no_bus(int negative) {
    return {CallFailure::Kind::no_bus,
            "org.freedesktop.DBus.Error.NoServer",
            fmt::format("the system bus does not answer: {}", errno_text(negative))};
}

CallFailure failure_of(const sd_bus_error& error, int negative) {
    const std::string name = error.name != nullptr ? error.name : "";
    const std::string message =
        error.message != nullptr && *error.message != '\0' ? error.message : errno_text(negative);
    using Kind = CallFailure::Kind;
    if (name == SD_BUS_ERROR_SERVICE_UNKNOWN || name == SD_BUS_ERROR_NAME_HAS_NO_OWNER) {
        return {Kind::not_running, name, message};
    }
    if (name == SD_BUS_ERROR_NO_REPLY || name == SD_BUS_ERROR_TIMEOUT || negative == -ETIMEDOUT) {
        return {Kind::timeout, name, message};
    }
    if (negative == -ECONNRESET || negative == -ENOTCONN) {
        return {Kind::no_bus, name, message};
    }
    return {Kind::refused, name, message};
}

int append(sd_bus_message* message, const std::string& text) {
    return sd_bus_message_append_basic(message, SD_BUS_TYPE_STRING, text.c_str());
}
int append(sd_bus_message* message, std::uint32_t number) {
    return sd_bus_message_append_basic(message, SD_BUS_TYPE_UINT32, &number);
}
int append(sd_bus_message* message, std::uint64_t number) {
    return sd_bus_message_append_basic(message, SD_BUS_TYPE_UINT64, &number);
}

int fill(sd_bus_message* message, const Request& request) {
    int result = sd_bus_message_set_auto_start(message, 0);
    if (result >= 0) {
        result = sd_bus_message_set_allow_interactive_authorization(message,
                                                                    request.interactive ? 1 : 0);
    }
    for (const auto& argument : request.arguments) {
        if (result < 0) {
            break;
        }
        result = std::visit([&](const auto& value) { return append(message, value); }, argument);
    }
    return result;
}

CallFailure not_understood() {
    return {CallFailure::Kind::refused,
            SD_BUS_ERROR_INCONSISTENT_MESSAGE,
            "primumd's answer is not understood: do primumctl and primumd have the same version?"};
}

Result<Reply, CallFailure> read_reply(sd_bus_message* message) {
    Reply reply;
    int result = 0;
    if (sd_bus_message_has_signature(message, "ts") > 0) {
        std::uint64_t hold = 0;
        result = sd_bus_message_read_basic(message, SD_BUS_TYPE_UINT64, &hold);
        reply.hold = hold;
    }
    const char* text = nullptr;
    if (result >= 0) {
        result = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, static_cast<void*>(&text));
    }
    if (result <= 0 || text == nullptr) {
        return fail(not_understood());
    }
    reply.text = text;
    return reply;
}

// The arguments of a signal, as far as they are basic types that primumd uses.
std::vector<std::string> texts_of(sd_bus_message* message) {
    std::vector<std::string> texts;
    char type = 0;
    while (sd_bus_message_peek_type(message, &type, nullptr) > 0) {
        if (type == SD_BUS_TYPE_STRING) {
            const char* text = nullptr;
            sd_bus_message_read_basic(message, type, static_cast<void*>(&text));
            texts.emplace_back(text != nullptr ? text : "");
        } else if (type == SD_BUS_TYPE_UINT64) {
            std::uint64_t number = 0;
            sd_bus_message_read_basic(message, type, &number);
            texts.push_back(std::to_string(number));
        } else if (type == SD_BUS_TYPE_BOOLEAN) {
            int flag = 0;
            sd_bus_message_read_basic(message, type, &flag);
            texts.emplace_back(flag != 0 ? "true" : "false");
        } else {
            break;
        }
    }
    return texts;
}

Signal signal_of(sd_bus_message* message) {
    Signal signal{sd_bus_message_get_member(message), texts_of(message)};
    if (signal.name == "NameOwnerChanged") {
        const bool gone = signal.arguments.size() < 3 || signal.arguments[2].empty();
        return {gone ? "Gone" : "Back", {}};
    }
    return signal;
}

}  // namespace

SdBusClient::SdBusClient() = default;
SdBusClient::~SdBusClient() = default;

void SdBusClient::Closer::operator()(sd_bus* bus) const {
    sd_bus_close_unref(bus);
}

void SdBusClient::MessageCloser::operator()(sd_bus_message* message) const {
    sd_bus_message_unref(message);
}

Result<void, CallFailure> SdBusClient::connect() {
    if (bus_ == nullptr) {
        sd_bus* bus = nullptr;
        if (const int result = sd_bus_open_system(&bus); result < 0) {
            return fail(no_bus(result));
        }
        bus_.reset(bus);
    }
    return {};
}

Result<SdBusClient::Message, CallFailure> SdBusClient::answer_of(const Request& request) {
    if (auto connected = connect(); !connected) {
        return fail(connected.error());
    }
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(
        bus_.get(), &raw, destination, path, interface, request.method.c_str());
    const Message message{raw};
    if (result >= 0) {
        result = fill(message.get(), request);
    }
    if (result < 0) {
        return fail(CallFailure{CallFailure::Kind::refused,
                                SD_BUS_ERROR_INVALID_ARGS,
                                "the call cannot be made: " + errno_text(result)});
    }
    BusErrorOwner error;
    sd_bus_message* answer = nullptr;
    const auto timeout_us = static_cast<std::uint64_t>(request.timeout.count());
    result = sd_bus_call(bus_.get(), message.get(), timeout_us, &error.error, &answer);
    Message owned{answer};
    if (result < 0) {
        return fail(failure_of(error.error, result));
    }
    return owned;
}

Result<Reply, CallFailure> SdBusClient::call(const Request& request) {
    const auto answer = answer_of(request);
    if (!answer) {
        return fail(answer.error());
    }
    return read_reply(answer->get());
}

Result<int, CallFailure> SdBusClient::call_for_file(const Request& request) {
    const auto answer = answer_of(request);
    if (!answer) {
        return fail(answer.error());
    }
    int file = -1;
    if (sd_bus_message_read_basic(answer->get(), SD_BUS_TYPE_UNIX_FD, &file) <= 0) {
        return fail(not_understood());
    }
    const int kept = fcntl(file, F_DUPFD_CLOEXEC, 3);
    if (kept < 0) {
        return fail(CallFailure{CallFailure::Kind::refused,
                                SD_BUS_ERROR_NO_MEMORY,
                                "no file descriptor is free: " + errno_text(-errno)});
    }
    return kept;
}

void SdBusClient::keep(Signal signal) {
    if (signals_.size() >= max_signals) {
        signals_.pop_front();
    }
    signals_.push_back(std::move(signal));
}

Result<void, CallFailure> SdBusClient::listen() {
    if (listening_) {
        return {};
    }
    if (auto connected = connect(); !connected) {
        return fail(connected.error());
    }
    const auto take = [](sd_bus_message* message, void* client, sd_bus_error*) {
        static_cast<SdBusClient*>(client)->keep(signal_of(message));
        return 0;
    };
    int result =
        sd_bus_match_signal(bus_.get(), nullptr, destination, path, interface, nullptr, take, this);
    if (result >= 0) {
        result = sd_bus_add_match(bus_.get(),
                                  nullptr,
                                  "type='signal',sender='org.freedesktop.DBus',"
                                  "member='NameOwnerChanged',arg0='org.primum.Primum1'",
                                  take,
                                  this);
    }
    if (result < 0) {
        return fail(no_bus(result));
    }
    listening_ = true;
    return {};
}

Result<std::optional<Signal>, CallFailure> SdBusClient::next_signal(Duration within) {
    for (bool waited = false; signals_.empty();) {
        int result = sd_bus_process(bus_.get(), nullptr);
        if (result == 0 && waited) {
            return std::optional<Signal>{};
        }
        if (result == 0) {
            result = sd_bus_wait(bus_.get(), static_cast<std::uint64_t>(within.count()));
            waited = true;
        }
        if (result < 0 && result != -EINTR) {
            return fail(no_bus(result));
        }
    }
    Signal first = std::move(signals_.front());
    signals_.pop_front();
    return std::optional{std::move(first)};
}

}  // namespace primum::ctl

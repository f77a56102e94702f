// SPDX-License-Identifier: MIT
#include "ctl/sd_bus_client.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include <systemd/sd-bus.h>

namespace primum::ctl {
namespace {

constexpr const char* destination = "org.primum.Primum1";
constexpr const char* path = "/org/primum/Primum1";
constexpr const char* interface = "org.primum.Primum1.Manager";

struct MessageCloser {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageCloser>;

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
        return fail(CallFailure{CallFailure::Kind::refused,
                                SD_BUS_ERROR_INCONSISTENT_MESSAGE,
                                "primumd's answer is not understood: do primumctl and primumd have "
                                "the same version?"});
    }
    reply.text = text;
    return reply;
}

}  // namespace

SdBusClient::SdBusClient() = default;
SdBusClient::~SdBusClient() = default;

void SdBusClient::Closer::operator()(sd_bus* bus) const {
    sd_bus_close_unref(bus);
}

Result<Reply, CallFailure> SdBusClient::call(const Request& request) {
    if (bus_ == nullptr) {
        sd_bus* bus = nullptr;
        if (const int result = sd_bus_open_system(&bus); result < 0) {
            return fail(no_bus(result));
        }
        bus_.reset(bus);
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
    const Message owned{answer};
    if (result < 0) {
        return fail(failure_of(error.error, result));
    }
    return read_reply(owned.get());
}

}  // namespace primum::ctl

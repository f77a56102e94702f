// SPDX-License-Identifier: MIT
#include "bus/authority.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include <systemd/sd-bus.h>

namespace primum::bus {
namespace {

constexpr const char* polkit_name = "org.freedesktop.PolicyKit1";
constexpr const char* polkit_path = "/org/freedesktop/PolicyKit1/Authority";
constexpr const char* polkit_interface = "org.freedesktop.PolicyKit1.Authority";
constexpr std::uint32_t allow_user_interaction = 1;  // CheckAuthorizationFlags

using Details = std::map<std::string, std::string>;
using Subject = sdbus::Struct<std::string, std::map<std::string, sdbus::Variant>>;
using Verdict = sdbus::Struct<bool, bool, Details>;  // is_authorized, is_challenge, details

CallError denied(std::string message) {
    return {error_name::not_authorized, std::move(message)};
}

bool is_timeout(const sdbus::Error& error) {
    return error.getName() == "org.freedesktop.DBus.Error.NoReply" ||
           error.getName() == "org.freedesktop.DBus.Error.Timeout" ||
           error.getName() == "System.Error.ETIMEDOUT";
}

bool is_absent(const sdbus::Error& error) {
    return error.getName() == "org.freedesktop.DBus.Error.ServiceUnknown" ||
           error.getName() == "org.freedesktop.DBus.Error.NameHasNoOwner" ||
           error.getName().starts_with("org.freedesktop.DBus.Error.Spawn.");
}

CallError denial_of(const sdbus::Error& error, const AuthorityQuestion& question) {
    if (is_absent(error)) {
        return denied("polkit is not there to say whether you may, so only root may: use sudo");
    }
    if (is_timeout(error)) {
        return denied(question.interactive
                          ? "nobody answered the question for a password in time: try again, or "
                            "use sudo"
                          : "polkit did not answer in time: try again, or use sudo");
    }
    return denied(
        fmt::format("polkit could not say whether you may ({}): use sudo, or look at "
                    "'systemctl status polkit.service'",
                    error.getMessage()));
}

CallError denial_of(const Verdict& verdict, const AuthorityQuestion& question) {
    const bool challenge = std::get<1>(verdict);
    if (challenge && !question.interactive) {
        return denied(
            fmt::format("{} needs a password, and this call does not let polkit ask for "
                        "it: use sudo",
                        question.action));
    }
    return denied(
        fmt::format("polkit does not allow you {}: use sudo, or have a rule added (see "
                    "docs/dbus.md)",
                    question.action));
}

// MethodCall keeps its sd_bus_message to itself; sdbus-c++ 1.2 has no reader for this flag.
struct MessageFlags : sdbus::MethodCall {
    static sd_bus_message* handle(const sdbus::MethodCall& message) {
        return static_cast<sd_bus_message*>(message.*(&MessageFlags::msg_));
    }
};

}  // namespace

bool allows_interaction(const sdbus::MethodCall& message) {
    return sd_bus_message_get_allow_interactive_authorization(MessageFlags::handle(message)) > 0;
}

Authority::Authority(sdbus::IConnection& connection, AuthorityOptions options)
    : options_(options),
      bus_(sdbus::createProxy(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus")),
      polkit_(sdbus::createProxy(connection, polkit_name, polkit_path)) {}

Authority::~Authority() = default;

void Authority::ask(AuthorityQuestion question, Answer answer) {
    const std::string sender = question.sender;
    auto on_uid = [this, question = std::move(question), answer](const sdbus::Error* error,
                                                                 std::uint32_t uid) {
        if (error != nullptr) {
            answer(fail(denied(fmt::format("the bus does not say who is asking ({}); try again",
                                           error->getMessage()))));
        } else if (uid == options_.root_uid) {
            answer(uid);
        } else {
            ask_polkit(question, uid, answer);
        }
    };
    try {
        bus_->callMethodAsync("GetConnectionUnixUser")
            .onInterface("org.freedesktop.DBus")
            .withTimeout(options_.timeout)
            .withArguments(sender)
            .uponReplyInvoke(std::move(on_uid));
    } catch (const sdbus::Error& error) {
        answer(fail(denied("the bus could not be asked who is asking: " + error.getMessage())));
    }
}

void Authority::ask_polkit(const AuthorityQuestion& question, std::uint32_t uid, Answer answer) {
    const std::string cancellation = fmt::format("primum-{}", next_cancellation_++);
    auto on_verdict = [this, question, uid, answer, cancellation](const sdbus::Error* error,
                                                                  const Verdict& verdict) {
        if (error == nullptr && std::get<0>(verdict)) {
            answer(uid);
            return;
        }
        if (error != nullptr && is_timeout(*error)) {
            cancel(cancellation);
        }
        answer(fail(error != nullptr ? denial_of(*error, question) : denial_of(verdict, question)));
    };
    try {
        const Subject subject{"system-bus-name", {{"name", sdbus::Variant{question.sender}}}};
        polkit_->callMethodAsync("CheckAuthorization")
            .onInterface(polkit_interface)
            .withTimeout(question.interactive ? options_.interactive_timeout : options_.timeout)
            .withArguments(subject,
                           question.action,
                           Details{},
                           question.interactive ? allow_user_interaction : 0U,
                           cancellation)
            .uponReplyInvoke(std::move(on_verdict));
    } catch (const sdbus::Error& error) {
        answer(fail(denial_of(error, question)));
    }
}

void Authority::cancel(const std::string& cancellation) {
    try {
        polkit_->callMethodAsync("CancelCheckAuthorization")
            .onInterface(polkit_interface)
            .withArguments(cancellation)
            .uponReplyInvoke([](const sdbus::Error*) {});
    } catch (const sdbus::Error&) {
        return;  // the dialogue stays on the screen and its answer is not listened to, ignoring
    }
}

}  // namespace primum::bus

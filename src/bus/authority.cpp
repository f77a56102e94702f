// SPDX-License-Identifier: MIT
#include "bus/authority.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include <systemd/sd-bus.h>

namespace primum::bus {
namespace {

constexpr const char* polkit_name = "org.freedesktop.PolicyKit1";
constexpr const char* polkit_path = "/org/freedesktop/PolicyKit1/Authority";
constexpr const char* polkit_interface = "org.freedesktop.PolicyKit1.Authority";
constexpr const char* systemd_name = "org.freedesktop.systemd1";
constexpr const char* logind_name = "org.freedesktop.login1";
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
           error.getName() == "org.freedesktop.systemd1.UnitMasked" ||
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

struct Opened : sdbus::Message {
    static sd_bus_message* handle(const sdbus::Message& message) {
        return static_cast<sd_bus_message*>(message.*(&Opened::msg_));
    }
};

// What the last part of an object path stands for: the unit, the session.
std::string part_of(const sdbus::ObjectPath& path, const char* prefix) {
    char* name = nullptr;
    if (sd_bus_path_decode(path.c_str(), prefix, &name) <= 0) {
        return {};
    }
    const std::unique_ptr<char, decltype(&std::free)> kept{name, &std::free};
    return kept.get();
}

}  // namespace

sd_bus_message* raw(const sdbus::Message& message) {
    return Opened::handle(message);
}

Authority::Authority(sdbus::IConnection& connection, AuthorityOptions options)
    : options_(options),
      bus_(sdbus::createProxy(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus")),
      polkit_(sdbus::createProxy(connection, polkit_name, polkit_path)),
      systemd_(sdbus::createProxy(connection, systemd_name, "/org/freedesktop/systemd1")),
      logind_(sdbus::createProxy(connection, logind_name, "/org/freedesktop/login1")) {}

Authority::~Authority() = default;

void Authority::ask(AuthorityQuestion question, Answer answer) {
    const std::string sender = question.sender;
    auto on_reply = [this, question = std::move(question), answer](const sdbus::Error* error,
                                                                   const Credentials& credentials) {
        if (error != nullptr) {
            answer(fail(denied(fmt::format("the bus does not say who is asking ({}); try again",
                                           error->getMessage()))));
        } else {
            on_credentials(question, credentials, answer);
        }
    };
    try {
        bus_->callMethodAsync("GetConnectionCredentials")
            .onInterface("org.freedesktop.DBus")
            .withTimeout(options_.timeout)
            .withArguments(sender)
            .uponReplyInvoke(std::move(on_reply));
    } catch (const sdbus::Error& error) {
        answer(fail(denied("the bus could not be asked who is asking: " + error.getMessage())));
    }
}

void Authority::on_credentials(const AuthorityQuestion& question,
                               const Credentials& credentials,
                               const Answer& answer) {
    const auto number = [&](const char* name) -> std::optional<std::uint32_t> {
        const auto found = credentials.find(name);
        return found != credentials.end() && found->second.containsValueOfType<std::uint32_t>()
                   ? std::optional{found->second.get<std::uint32_t>()}
                   : std::nullopt;
    };
    const auto uid = number("UnixUserID");
    if (!uid) {
        answer(fail(denied("the bus does not say who is asking; try again")));
        return;
    }
    Identity who;
    who.uid = *uid;
    who.caller.pid = number("ProcessID").value_or(0);
    if (who.uid == options_.root_uid) {
        look_up(who, answer);
    } else {
        ask_polkit(question, who, answer);
    }
}

void Authority::look_up(const Identity& who, const Answer& answer) {
    struct Asked {
        Identity who;
        Answer answer;
        int left = 2;
    };
    const auto asked = std::make_shared<Asked>(Asked{who, answer});
    const auto done = [asked] {
        if (--asked->left == 0) {
            asked->answer(asked->who);
        }
    };
    const auto ask = [&](sdbus::IProxy& proxy,
                         const char* interface,
                         const char* method,
                         const char* prefix,
                         std::string Caller::* kept) {
        if (who.caller.pid == 0) {
            done();
            return;
        }
        try {
            proxy.callMethodAsync(method)
                .onInterface(interface)
                .withTimeout(options_.look_up_timeout)
                .withArguments(who.caller.pid)
                .uponReplyInvoke([asked, done, prefix, kept](const sdbus::Error* error,
                                                             const sdbus::ObjectPath& path) {
                    asked->who.caller.*kept = error == nullptr ? part_of(path, prefix) : "";
                    done();
                });
        } catch (const sdbus::Error&) {
            done();  // it is only for the record, ignoring
        }
    };
    ask(*systemd_,
        "org.freedesktop.systemd1.Manager",
        "GetUnitByPID",
        "/org/freedesktop/systemd1/unit",
        &Caller::unit);
    ask(*logind_,
        "org.freedesktop.login1.Manager",
        "GetSessionByPID",
        "/org/freedesktop/login1/session",
        &Caller::session);
}

void Authority::ask_polkit(const AuthorityQuestion& question, const Identity& who, Answer answer) {
    const std::string cancellation = fmt::format("primum-{}", next_cancellation_++);
    auto on_verdict = [this, question, who, answer, cancellation](const sdbus::Error* error,
                                                                  const Verdict& verdict) {
        if (error == nullptr && std::get<0>(verdict)) {
            look_up(who, answer);
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

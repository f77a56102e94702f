// SPDX-License-Identifier: MIT
#include "remedy/dbus_call.hpp"

#include "remedy/step.hpp"
#include "rules/protected.hpp"
#include "systemd/bus.hpp"

#include <primum/check.hpp>

#include <cstdint>
#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

template <class T>
void add_number(sdbus::MethodCall& message, const DbusArgument& argument) {
    message << static_cast<T>(std::get<std::int64_t>(argument));  // fits() has seen it
}

bool fits(const DbusArgument& argument, char type) {
    const auto within = [&argument](std::int64_t least, std::int64_t most) {
        const auto* value = std::get_if<std::int64_t>(&argument);
        return value != nullptr && *value >= least && *value <= most;
    };
    switch (type) {
        case 's':
        case 'o':
        case 'g':
            return std::holds_alternative<std::string>(argument);
        case 'b':
            return std::holds_alternative<bool>(argument);
        case 'd':
            return std::holds_alternative<double>(argument);
        case 'y':
            return within(0, UINT8_MAX);
        case 'n':
            return within(INT16_MIN, INT16_MAX);
        case 'q':
            return within(0, UINT16_MAX);
        case 'i':
            return within(INT32_MIN, INT32_MAX);
        case 'u':
            return within(0, UINT32_MAX);
        case 'x':
            return within(INT64_MIN, INT64_MAX);
        case 't':
            return within(0, INT64_MAX);
        default:
            return false;
    }
}

void add_argument(sdbus::MethodCall& message, const DbusArgument& argument, char type) {
    switch (type) {
        case 's':
            message << std::get<std::string>(argument);
            break;
        case 'o':
            message << sdbus::ObjectPath{std::get<std::string>(argument)};
            break;
        case 'g':
            message << sdbus::Signature{std::get<std::string>(argument)};
            break;
        case 'b':
            message << std::get<bool>(argument);
            break;
        case 'd':
            message << std::get<double>(argument);
            break;
        case 'y':
            add_number<std::uint8_t>(message, argument);
            break;
        case 'n':
            add_number<std::int16_t>(message, argument);
            break;
        case 'q':
            add_number<std::uint16_t>(message, argument);
            break;
        case 'i':
            add_number<std::int32_t>(message, argument);
            break;
        case 'u':
            add_number<std::uint32_t>(message, argument);
            break;
        case 'x':
            add_number<std::int64_t>(message, argument);
            break;
        default:
            add_number<std::uint64_t>(message, argument);
    }
}

class DbusStep : public Step {
public:
    DbusStep(const Tools& tools, StepPlace place, DbusCall call)
        : tools_(tools), place_(std::move(place)), call_(std::move(call)) {}

    [[nodiscard]] std::optional<Objection> check() const override {
        if (rules::is_protected_bus_name(call_.destination)) {
            return Objection{Refusal::not_applicable,
                             call_.destination + " is protected: no remedy calls it"};
        }
        bool right = call_.signature.size() == call_.arguments.size();
        for (std::size_t i = 0; right && i < call_.signature.size(); ++i) {
            right = fits(call_.arguments[i], call_.signature[i]);
        }
        if (!right) {
            return Objection{Refusal::bad_request, "an argument does not fit its type"};
        }
        return std::nullopt;
    }
    void start(std::function<void(const Report&)> done) override {
        state_->done = std::move(done);
        systemd::CallTarget target;
        target.destination = call_.destination;
        target.path = call_.path;
        target.interface = call_.interface;
        target.member = call_.member;
        target.timeout = place_.timeout;
        tools_.manager.bus().call_with(
            target,
            [this](sdbus::MethodCall& message) {
                for (std::size_t i = 0; i < call_.arguments.size(); ++i) {
                    add_argument(message, call_.arguments[i], call_.signature[i]);
                }
            },
            [weak = std::weak_ptr(state_), what = name()](sdbus::MethodReply* reply,
                                                          const sdbus::Error* error) {
                if (const auto state = weak.lock()) {
                    state->end(judge(what, reply, error));
                }
            });
    }
    void stop() override {
        later_ = tools_.loop.soon(
            [this] { state_->end(failed("timeout: " + name() + " was not answered")); });
    }

private:
    struct State {
        std::function<void(const Report&)> done;
        void end(const Report& report) {
            if (done) {
                std::exchange(done, nullptr)(report);
            }
        }
    };

    [[nodiscard]] std::string name() const {
        return call_.interface + '.' + call_.member + " of " + call_.destination;
    }
    static Report failed(std::string detail) {
        Report report;
        report.result = ActionResult::failed;
        report.detail = std::move(detail);
        return report;
    }
    static Report judge(const std::string& what,
                        const sdbus::MethodReply* reply,
                        const sdbus::Error* error) {
        if (reply != nullptr) {
            auto report = failed(what + " was answered");
            report.result = ActionResult::done;
            return report;
        }
        const auto& name = error->getName();
        if (name == "org.freedesktop.DBus.Error.NoReply" ||
            name == "org.freedesktop.DBus.Error.Timeout") {
            return failed("timeout: " + what + " was not answered");
        }
        auto report = failed(what + " failed with " + name + ": " + error->getMessage());
        if (name == "org.primum.Error.Disconnected") {
            report.result = ActionResult::ambiguous;
        }
        return report;
    }

    Tools tools_;
    StepPlace place_;
    DbusCall call_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
    systemd::LoopSource later_;
};

}  // namespace

std::unique_ptr<Step> make_dbus_step(const Tools& tools, StepPlace place, DbusCall call) {
    return std::make_unique<DbusStep>(tools, std::move(place), std::move(call));
}

std::unique_ptr<Execution> make_dbus_call(const Tools& tools, Order order) {
    const auto* plan = std::get_if<DbusPlan>(&order.rule.plan);
    PRIMUM_CHECK(plan != nullptr);
    const CallBack call{plan->call};
    CallBack undo;
    if (plan->undo.has_value()) {
        undo = *plan->undo;
    }
    return make_call(tools, std::move(order), call, std::move(undo));
}

}  // namespace primum::remedy

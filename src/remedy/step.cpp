// SPDX-License-Identifier: MIT
#include "remedy/step.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

constexpr const char* undo_suffix = "undo";

class Call : public Execution {
public:
    Call(const Tools& tools, Order order, std::unique_ptr<Step> step, WayBackRecord way_back)
        : tools_(tools),
          order_(std::move(order)),
          step_(std::move(step)),
          way_back_(std::move(way_back)) {}

    void prepare(std::function<void(const Prepared&)> done) override {
        Prepared prepared;
        auto why = step_->check();
        if (!why.has_value()) {
            if (const auto undo = make_step(tools_, {order_.action, undo_suffix}, way_back_.call)) {
                why = undo->check();
            }
        }
        if (why.has_value()) {
            prepared.refusal = why->refusal;
            prepared.detail = why->detail;
        } else {
            prepared.way_back = way_back_;
        }
        done(prepared);
    }

    void run(std::function<void(const Report&)> done) override {
        tools_.manager.facts(order_.unit,
                             [weak = std::weak_ptr(alive_), this, done = std::move(done)](
                                 const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                                 if (weak.expired()) {
                                     return;
                                 }
                                 auto why = objection(unit, order_.invocation);
                                 if (stopped_ && !why.has_value()) {
                                     why = Objection{Refusal::too_late,
                                                     "timeout before it was begun"};
                                 }
                                 if (why.has_value()) {
                                     done(refused(*why));
                                     return;
                                 }
                                 begun_ = true;
                                 step_->start(done);
                             });
    }
    bool stop() override {
        stopped_ = true;
        if (begun_) {
            step_->stop();
        }
        return true;
    }

private:
    Tools tools_;
    Order order_;
    std::unique_ptr<Step> step_;
    WayBackRecord way_back_;
    bool begun_ = false;
    bool stopped_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

// A rollback is never held back by what the unit is in.
class CallUndo : public Execution {
public:
    explicit CallUndo(std::unique_ptr<Step> step) : step_(std::move(step)) {}

    void prepare(std::function<void(const Prepared&)> done) override {
        Prepared prepared;
        if (const auto why = step_->check()) {
            prepared.refusal = why->refusal;
            prepared.detail = why->detail;
        }
        done(prepared);
    }
    void run(std::function<void(const Report&)> done) override { step_->start(std::move(done)); }
    bool stop() override {
        step_->stop();
        return true;
    }

private:
    std::unique_ptr<Step> step_;
};

}  // namespace

std::unique_ptr<Step> make_step(const Tools& tools, StepPlace place, const CallBack& call) {
    return std::visit(
        [&](const auto& typed) -> std::unique_ptr<Step> {
            using T = std::decay_t<decltype(typed)>;
            if constexpr (std::is_same_v<T, ExecBack>) {
                return make_exec_step(tools, std::move(place), typed);
            } else if constexpr (std::is_same_v<T, HttpCall>) {
                return make_http_step(tools, std::move(place), typed);
            } else if constexpr (std::is_same_v<T, DbusCall>) {
                return make_dbus_step(tools, std::move(place), typed);
            } else {
                return nullptr;
            }
        },
        call);
}

std::unique_ptr<Execution> make_call(const Tools& tools,
                                     Order order,
                                     const CallBack& call,
                                     CallBack undo) {
    WayBackRecord way_back;
    if (!std::holds_alternative<std::monostate>(undo)) {
        way_back.action = order.action;
        way_back.target = order.target;
        way_back.unit = order.unit;
        way_back.call = std::move(undo);
        way_back.timeout = order.rule.timeout;
    }
    auto step = make_step(tools, {order.action, {}, order.rule.timeout}, call);
    return std::make_unique<Call>(tools, std::move(order), std::move(step), std::move(way_back));
}

std::unique_ptr<Execution> make_call_back(const Tools& tools, const WayBackRecord& way_back) {
    return std::make_unique<CallUndo>(
        make_step(tools, {way_back.action, undo_suffix, way_back.timeout}, way_back.call));
}

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "systemd/link.hpp"

#include "systemd/properties.hpp"

#include <utility>

namespace primum::systemd {
namespace {

constexpr const char* broker_name = "org.freedesktop.DBus";

CallTarget broker_call(const char* member) {
    CallTarget target;
    target.destination = broker_name;
    target.path = "/org/freedesktop/DBus";
    target.interface = broker_name;
    target.member = member;
    return target;
}

}  // namespace

struct SystemdLink::State : std::enable_shared_from_this<State> {
    State(Bus& on, Hooks what) : bus(on), hooks(std::move(what)) {}

    void up(sdbus::IConnection& connection);
    void down();
    void ask_owner();
    void subscribe(const std::string& unique_name);
    void on_owner_changed(sdbus::Message& message);

    Bus& bus;
    Hooks hooks;
    std::shared_ptr<void> listening;
    std::vector<sdbus::Slot> slots;
    std::string owner;  // systemd's unique name on the bus; empty while it is not known
    bool ready = false;
};

void SystemdLink::State::up(sdbus::IConnection& connection) {
    const auto weak = weak_from_this();
    for (const auto& match : hooks.matches) {
        const auto rule = std::string("type='signal',sender='") + systemd_name + "'," + match;
        slots.push_back(connection.addMatch(rule, Bus::guarded([weak](sdbus::Message& message) {
                                                const auto self = weak.lock();
                                                if (self != nullptr && !self->owner.empty() &&
                                                    message.getSender() == self->owner) {
                                                    self->hooks.signal(message);
                                                }
                                            })));
    }
    const auto rule = std::string("type='signal',sender='") + broker_name + "',interface='" +
                      broker_name + "',member='NameOwnerChanged',arg0='" + systemd_name + "'";
    slots.push_back(connection.addMatch(rule, Bus::guarded([weak](sdbus::Message& message) {
                                            const auto self = weak.lock();
                                            if (self != nullptr &&
                                                message.getSender() == broker_name) {
                                                self->on_owner_changed(message);
                                            }
                                        })));
    ask_owner();
}

void SystemdLink::State::down() {
    slots.clear();
    owner.clear();
    if (std::exchange(ready, false)) {
        hooks.gone();
    }
}

void SystemdLink::State::ask_owner() {
    bus.call(
        broker_call("GetNameOwner"),
        [weak = weak_from_this()](sdbus::MethodReply* reply, const sdbus::Error*) {
            const auto self = weak.lock();
            std::string unique_name;
            if (self != nullptr && reply != nullptr) {
                *reply >> unique_name;
                self->subscribe(unique_name);
            }
        },
        std::string(systemd_name));
}

void SystemdLink::State::subscribe(const std::string& unique_name) {
    owner = unique_name;
    // An error says that the subscription is there already.
    bus.call(manager_call("Subscribe"),
             [weak = weak_from_this(), unique_name](sdbus::MethodReply*, const sdbus::Error*) {
                 const auto self = weak.lock();
                 if (self != nullptr && self->owner == unique_name) {
                     self->ready = true;
                     self->hooks.ready();
                 }
             });
}

void SystemdLink::State::on_owner_changed(sdbus::Message& message) {
    std::string name;
    std::string before;
    std::string after;
    message >> name >> before >> after;
    if (!after.empty()) {
        subscribe(after);
    }
}

SystemdLink::SystemdLink(Bus& bus, Hooks hooks)
    : state_(std::make_shared<State>(bus, std::move(hooks))) {}

SystemdLink::~SystemdLink() = default;

void SystemdLink::start() {
    const auto weak = std::weak_ptr<State>(state_);
    state_->listening = state_->bus.listen({
        [weak](sdbus::IConnection& connection) {
            if (const auto self = weak.lock()) {
                self->up(connection);
            }
        },
        [weak](const std::string&) {
            if (const auto self = weak.lock()) {
                self->down();
            }
        },
    });
}

bool SystemdLink::ready() const {
    return state_->ready;
}

}  // namespace primum::systemd

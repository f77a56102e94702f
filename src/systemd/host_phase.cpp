// SPDX-License-Identifier: MIT
#include "systemd/host_phase.hpp"

#include "systemd/link.hpp"
#include "systemd/properties.hpp"

#include <string>
#include <utility>

namespace primum::systemd {
namespace {

constexpr const char* way_down = "shutdown.target";

std::string match(const std::string& rest) {
    return std::string("interface='") + manager_interface + "',path='" + manager_path + "'," + rest;
}

}  // namespace

class HostPhaseWatcher::Impl : public std::enable_shared_from_this<HostPhaseWatcher::Impl> {
public:
    Impl(Bus& bus, Told told)
        : bus_(bus),
          told_(std::move(told)),
          // A match on the job's unit is of no use: sd-bus takes no argument behind a number.
          link_(bus,
                {{match("member='StartupFinished'"),
                  match("member='JobNew'"),
                  match("member='JobRemoved'")},
                 [this](sdbus::Message& message) { on_signal(message); },
                 [this] { ask(); },
                 [] {}}) {}

    void begin() { link_.start(); }

private:
    void ask();
    void on_signal(sdbus::Message& message);
    void enter(HostPhase phase) {
        if (std::exchange(phase_, phase) != phase) {
            told_(phase);
        }
    }

    Bus& bus_;
    Told told_;
    HostPhase phase_ = HostPhase::up;
    SystemdLink link_;
};

void HostPhaseWatcher::Impl::ask() {
    bus_.call(
        property_call(manager_path, "Get"),
        [weak = weak_from_this()](sdbus::MethodReply* reply, const sdbus::Error*) {
            const auto self = weak.lock();
            if (self == nullptr || reply == nullptr) {
                return;
            }
            sdbus::Variant value;
            *reply >> value;
            const auto state = value.get<std::string>();
            const bool boots = state == "initializing" || state == "starting";
            self->enter(boots                 ? HostPhase::booting
                        : state == "stopping" ? HostPhase::shutting_down
                                              : HostPhase::up);
        },
        std::string(manager_interface),
        std::string("SystemState"));
}

void HostPhaseWatcher::Impl::on_signal(sdbus::Message& message) {
    const auto member = message.getMemberName();
    if (member == "StartupFinished") {
        ask();
        return;
    }
    std::uint32_t job = 0;
    sdbus::ObjectPath path;
    std::string unit;
    message >> job >> path >> unit;
    if (unit != way_down) {
        return;
    }
    if (member == "JobNew") {
        enter(HostPhase::shutting_down);
    } else {
        ask();
    }
}

HostPhaseWatcher::HostPhaseWatcher(Bus& bus, Told told)
    : impl_(std::make_shared<Impl>(bus, std::move(told))) {
    impl_->begin();
}

HostPhaseWatcher::~HostPhaseWatcher() = default;

}  // namespace primum::systemd

// SPDX-License-Identifier: MIT
#include "ctl/systemd_units.hpp"

#include "ctl/rules_import.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"
#include "systemd/properties.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

namespace primum::ctl {
namespace {

using systemd::PropertyMap;

constexpr const char* timer_interface = "org.freedesktop.systemd1.Timer";
constexpr std::size_t most_timers = 512;

// systemd's "for ever".
constexpr std::uint64_t infinite = UINT64_MAX;

Duration span_of(const PropertyMap& properties, const char* name) {
    const auto us = systemd::unsigned_of(properties, name).value_or(0);
    return us == infinite || us > INT64_MAX ? Duration{0} : Duration{static_cast<std::int64_t>(us)};
}

template <class T>
T value_of(const PropertyMap& properties, const char* name) {
    const auto found = properties.find(name);
    return found != properties.end() && found->second.containsValueOfType<T>()
               ? found->second.get<T>()
               : T{};
}

// Path, arguments, ignore failure, four times of the last run, pid, code, status.
using Execution = sdbus::Struct<std::string,
                                std::vector<std::string>,
                                bool,
                                std::uint64_t,
                                std::uint64_t,
                                std::uint64_t,
                                std::uint64_t,
                                std::uint32_t,
                                std::int32_t,
                                std::int32_t>;

std::vector<Argv> programs_of(const PropertyMap& properties, const char* name) {
    std::vector<Argv> programs;
    for (const auto& each : value_of<std::vector<Execution>>(properties, name)) {
        programs.push_back(std::get<1>(each));
    }
    return programs;
}

// The shortest period of a timer's lines.
Duration period_of(const PropertyMap& timer) {
    using Monotonic = sdbus::Struct<std::string, std::uint64_t, std::uint64_t>;
    using Calendar = sdbus::Struct<std::string, std::string, std::uint64_t>;
    Duration shortest{0};
    const auto take = [&](Duration period) {
        if (period > Duration{0} && (shortest == Duration{0} || period < shortest)) {
            shortest = period;
        }
    };
    for (const auto& each : value_of<std::vector<Monotonic>>(timer, "TimersMonotonic")) {
        // OnBootUSec= and the like elapse once.
        if (std::get<0>(each).starts_with("OnUnit") && std::get<1>(each) < INT64_MAX) {
            take(Duration{static_cast<std::int64_t>(std::get<1>(each))});
        }
    }
    for (const auto& each : value_of<std::vector<Calendar>>(timer, "TimersCalendar")) {
        take(calendar_period(std::get<1>(each)));
    }
    return shortest;
}

void read_service(const PropertyMap& service, UnitSight& sight) {
    sight.service = true;
    sight.type = systemd::text_of(service, "Type").value_or("");
    sight.restart = systemd::text_of(service, "Restart").value_or("");
    sight.restart_after = span_of(service, "RestartUSec");
    sight.watchdog = span_of(service, "WatchdogUSec");
    sight.control_group = systemd::text_of(service, "ControlGroup").value_or("");
    sight.runs = programs_of(service, "ExecStart");
    sight.reloads = programs_of(service, "ExecReload");
}

void read_unit(const PropertyMap& unit, UnitSight& sight) {
    sight.id = systemd::text_of(unit, "Id").value_or("");
    sight.load_state = systemd::text_of(unit, "LoadState").value_or("");
    sight.unit_file_state = systemd::text_of(unit, "UnitFileState").value_or("");
    sight.active_state = systemd::text_of(unit, "ActiveState").value_or("");
    sight.can_reload = systemd::flag_of(unit, "CanReload").value_or(false);
    sight.refuses_manual = systemd::flag_of(unit, "RefuseManualStart").value_or(false) ||
                           systemd::flag_of(unit, "RefuseManualStop").value_or(false);
    sight.start_limit =
        static_cast<std::uint32_t>(systemd::unsigned_of(unit, "StartLimitBurst").value_or(0));
    sight.start_limit_interval = span_of(unit, "StartLimitIntervalUSec");
}

}  // namespace

class SystemdUnits::Asking {
public:
    explicit Asking(const Clock& clock) : bus_(loop_, clock) { bus_.start(); }

    [[nodiscard]] bool there() {
        if (!there_.has_value()) {
            there_ = bus_.connection() != nullptr && list_timers();
        }
        return *there_;
    }

    [[nodiscard]] Result<UnitSight, std::string> look(const std::string& name) {
        const auto unit = properties(name, systemd::unit_interface);
        if (!unit.has_value()) {
            return fail(unit.error());
        }
        UnitSight sight;
        read_unit(*unit, sight);
        if (sight.load_state == "loaded" && sight.id.ends_with(".service")) {
            if (const auto service = properties(name, systemd::service_interface)) {
                read_service(*service, sight);
            }
        }
        for (const Timer& timer : timers()) {
            const bool runs_on_it =
                std::any_of(timer.runs.begin(), timer.runs.end(), [&](const Argv& program) {
                    return acts_on(program, sight.id);
                });
            if (timer.sight.period > Duration{0} && (timer.starts == sight.id || runs_on_it)) {
                sight.timers.push_back(timer.sight);
            }
        }
        sight.watchdogs = monit_watches(monit(), sight.id);
        return sight;
    }

private:
    // Empty where monit is not installed, or its file may not be read.
    const MonitFile& monit() {
        if (!monit_.has_value()) {
            std::vector<MonitLeft> left;
            monit_ = read_monit(monit_tokens_of("/etc/monit/monitrc", host_files(), left));
        }
        return *monit_;
    }

    struct Timer {
        TimerSight sight;
        std::string starts;
        std::vector<Argv> runs;
    };

    template <class Done>
    void await(const Done& done) {
        while (!done() && loop_.run_once(std::chrono::seconds{1})) {
        }
    }

    // Whether systemd answered at all.
    bool list_timers() {
        using Listed = sdbus::Struct<std::string,
                                     std::string,
                                     std::string,
                                     std::string,
                                     std::string,
                                     std::string,
                                     sdbus::ObjectPath,
                                     std::uint32_t,
                                     std::string,
                                     sdbus::ObjectPath>;
        std::optional<bool> answered;
        bus_.call(
            systemd::manager_call("ListUnitsByPatterns"),
            [&](sdbus::MethodReply* reply, const sdbus::Error*) {
                std::vector<Listed> units;
                if (reply != nullptr) {
                    *reply >> units;
                }
                for (const Listed& each : units) {
                    names_.push_back(std::get<0>(each));
                }
                answered = reply != nullptr;
            },
            std::vector<std::string>{},
            std::vector<std::string>{"*.timer"});
        await([&] { return answered.has_value(); });
        return answered.value_or(false);
    }

    const std::vector<Timer>& timers() {
        names_.resize(std::min(names_.size(), most_timers));
        for (const std::string& name : std::exchange(names_, {})) {
            const auto read = properties(name, timer_interface);
            if (!read.has_value()) {
                continue;
            }
            Timer timer;
            timer.sight = {name, period_of(*read)};
            timer.starts = systemd::text_of(*read, "Unit").value_or("");
            if (const auto service = properties(timer.starts, systemd::service_interface)) {
                timer.runs = programs_of(*service, "ExecStart");
            }
            timers_.push_back(std::move(timer));
        }
        return timers_;
    }

    Result<PropertyMap, std::string> properties(const std::string& unit, const char* interface) {
        std::optional<systemd::ManagerResult<PropertyMap>> answer;
        manager_.properties(unit, interface, [&](const auto& read) { answer = read; });
        await([&] { return answer.has_value(); });
        if (!answer.has_value()) {
            return fail(std::string{"interrupted"});
        }
        if (!answer->has_value()) {
            return fail(answer->error().message);
        }
        return std::move(**answer);
    }

    systemd::EventLoop loop_;
    systemd::Bus bus_;
    systemd::Manager manager_{bus_};
    std::optional<bool> there_;
    std::vector<std::string> names_;  // of timers that were not looked at yet
    std::vector<Timer> timers_;
    std::optional<MonitFile> monit_;
};

SystemdUnits::SystemdUnits(const Clock& clock) : clock_(clock) {}

SystemdUnits::~SystemdUnits() = default;

bool SystemdUnits::there() {
    if (asking_ == nullptr) {
        asking_ = std::make_unique<Asking>(clock_);
    }
    return asking_->there();
}

Result<UnitSight, std::string> SystemdUnits::look(const std::string& unit) {
    if (!there()) {
        return fail(std::string{"no systemd here"});
    }
    return asking_->look(unit);
}

}  // namespace primum::ctl

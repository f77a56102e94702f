// SPDX-License-Identifier: MIT
#include "systemd/unit_watcher.hpp"

#include "systemd/link.hpp"
#include "systemd/properties.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <tuple>
#include <utility>

namespace primum::systemd {
namespace {

using Listed = sdbus::Struct<std::string,        // id
                             std::string,        // description
                             std::string,        // load state
                             std::string,        // active state
                             std::string,        // sub state
                             std::string,        // followed unit
                             sdbus::ObjectPath,  // its object
                             std::uint32_t,      // job
                             std::string,        // job type
                             sdbus::ObjectPath>;

// systemd's longest spans, `infinity` among them, become one that sums cannot overflow.
Duration bounded(std::uint64_t us) {
    constexpr std::uint64_t longest = 100ULL * 365 * 24 * 3600 * 1'000'000;
    return Duration{static_cast<std::int64_t>(std::min(us, longest))};
}

// What of a unit's own kind is told in events.
UnitChange service_change(const PropertyMap& properties) {
    UnitChange change;
    change.result = text_of(properties, "Result");
    change.restart = text_of(properties, "Restart");
    change.exit_status = exit_status_of(properties);
    if (const auto us = unsigned_of(properties, "RestartUSec")) {
        change.restart_delay = bounded(*us);
    }
    if (const auto restarts = unsigned_of(properties, "NRestarts")) {
        change.restarts = static_cast<std::uint32_t>(*restarts);
    }
    return change;
}

// What of every unit is only asked for, since no signal tells it.
void add_asked(UnitChange& change, const PropertyMap& properties) {
    change.invocation_id = hex_of(properties, "InvocationID");
    if (const auto burst = unsigned_of(properties, "StartLimitBurst")) {
        change.start_limit_burst = static_cast<std::uint32_t>(*burst);
    }
    if (const auto us = unsigned_of(properties, "StartLimitIntervalUSec")) {
        change.start_limit_interval = bounded(*us);
    }
}

UnitChange unit_change(const PropertyMap& properties) {
    UnitChange change;
    change.load_state = text_of(properties, "LoadState");
    change.active_state = text_of(properties, "ActiveState");
    change.sub_state = text_of(properties, "SubState");
    change.invocation_id = hex_of(properties, "InvocationID");
    change.job_id = job_of(properties);
    return change;
}

bool is_service(std::string_view id) {
    return id.ends_with(".service");
}

// How long systemd may take for the first state; it may be busy starting everything.
constexpr Duration patience = std::chrono::seconds{60};

}  // namespace

class UnitWatcher::Impl : public std::enable_shared_from_this<UnitWatcher::Impl> {
public:
    Impl(Bus& bus, Emit emit, UnitWatcherOptions options)
        : bus_(bus),
          options_(options),
          table_(std::move(emit)),
          link_(bus,
                {{std::string("interface='") + properties_interface +
                      "',member='PropertiesChanged',"
                      "path_namespace='/org/freedesktop/systemd1/unit'",
                  std::string("interface='") + manager_interface + "',path='" + manager_path + "'"},
                 [this](sdbus::Message& message) { on_signal(message); },
                 [this] { resolve(table_.names()); },
                 [this] { gone(); }}) {}

    void begin() { link_.start(); }
    void watch(const std::vector<std::string>& units) {
        const auto fresh = table_.watch(units);
        if (link_.ready()) {
            resolve(fresh);
        }
    }
    [[nodiscard]] bool complete() const { return table_.complete(); }

private:
    using Reply = std::function<void(Impl&, sdbus::MethodReply*, const sdbus::Error*)>;
    struct Gathering {
        PropertyMap properties;
        std::size_t left = 0;
    };

    void gone();
    void resolve(const std::vector<std::string>& names);
    void list(std::vector<std::string> names);
    void listed(const std::vector<std::string>& names, const std::vector<Listed>& units);
    void ask_details(const std::string& id);
    void ask_details_now(const std::string& id);
    void ask_next();
    void ask_job_type(const std::string& id, std::uint32_t job, const std::string& path);

    void on_signal(sdbus::Message& message);
    void on_properties(sdbus::Message& message);
    void on_job(sdbus::Message& message, bool removed);

    template <class... Arguments>
    void call(const CallTarget& target, Reply reply, const Arguments&... arguments) {
        bus_.call(
            target,
            [weak = weak_from_this(), reply = std::move(reply)](sdbus::MethodReply* answer,
                                                                const sdbus::Error* error) {
                if (const auto self = weak.lock()) {
                    reply(*self, answer, error);
                }
            },
            arguments...);
    }

    Bus& bus_;
    UnitWatcherOptions options_;
    UnitTable table_;
    std::deque<std::string> waiting_;  // units whose details are still to be asked for
    std::uint32_t in_flight_ = 0;
    std::uint64_t epoch_ = 0;  // of the connection
    SystemdLink link_;
};

void UnitWatcher::Impl::gone() {
    waiting_.clear();
    in_flight_ = 0;
    ++epoch_;
}

void UnitWatcher::Impl::resolve(const std::vector<std::string>& names) {
    for (std::size_t first = 0; first < names.size(); first += options_.names_per_call) {
        const auto last = std::min(first + options_.names_per_call, names.size());
        const auto begin = names.begin();
        list({begin + static_cast<std::ptrdiff_t>(first),
              begin + static_cast<std::ptrdiff_t>(last)});
    }
}

void UnitWatcher::Impl::list(std::vector<std::string> names) {
    auto target = manager_call("ListUnitsByNames");
    target.timeout = patience;
    call(
        target,
        [names](Impl& self, sdbus::MethodReply* reply, const sdbus::Error* error) {
            if (reply != nullptr) {
                std::vector<Listed> units;
                *reply >> units;
                if (units.size() == names.size()) {
                    self.listed(names, units);
                    return;
                }
            } else if (!self.link_.ready()) {
                return;  // everything is resolved again when systemd is there
            } else if (error->getName() == "org.freedesktop.DBus.Error.NoReply") {
                self.list(names);
                return;
            }
            // One name that systemd does not take spoils the list: ask for each alone.
            for (std::size_t i = 0; names.size() > 1 && i < names.size(); ++i) {
                self.list({names[i]});
            }
        },
        names);
}

void UnitWatcher::Impl::listed(const std::vector<std::string>& names,
                               const std::vector<Listed>& units) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& unit = units[i];
        ListedUnit state{std::get<0>(unit),
                         std::get<2>(unit),
                         std::get<3>(unit),
                         std::get<4>(unit),
                         std::get<7>(unit),
                         std::get<8>(unit)};
        if (table_.resolved(names[i], state)) {
            ask_details(state.id);
        }
    }
}

void UnitWatcher::Impl::ask_details(const std::string& id) {
    waiting_.push_back(id);
    ask_next();
}

void UnitWatcher::Impl::ask_next() {
    while (!waiting_.empty() && in_flight_ < options_.calls_in_flight) {
        const auto id = std::move(waiting_.front());
        waiting_.pop_front();
        ask_details_now(id);
    }
}

// One Get a property: a GetAll costs systemd reads of cgroup files, and us hundreds of values.
void UnitWatcher::Impl::ask_details_now(const std::string& id) {
    static constexpr std::array<const char*, 4> of_service{
        "Result", "Restart", "RestartUSec", "NRestarts"};
    static constexpr std::array<const char*, 3> of_unit{
        "InvocationID", "StartLimitBurst", "StartLimitIntervalUSec"};
    auto gathering = std::make_shared<Gathering>();
    auto target = property_call(unit_path(id), "Get");
    target.timeout = patience;
    const auto get = [&](const char* interface, const char* property) {
        ++gathering->left;
        ++in_flight_;
        call(
            target,
            [gathering, id, key = std::string(property), epoch = epoch_](
                Impl& self, sdbus::MethodReply* reply, const sdbus::Error*) {
                if (self.epoch_ != epoch) {
                    return;
                }
                if (reply != nullptr) {
                    sdbus::Variant value;
                    *reply >> value;
                    gathering->properties.emplace(key, value);
                }
                --self.in_flight_;
                if (--gathering->left == 0) {
                    auto change = service_change(gathering->properties);
                    add_asked(change, gathering->properties);
                    self.table_.details(id, change);
                }
                self.ask_next();
            },
            std::string(interface),
            std::string(property));
    };
    for (const auto* property : of_unit) {
        get(unit_interface, property);
    }
    if (is_service(id)) {
        for (const auto* property : of_service) {
            get(service_interface, property);
        }
    }
}

void UnitWatcher::Impl::ask_job_type(const std::string& id,
                                     std::uint32_t job,
                                     const std::string& path) {
    auto target = property_call(path, "Get");
    target.timeout = std::chrono::seconds{5};
    call(
        target,
        [id, job](Impl& self, sdbus::MethodReply* reply, const sdbus::Error*) {
            std::string type;
            if (reply != nullptr) {
                sdbus::Variant value;
                *reply >> value;
                type = value.get<std::string>();
            }
            self.table_.job_type(id, job, type);
        },
        std::string(job_interface),
        std::string("JobType"));
}

void UnitWatcher::Impl::on_signal(sdbus::Message& message) {
    const auto member = message.getMemberName();
    if (member == "PropertiesChanged") {
        on_properties(message);
    } else if (member == "JobNew" || member == "JobRemoved") {
        on_job(message, member == "JobRemoved");
    } else if (member == "UnitRemoved") {
        std::string id;
        message >> id;
        if (table_.unloaded(id)) {
            resolve({id});
        }
    } else if (member == "Reloading") {
        bool begins = false;
        message >> begins;
        if (!begins) {
            resolve(table_.names());
        }
    }
}

void UnitWatcher::Impl::on_properties(sdbus::Message& message) {
    const auto path = message.getPath();
    const auto id = unit_of_path(path);
    if (!table_.watches(id)) {
        return;
    }
    std::string interface;
    PropertyMap properties;
    message >> interface >> properties;
    // systemd tells the kind's own properties first, then the unit's: told together.
    if (interface == service_interface) {
        table_.remember(id, service_change(properties));
    } else if (interface == unit_interface && table_.changed(id, unit_change(properties))) {
        ask_details(id);
    }
}

void UnitWatcher::Impl::on_job(sdbus::Message& message, bool removed) {
    std::uint32_t job = 0;
    sdbus::ObjectPath path;
    std::string id;
    message >> job >> path >> id;
    if (!table_.watches(id)) {
        return;
    }
    if (removed) {
        std::string result;
        message >> result;
        table_.job_removed(id, job, result);
    } else if (table_.job_new(id, job)) {
        ask_job_type(id, job, path);
    }
}

UnitWatcher::UnitWatcher(Bus& bus, Emit emit, UnitWatcherOptions options)
    : impl_(std::make_shared<Impl>(bus, std::move(emit), options)) {
    impl_->begin();
}

UnitWatcher::~UnitWatcher() = default;

void UnitWatcher::watch(const std::vector<std::string>& units) {
    impl_->watch(units);
}

bool UnitWatcher::complete() const {
    return impl_->complete();
}

}  // namespace primum::systemd

// SPDX-License-Identifier: MIT
#include "systemd/manager.hpp"

#include "systemd/link.hpp"
#include "systemd/properties.hpp"
#include "systemd/stop_walk.hpp"
#include "systemd/unit_facts.hpp"
#include "systemd/unit_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace primum::systemd {
namespace {

constexpr std::string_view job_prefix = "/org/freedesktop/systemd1/job/";
// Calls wait for the subscription at most until so many are there.
constexpr std::size_t max_waiting = 256;

using FactsDone = std::function<void(ManagerResult<UnitFacts>)>;
using Queued = Manager::Queued;
using JobEnded = Manager::JobEnded;
using Told = Manager::Told;
using Fill = Manager::Fill;
using UnitsDone = std::function<void(ManagerResult<std::vector<std::string>>)>;

// One StopWalk under way.
struct Walk {
    explicit Walk(const std::string& root) : steps(root) {}

    StopWalk steps;
    std::uint32_t most = 0;
    std::size_t in_flight = 0;
    bool over = false;
    UnitsDone done;

    void end(ManagerResult<std::vector<std::string>> result) {
        if (!std::exchange(over, true)) {
            done(std::move(result));
        }
    }
};

// Of units asked about at once.
constexpr std::size_t walk_width = 16;

}  // namespace

std::uint32_t job_id_of(const std::string& job_path) {
    std::uint32_t id = 0;
    if (!job_path.starts_with(job_prefix)) {
        return 0;
    }
    const char* first = job_path.data() + job_prefix.size();
    const char* last = job_path.data() + job_path.size();
    const auto read = std::from_chars(first, last, id);
    return read.ec == std::errc{} && read.ptr == last ? id : 0;
}

class Manager::Impl : public std::enable_shared_from_this<Manager::Impl> {
public:
    explicit Impl(Bus& bus)
        : bus_(bus),
          link_(bus,
                {{std::string("interface='") + manager_interface + "',path='" + manager_path +
                  "',member='JobRemoved'"},
                 [this](sdbus::Message& message) { on_job_removed(message); },
                 [this] { ready(); },
                 [this] { gone(); }}) {}

    void begin() { link_.start(); }
    void facts(const std::string& unit, FactsDone done);
    void walk(const std::shared_ptr<Walk>& walk);
    void queue(const CallTarget& target, Fill fill, Queued queued, JobEnded ended);
    void await_job(const std::string& path, JobEnded ended);
    void tell(const CallTarget& target, const Fill& fill, Told done);
    void properties(const std::string& unit,
                    const std::string& interface,
                    std::function<void(ManagerResult<PropertyMap>)> done);
    [[nodiscard]] Bus& bus() { return bus_; }

private:
    using Reply = std::function<void(Impl&, sdbus::MethodReply*, const sdbus::Error*)>;

    void ready();
    void gone();
    void on_job_removed(sdbus::Message& message);
    void end_job(const std::string& path, const std::string& result);
    void look_for_job(const std::string& path);
    void get_all(const std::string& unit, Reply reply);

    template <class... Arguments>
    void call(const CallTarget& target, Reply reply, const Arguments&... arguments) {
        call_with(target, std::move(reply), [&](sdbus::MethodCall& message) {
            static_cast<void>((message << ... << arguments));
        });
    }
    void call_with(const CallTarget& target, Reply reply, const Fill& fill) {
        bus_.call_with(target,
                       fill,
                       [weak = weak_from_this(), reply = std::move(reply)](
                           sdbus::MethodReply* answer, const sdbus::Error* error) {
                           if (const auto self = weak.lock()) {
                               reply(*self, answer, error);
                           }
                       });
    }

    Bus& bus_;
    std::unordered_multimap<std::string, JobEnded> jobs_;
    std::vector<JobEnd> ended_early_;  // jobs that ended while the answer to a call was due
    std::uint32_t calls_due_ = 0;
    std::vector<std::function<void()>> waiting_;  // for the subscription
    SystemdLink link_;
};

void Manager::Impl::ready() {
    // After a re-execution of systemd an end may have gone unheard.
    std::vector<std::string> paths;
    for (const auto& [path, ended] : jobs_) {
        paths.push_back(path);
    }
    for (const auto& path : paths) {
        look_for_job(path);
    }
    for (const auto& start : std::exchange(waiting_, {})) {
        start();
    }
}

void Manager::Impl::gone() {
    for (const auto& [path, ended] : std::exchange(jobs_, {})) {
        ended({path, "disconnected"});
    }
}

void Manager::Impl::get_all(const std::string& unit, Reply reply) {
    call(property_call(unit_path(unit), "GetAll"), std::move(reply), std::string(unit_interface));
}

void Manager::Impl::facts(const std::string& unit, FactsDone done) {
    static constexpr std::array<const char*, 7> of_service{"Result",
                                                           "RemainAfterExit",
                                                           "ExecMainExitTimestampMonotonic",
                                                           "MainPID",
                                                           "ControlPID",
                                                           "User",
                                                           "NFileDescriptorStore"};
    auto gathering = std::make_shared<FactsGathering>();
    gathering->done = std::move(done);
    gathering->left = 1;
    const bool service = unit.ends_with(".service");
    if (service) {
        gathering->left += of_service.size();
    }
    // The unit first: what is read of its process afterwards is at least as new as its state.
    get_all(unit, [gathering](Impl&, sdbus::MethodReply* reply, const sdbus::Error* error) {
        if (reply != nullptr) {
            PropertyMap properties;
            *reply >> properties;
            read_unit(properties, gathering->facts);
        } else {
            gathering->failed = error_of(error);
        }
        if (--gathering->left == 0) {
            gathering->finish();
        }
    });
    for (std::size_t i = 0; service && i < of_service.size(); ++i) {
        call(
            property_call(unit_path(unit), "Get"),
            [gathering, key = std::string(of_service[i])](
                Impl&, sdbus::MethodReply* reply, const sdbus::Error* error) {
                if (reply != nullptr) {
                    sdbus::Variant value;
                    *reply >> value;
                    gathering->service.emplace(key, value);
                } else {
                    gathering->failed = error_of(error);
                }
                if (--gathering->left == 0) {
                    gathering->finish();
                }
            },
            std::string(service_interface),
            std::string(of_service[i]));
    }
}

void Manager::Impl::walk(const std::shared_ptr<Walk>& walk) {
    while (!walk->over && walk->steps.has_next() && walk->in_flight < walk_width) {
        const auto step = walk->steps.next();
        ++walk->in_flight;
        get_all(step.unit,
                [walk, step](Impl& self, sdbus::MethodReply* reply, const sdbus::Error* error) {
                    PropertyMap properties;
                    if (reply != nullptr) {
                        *reply >> properties;
                    }
                    --walk->in_flight;
                    if (reply == nullptr) {
                        walk->end(fail(error_of(error)));
                        return;
                    }
                    walk->steps.take(step, read_links(properties, step.unit));
                    if (walk->steps.found().size() > walk->most) {
                        walk->end(fail(ManagerError{
                            "too_many", "too many units depend on " + walk->steps.root()}));
                        return;
                    }
                    self.walk(walk);
                });
    }
    const auto& found = walk->steps.found();
    if (!walk->steps.has_next() && walk->in_flight == 0) {
        walk->end(std::vector<std::string>(found.begin(), found.end()));
    }
}

void Manager::Impl::queue(const CallTarget& target, Fill fill, Queued queued, JobEnded ended) {
    if (!link_.ready() && waiting_.size() < max_waiting && bus_.connection() != nullptr) {
        waiting_.emplace_back(
            [this, target, fill, queued, ended] { queue(target, fill, queued, ended); });
        return;
    }
    ++calls_due_;
    call_with(
        target,
        [queued = std::move(queued), ended = std::move(ended)](
            Impl& self, sdbus::MethodReply* reply, const sdbus::Error* error) {
            sdbus::ObjectPath path;
            if (reply != nullptr) {
                *reply >> path;
            }
            --self.calls_due_;
            const auto early =
                self.calls_due_ == 0 ? std::exchange(self.ended_early_, {}) : self.ended_early_;
            if (reply == nullptr) {
                queued(fail(error_of(error)));
                return;
            }
            const auto before = std::find_if(
                early.begin(), early.end(), [&](const JobEnd& end) { return end.path == path; });
            if (before == early.end()) {
                self.jobs_.emplace(path, ended);
            }
            queued(std::string(path));
            if (before != early.end()) {
                ended(*before);
            }
        },
        fill);
}

void Manager::Impl::await_job(const std::string& path, JobEnded ended) {
    jobs_.emplace(path, std::move(ended));
    if (link_.ready()) {
        look_for_job(path);
    }
}

void Manager::Impl::tell(const CallTarget& target, const Fill& fill, Told done) {
    call_with(
        target,
        [done = std::move(done)](Impl&, sdbus::MethodReply* reply, const sdbus::Error* error) {
            if (reply != nullptr) {
                done({});
            } else {
                done(fail(error_of(error)));
            }
        },
        fill);
}

void Manager::Impl::properties(const std::string& unit,
                               const std::string& interface,
                               std::function<void(ManagerResult<PropertyMap>)> done) {
    call(
        property_call(unit_path(unit), "GetAll"),
        [done = std::move(done)](Impl&, sdbus::MethodReply* reply, const sdbus::Error* error) {
            if (reply == nullptr) {
                done(fail(error_of(error)));
                return;
            }
            PropertyMap properties;
            *reply >> properties;
            done(std::move(properties));
        },
        interface);
}

void Manager::Impl::look_for_job(const std::string& path) {
    call(
        property_call(path, "Get"),
        [path](Impl& self, sdbus::MethodReply* reply, const sdbus::Error* error) {
            if (reply != nullptr || self.jobs_.count(path) == 0) {
                return;
            }
            if (error->getName() == "org.freedesktop.DBus.Error.NoReply") {
                self.look_for_job(path);
            } else {
                self.end_job(path, "gone");
            }
        },
        std::string(job_interface),
        std::string("JobType"));
}

void Manager::Impl::on_job_removed(sdbus::Message& message) {
    std::uint32_t job = 0;
    sdbus::ObjectPath path;
    std::string unit;
    std::string result;
    message >> job >> path >> unit >> result;
    if (calls_due_ > 0) {
        ended_early_.push_back({path, result});
    }
    end_job(path, result);
}

void Manager::Impl::end_job(const std::string& path, const std::string& result) {
    const auto [first, last] = jobs_.equal_range(path);
    std::vector<std::function<void(const JobEnd&)>> callbacks;
    for (auto job = first; job != last; ++job) {
        callbacks.push_back(std::move(job->second));
    }
    jobs_.erase(first, last);
    for (const auto& ended : callbacks) {
        ended({path, result});
    }
}

Manager::Manager(Bus& bus) : impl_(std::make_shared<Impl>(bus)) {
    impl_->begin();
}

Manager::~Manager() = default;

void Manager::facts(const std::string& unit, FactsDone done) {
    impl_->facts(unit, std::move(done));
}

void Manager::stopped_with(const std::string& unit, std::uint32_t most, UnitsDone done) {
    auto walk = std::make_shared<Walk>(unit);
    walk->most = most;
    walk->done = std::move(done);
    impl_->walk(walk);
}

void Manager::start_job(JobVerb verb, const std::string& unit, Queued queued, JobEnded ended) {
    static constexpr std::array<const char*, 3> members{"RestartUnit", "ReloadUnit", "StopUnit"};
    impl_->queue(
        manager_call(members.at(static_cast<std::size_t>(verb))),
        [unit, mode = std::string(verb == JobVerb::stop_now ? "replace" : "fail")](
            sdbus::MethodCall& message) { message << unit << mode; },
        std::move(queued),
        std::move(ended));
}

void Manager::start_transient(Fill fill, Queued queued, JobEnded ended) {
    impl_->queue(
        manager_call("StartTransientUnit"), std::move(fill), std::move(queued), std::move(ended));
}

void Manager::signal_unit(const std::string& unit, const std::string& whom, int signal, Told done) {
    impl_->tell(
        manager_call("KillUnit"),
        [&](sdbus::MethodCall& message) {
            message << unit << whom << static_cast<std::int32_t>(signal);
        },
        std::move(done));
}

void Manager::reset_failed(const std::string& unit, Told done) {
    impl_->tell(
        manager_call("ResetFailedUnit"),
        [&](sdbus::MethodCall& message) { message << unit; },
        std::move(done));
}

void Manager::properties(const std::string& unit,
                         const std::string& interface,
                         std::function<void(ManagerResult<PropertyMap>)> done) {
    impl_->properties(unit, interface, std::move(done));
}

Bus& Manager::bus() {
    return impl_->bus();
}

void Manager::await_job(std::uint32_t job_id, JobEnded ended) {
    impl_->await_job(std::string(job_prefix) + std::to_string(job_id), std::move(ended));
}

}  // namespace primum::systemd

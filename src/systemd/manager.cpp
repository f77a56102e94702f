// SPDX-License-Identifier: MIT
#include "systemd/manager.hpp"

#include "systemd/link.hpp"
#include "systemd/properties.hpp"
#include "systemd/stop_walk.hpp"
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

ManagerError error_of(const sdbus::Error* error) {
    if (error == nullptr) {
        return {"unreadable", "systemd's answer could not be read"};
    }
    return {error->getName(), error->getMessage()};
}

bool runs(const std::string& active_state) {
    return active_state != "inactive" && active_state != "failed";
}

void read_unit(const PropertyMap& properties, UnitFacts& facts) {
    facts.id = text_of(properties, "Id").value_or("");
    facts.load_state = text_of(properties, "LoadState").value_or("");
    facts.unit_file_state = text_of(properties, "UnitFileState").value_or("");
    facts.active_state = text_of(properties, "ActiveState").value_or("");
    facts.sub_state = text_of(properties, "SubState").value_or("");
    facts.invocation_id = hex_of(properties, "InvocationID").value_or("");
    facts.job_id = job_of(properties).value_or(0);
    facts.can_start = flag_of(properties, "CanStart").value_or(false);
    facts.can_reload = flag_of(properties, "CanReload").value_or(false);
    facts.refuses_manual_start = flag_of(properties, "RefuseManualStart").value_or(false);
    facts.refuses_manual_stop = flag_of(properties, "RefuseManualStop").value_or(false);
    facts.active_entered = instant_of(properties, "ActiveEnterTimestampMonotonic");
    facts.active_left = instant_of(properties, "ActiveExitTimestampMonotonic");
    facts.inactive_entered = instant_of(properties, "InactiveEnterTimestampMonotonic");
    facts.inactive_left = instant_of(properties, "InactiveExitTimestampMonotonic");
}

using FactsDone = std::function<void(ManagerResult<UnitFacts>)>;
using UnitsDone = std::function<void(ManagerResult<std::vector<std::string>>)>;

// The parts of one facts() as they arrive.
struct FactsGathering {
    UnitFacts facts;
    PropertyMap service;
    std::optional<ManagerError> failed;
    std::size_t left = 0;
    FactsDone done;

    void finish() {
        if (failed.has_value()) {
            done(fail(*failed));
            return;
        }
        const auto result = text_of(service, "Result");
        facts.service = result.has_value();
        facts.result = result.value_or("");
        facts.remain_after_exit = flag_of(service, "RemainAfterExit").value_or(false);
        facts.main_exited = instant_of(service, "ExecMainExitTimestampMonotonic");
        done(std::move(facts));
    }
};

UnitLinks read_links(const PropertyMap& properties, const std::string& unit) {
    UnitLinks links;
    links.id = text_of(properties, "Id").value_or(unit);
    links.running = runs(text_of(properties, "ActiveState").value_or(""));
    links.required_by = texts_of(properties, "RequiredBy");
    links.requisite_of = texts_of(properties, "RequisiteOf");
    links.bound_by = texts_of(properties, "BoundBy");
    links.consists_of = texts_of(properties, "ConsistsOf");
    links.propagates_stop_to = texts_of(properties, "PropagatesStopTo");
    links.conflicts = texts_of(properties, "Conflicts");
    const auto others = texts_of(properties, "ConflictedBy");
    links.conflicts.insert(links.conflicts.end(), others.begin(), others.end());
    return links;
}

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
    void start_job(JobVerb verb,
                   const std::string& unit,
                   std::function<void(ManagerResult<std::string>)> queued,
                   std::function<void(const JobEnd&)> ended);
    void await_job(const std::string& path, std::function<void(const JobEnd&)> ended);

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
    std::unordered_multimap<std::string, std::function<void(const JobEnd&)>> jobs_;
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
    static constexpr std::array<const char*, 3> of_service{
        "Result", "RemainAfterExit", "ExecMainExitTimestampMonotonic"};
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

void Manager::Impl::start_job(JobVerb verb,
                              const std::string& unit,
                              std::function<void(ManagerResult<std::string>)> queued,
                              std::function<void(const JobEnd&)> ended) {
    if (!link_.ready() && waiting_.size() < max_waiting && bus_.connection() != nullptr) {
        waiting_.emplace_back(
            [this, verb, unit, queued = std::move(queued), ended = std::move(ended)] {
                start_job(verb, unit, queued, ended);
            });
        return;
    }
    ++calls_due_;
    auto target = manager_call(verb == JobVerb::restart ? "RestartUnit" : "ReloadUnit");
    call(
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
        unit,
        std::string("fail"));
}

void Manager::Impl::await_job(const std::string& path, std::function<void(const JobEnd&)> ended) {
    jobs_.emplace(path, std::move(ended));
    if (link_.ready()) {
        look_for_job(path);
    }
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

void Manager::start_job(JobVerb verb,
                        const std::string& unit,
                        std::function<void(ManagerResult<std::string>)> queued,
                        std::function<void(const JobEnd&)> ended) {
    impl_->start_job(verb, unit, std::move(queued), std::move(ended));
}

void Manager::await_job(std::uint32_t job_id, std::function<void(const JobEnd&)> ended) {
    impl_->await_job(std::string(job_prefix) + std::to_string(job_id), std::move(ended));
}

}  // namespace primum::systemd

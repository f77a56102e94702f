// SPDX-License-Identifier: MIT
#include "support/actuator_host.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace primum::support {
namespace {

namespace fs = std::filesystem;

constexpr const char* effects_file = "effects";
constexpr const char* good = "known good\n";

remedy::FileError broken(const std::string& operation) {
    return {Refusal::storage, operation + " failed", {}};
}

}  // namespace

// One remedy.
class HostExecution final : public remedy::Execution {
public:
    HostExecution(ActuatorHost& host, remedy::Order order)
        : host_(host), order_(std::move(order)) {}

    void prepare(std::function<void(const remedy::Prepared&)> done) override {
        remedy::Prepared prepared;
        prepared.refusal = host_.plan.refuse;
        prepared.begun = host_.plan.begun;
        prepared.way_back = {order_.action, order_.target, order_.unit, {}, {}, {}, {}, false};
        auto& way_back = prepared.way_back;
        way_back.then = host_.plan.then;
        way_back.timeout = order_.rule.timeout;
        way_back.by_hand = host_.plan.by_hand;
        if (host_.plan.call) {
            way_back.call = remedy::ExecBack{{"/bin/undo"}, {}, {}, 0, 0};
        }
        for (const auto& path : host_.files) {
            const auto before = host_.keep(path);
            const auto after = host_.keep_text(good);
            if (!before.has_value() || !after.has_value()) {
                prepared.refusal = Refusal::storage;
                break;
            }
            way_back.files.push_back({path, *before, *after});
            prepared.facts.snapshots.push_back(*before);
        }
        way_back_ = way_back;
        if (host_.plan.hold_prepare) {
            host_.later([prepared, done = std::move(done)] { done(prepared); });
        } else {
            done(prepared);
        }
    }

    void run(std::function<void(const remedy::Report&)> done) override {
        remedy::Report report;
        report.result = host_.plan.result;
        bool done_all = host_.effect("act " + order_.action);
        for (const auto& file : way_back_.files) {
            done_all = done_all && host_.put(file.after, file.path, file.before).has_value();
        }
        if (!done_all) {
            report.result = ActionResult::failed;
        }
        report.detail = done_all ? "the effect is there" : "the effect failed";
        report.invocation_after = host_.invocation();
        report.facts.stored_after = 3;
        if (host_.plan.hold_run) {
            *held_ = [report, done = std::move(done)](bool stopped) {
                auto told = report;
                told.result = stopped ? ActionResult::failed : told.result;
                done(told);
            };
            host_.later([held = held_] { tell(held, false); });
        } else {
            done(report);
        }
    }

    bool stop() override {
        ++host_.stops;
        if (host_.plan.stops) {
            tell(held_, true);
        }
        return host_.plan.stops;
    }

private:
    using Held = std::shared_ptr<std::function<void(bool)>>;
    static void tell(const Held& held, bool stopped) {
        if (const auto call = std::exchange(*held, nullptr)) {
            call(stopped);
        }
    }

    ActuatorHost& host_;
    remedy::Order order_;
    remedy::WayBackRecord way_back_;
    Held held_ = std::make_shared<std::function<void(bool)>>();
};

// One way back.
class HostRollback final : public remedy::Execution {
public:
    HostRollback(ActuatorHost& host, remedy::WayBackRecord way_back)
        : host_(host), way_back_(std::move(way_back)) {}

    void prepare(std::function<void(const remedy::Prepared&)> done) override {
        remedy::Prepared prepared;
        prepared.refusal = host_.plan.refuse;
        for (const auto& file : way_back_.files) {
            const auto now = host_.identify(file.path);
            if (!now.has_value()) {
                prepared.refusal = now.error().refusal;
            } else if (*now != file.after && *now != file.before) {
                prepared.refusal = Refusal::conflict;
                prepared.facts.conflict = "-" + file.path;
            }
        }
        done(prepared);
    }

    void run(std::function<void(const remedy::Report&)> done) override {
        bool all = true;
        for (const auto& file : way_back_.files) {
            all = all && (*host_.identify(file.path) == file.before ||
                          host_.put(file.before, file.path, file.after).has_value());
        }
        if (!std::holds_alternative<std::monostate>(way_back_.call)) {
            all = all && host_.effect("undo " + way_back_.action);
        }
        if (way_back_.then != Then::nothing) {
            all = all && host_.effect((way_back_.then == Then::reload ? "reload " : "restart ") +
                                      way_back_.unit);
        }
        remedy::Report report;
        report.result = all ? host_.plan.result : ActionResult::failed;
        report.detail = all ? "everything is back" : "not everything is back";
        if (host_.plan.hold_run) {
            host_.later([report, done = std::move(done)] { done(report); });
        } else {
            done(report);
        }
    }
    bool stop() override {
        ++host_.stops;
        return false;
    }

private:
    ActuatorHost& host_;
    remedy::WayBackRecord way_back_;
};

ActuatorHost::ActuatorHost(std::string directory, remedy::FaultHook hook)
    : directory_(std::move(directory)), hook_(std::move(hook)) {
    unit.id = "gateway.service";
    unit.load_state = "loaded";
    unit.active_state = "active";
    unit.can_reload = true;
    unit.service = true;
    unit.user = "gateway";
    fs::create_directories(path("kept"));
}

bool ActuatorHost::operate(const std::string& operation) {
    return !hook_ || hook_(operation);
}

bool ActuatorHost::effect(const std::string& line) {
    if (!operate(line)) {
        return false;
    }
    std::ofstream out(path(effects_file), std::ios::app);
    out << line << '\n';
    return out.good();
}

std::vector<std::string> ActuatorHost::effects() const {
    std::vector<std::string> lines;
    std::ifstream in(path(effects_file));
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::size_t ActuatorHost::count(const std::string& effect) const {
    const auto all = effects();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), effect));
}

std::string ActuatorHost::invocation() const {
    const auto all = effects();
    const auto starts = std::count_if(all.begin(), all.end(), [](const std::string& line) {
        return line.starts_with("restart ") || line.starts_with("act ");
    });
    return "i" + std::to_string(starts);
}

std::string ActuatorHost::read(const std::string& path) const {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void ActuatorHost::write(const std::string& path, const std::string& text) const {
    std::ofstream(path, std::ios::binary) << text;
}

// An id is `kept:` and the content's hash; empty where nothing stands.
std::string ActuatorHost::id_of(const std::string& text) {
    return "kept:" + std::to_string(std::hash<std::string>{}(text));
}

remedy::FileResult<std::string> ActuatorHost::keep_text(const std::string& text) {
    const auto id = id_of(text);
    if (!operate("keep")) {
        return fail(broken("keep"));
    }
    write(path("kept/" + id), text);
    return id;
}

remedy::FileResult<std::string> ActuatorHost::keep(const std::string& file) {
    return fs::exists(file) ? keep_text(read(file)) : remedy::FileResult<std::string>{""};
}

remedy::FileResult<std::string> ActuatorHost::identify(const std::string& file) {
    return fs::exists(file) ? id_of(read(file)) : "";
}

remedy::FileResult<void> ActuatorHost::put(const std::string& id,
                                           const std::string& file,
                                           const std::string& expected) {
    if (*identify(file) != expected) {
        return fail(remedy::FileError{Refusal::conflict, file + " was changed", "-" + file});
    }
    if (!operate("put")) {
        return fail(broken("put"));
    }
    if (id.empty()) {
        fs::remove(file);
        return {};
    }
    write(file + ".new", read(path("kept/" + id)));
    fs::rename(file + ".new", file);
    return {};
}

void ActuatorHost::release() {
    for (const auto& tell : std::exchange(held_, {})) {
        tell();
    }
}

actuator::Ports ActuatorHost::ports() {
    actuator::Ports ports;
    ports.facts = [this](const std::string&, const actuator::Ports::FactsDone& done) {
        auto facts = unit;
        facts.invocation_id = invocation();
        const systemd::ManagerResult<systemd::UnitFacts> answer =
            plan.silent ? systemd::ManagerResult<systemd::UnitFacts>{fail(systemd::ManagerError{
                              "org.freedesktop.DBus.Error.NoReply", "no reply"})}
                        : systemd::ManagerResult<systemd::UnitFacts>{facts};
        if (plan.hold_facts) {
            later([answer, done] { done(answer); });
        } else {
            done(answer);
        }
    };
    ports.stopped_with = [this](const std::string&,
                                std::uint32_t,
                                const actuator::Ports::UnitsDone& done) { done(blast); };
    ports.execute = [this](remedy::Order order) {
        ordered = order;
        return std::make_unique<HostExecution>(*this, std::move(order));
    };
    ports.roll_back = [this](remedy::WayBackRecord way_back) {
        return std::make_unique<HostRollback>(*this, std::move(way_back));
    };
    ports.judge_left = [this](const remedy::Order& order,
                              const remedy::WayBackRecord& way_back,
                              const systemd::UnitFacts&,
                              const actuator::Ports::ReportDone& done) {
        ordered = order;
        done(judge(way_back));
    };
    ports.evidence = [this](const std::string&,
                            const std::string&,
                            Duration within,
                            const actuator::Ports::EvidenceDone& done) {
        evidence_within = within;
        if (hold_evidence) {
            later([reply = evidence, done] { done(reply); });
        } else {
            done(evidence);
        }
    };
    ports.identify = [this](const std::string& file) { return identify(file); };
    ports.collect = [this](const std::set<std::string>& needed) {
        collected = needed;
        return remedy::FileResult<void>{};
    };
    return ports;
}

// As judge_left of the real ones: files tell, all else is in doubt.
remedy::Report ActuatorHost::judge(const remedy::WayBackRecord& way_back) {
    remedy::Report report;
    const auto changed = [this](const remedy::FileBack& file) {
        return *identify(file.path) == file.after;
    };
    const auto untouched = [this](const remedy::FileBack& file) {
        return *identify(file.path) == file.before;
    };
    const auto& all = way_back.files;
    report.result = all.empty()                                      ? ActionResult::ambiguous
                    : std::all_of(all.begin(), all.end(), changed)   ? ActionResult::done
                    : std::all_of(all.begin(), all.end(), untouched) ? ActionResult::failed
                                                                     : ActionResult::ambiguous;
    report.detail = "judged";
    return report;
}

}  // namespace primum::support

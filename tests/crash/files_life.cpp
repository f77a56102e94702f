// SPDX-License-Identifier: MIT
#include "files_life.hpp"

#include "remedy/file_tree.hpp"

#include <primum/names.hpp>

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace primum::actuator::crash {
namespace {

namespace fs = std::filesystem;

constexpr const char* unit = "gateway.service";
constexpr const char* invocation = "aa";  // that of the fake systemd's units
constexpr uid_t somebody = 4242;

FileKind failover(std::string name, const std::string& pointer, const std::string& points_to) {
    FileKind kind;
    kind.name = std::move(name);
    kind.remedy = "failover = { provider = \"upstream\", then = \"nothing\" }";
    kind.provider = "pointer = " + pointer +
                    "\norder = [\"a\", \"b\"]\ncandidate.a = { points_to = \"" + points_to +
                    "a\" }\ncandidate.b = { points_to = \"" + points_to + "b\" }\n";
    kind.candidate = "b";
    return kind;
}

std::string at(const std::string& directory, std::string text) {
    for (std::size_t found = text.find('@'); found != std::string::npos;
         found = text.find('@', found + directory.size())) {
        text.replace(found, 1, directory);
    }
    return text;
}

}  // namespace

std::vector<FileKind> file_kinds() {
    FileKind reloading = failover("link_and_reload", "{ symlink = \"@/etc/current\" }", "@/good/");
    reloading.remedy = "failover = { provider = \"upstream\", then = \"reload\" }";
    reloading.then = true;
    FileKind fallback;
    fallback.name = "fallback";
    fallback.level = Level::fallback;
    fallback.remedy =
        "config_fallback = { files = [{ path = \"@/etc/main\", good = \"@/good/a\" }, "
        "{ path = \"@/etc/conf.d\", good = \"@/good/conf.d\" }, { path = "
        "\"@/etc/new\", good = \"@/good/b\" }], then = \"nothing\" }";
    return {
        failover("link", "{ symlink = \"@/etc/current\" }", "@/good/"),
        reloading,
        failover("whole_file", "{ file = \"@/etc/whole\" }", "@/good/"),
        failover("env", "{ file = \"@/etc/env\", key = \"UPSTREAM\", format = \"env\" }", ""),
        failover("toml", "{ file = \"@/etc/toml\", key = \"up.stream\", format = \"toml\" }", ""),
        failover("json", "{ file = \"@/etc/json\", key = \"up.stream\", format = \"json\" }", ""),
        fallback,
    };
}

Jobs::Jobs() {
    const Stamp now = SystemClock{}.now();
    // Deadlines of a second pass at once, timeouts do not.
    clock.set({now.t - std::chrono::seconds{10}, now.wall});
    bus_ = std::make_unique<systemd::Bus>(loop, clock);
    manager_ = std::make_unique<systemd::Manager>(*bus_);
    if (!there()) {
        return;
    }
    systemd_ = std::make_unique<systemd::testing::FakeSystemd>();
    systemd_->units[unit];
    systemd_->on_job = [this](const std::string& verb, const std::string& of) {
        if (may_queue && !may_queue()) {
            return std::uint32_t{0};
        }
        // A left program of ours is stopped without waiting: it may be heard in the next life.
        if (of.rfind("primum-action-", 0) != 0) {
            asked.push_back(verb + ' ' + of);
        }
        return next_job_++;
    };
    bus_->start();
}

bool Jobs::turn_until(const std::function<bool()>& done) {
    for (int turn = 0; turn < 5'000; ++turn) {
        if (systemd_ != nullptr) {
            systemd_->pump();
            for (; ended_ < next_job_; ++ended_) {
                systemd_->job_removed(ended_, unit, "done");
            }
        }
        if (done()) {
            return true;
        }
        loop.run_once(std::chrono::milliseconds{1});
    }
    return false;
}

FilesPlace::FilesPlace(const std::string& directory, const FileKind& kind)
    : directory_(directory), kind_(kind) {
    write("primum.toml", "mode = \"enforce\"\n", 0600);
    write("good/a", "known good\n", 0644);
    write("good/b", "the other one\n", 0604);
    write("good/conf.d/one", "good one\n", 0644);
    write("good/conf.d/deep/three", "good three\n", 0600);
    std::string rules = R"(
[target.gateway]
unit = "gateway.service"
mode = "enforce"
enforce_up_to = "fallback"
indicator.unit.value = "unit_state"
)" + ("ladder." + std::string(name_of(kind.level)) + ".remedy = [{ ") +
                        kind.remedy + " }]\n";
    if (!kind.provider.empty()) {
        rules += "[provider.upstream]\n" + kind.provider;
    }
    write("rules.toml", at(directory, rules), 0600);
    RulesPlaces places;
    places.settings = path("primum.toml");
    places.rules = {path("rules.toml")};
    places.trust = {::geteuid(), directory};
    rules_ = std::make_unique<RulesCache>(places);
}

void FilesPlace::write(const std::string& name, const std::string& text, unsigned mode) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
    fs::permissions(path(name), static_cast<fs::perms>(mode));
}

// An owner and an attribute of its own, where this user may give them.
void FilesPlace::decorate(const std::string& name) const {
    const std::string file = path(name);
    static_cast<void>(::lchown(file.c_str(), somebody, somebody + 1));
    static_cast<void>(::lsetxattr(file.c_str(), "user.note", name.data(), name.size(), 0));
}

void FilesPlace::clean() {
    for (const auto* name : {"etc",
                             "snapshots",
                             "actuator.db",
                             "actuator.db-wal",
                             "actuator.db-shm",
                             "actuator.db-journal"}) {
        fs::remove_all(path(name));
    }
    jobs_.asked.clear();
    write("etc/other", "nobody's business\n", 0644);
    if (kind_.level == Level::fallback) {
        write("etc/main", "before\n", 0640);
        write("etc/conf.d/one", "before one\n", 0400);
        write("etc/conf.d/two", "before two\n", 0644);
        fs::create_symlink("one", path("etc/conf.d/link"));
        decorate("etc/main");
        decorate("etc/conf.d/two");
        decorate("etc/conf.d/link");
    } else if (kind_.provider.find("symlink") != std::string::npos) {
        fs::create_symlink(path("good/a"), path("etc/current"));
        decorate("etc/current");
    } else if (kind_.name == "whole_file") {
        write("etc/whole", "known good\n", 0640);
        decorate("etc/whole");
    } else {
        const auto* text = kind_.name == "env"    ? "# up\nUPSTREAM=a\nOTHER=1"
                           : kind_.name == "toml" ? "[up]\nstream = \"a\" # now\n"
                                                  : "{ \"up\" : {\"stream\":  \"a\"} }";
        write("etc/" + kind_.name, text, 0640);
        decorate("etc/" + kind_.name);
    }
    set_times();
}

// The same in each run.
void FilesPlace::set_times() const {
    const timespec then{1'000'000'000, 123'456'789};
    const timespec times[] = {then, then};
    for (const auto& entry : fs::recursive_directory_iterator(path("etc"))) {
        ::utimensat(AT_FDCWD, entry.path().c_str(), &times[0], AT_SYMLINK_NOFOLLOW);
    }
}

std::string FilesPlace::digest() {
    const auto rules = rules_->get();
    if (!rules.has_value()) {
        throw std::runtime_error(rules.error().message);
    }
    return (*rules)->targets.at(0).rungs[index_of(kind_.level)].remedies.at(0).plan_digest;
}

remedy::PathPolicy FilesPlace::policy() const {
    remedy::PathPolicy policy;
    policy.owner = ::geteuid();
    policy.group = ::getegid();
    policy.top = directory_;
    return policy;
}

void FilesPlace::tidy() {
    remedy::SnapshotStore store(path("snapshots"), {}, {}, policy());
    for (const auto* name : {"main", "conf.d", "new", "current", "whole", "env", "toml", "json"}) {
        static_cast<void>(store.tidy(path("etc/") + name));
    }
}

std::string FilesPlace::describe(bool times) const {
    auto tree =
        remedy::scan_tree(AT_FDCWD, path("etc"), remedy::TreeLimits{}, remedy::hash_content);
    if (!tree.has_value() || !tree->has_value()) {
        return "unreadable";
    }
    for (auto& entry : (*tree)->entries) {
        if (!times || entry.name.empty()) {
            entry.times.reset();
        } else if (entry.times) {
            entry.times->accessed = 0;
        }
    }
    return remedy::write_tree(**tree);
}

FilesLife::FilesLife(FilesPlace& place, const Blow& blow)
    : place_(place),
      blow_(blow),
      store_(
          place.path("snapshots"),
          {},
          [this](std::string_view) { return operate(); },
          place.policy()) {
    fault::Plan plan;
    if (blow.storage && blow.at > 0) {
        plan = {blow.at, fault::Death::none, SQLITE_IOERR, blow.how != How::fails};
    }
    fault::set_plan(plan);
    place.jobs().may_queue = [this] { return !struck_dead(); };
    actuator_ = std::make_unique<Actuator>(
        place.jobs().loop,
        place.jobs().clock,
        ports(),
        place.rules(),
        ActuatorOptions{
            place.path("actuator.db"), "this", {place.path("disabled")}, fault::vfs_name},
        ActuatorHooks{[this](std::uint64_t, const remedy::Reply& reply) {
                          const auto* event = std::get_if<ActionEvent>(&reply);
                          if (event != nullptr && !struck_dead()) {
                              told_[event->action].take(*event);
                          }
                      },
                      [](const Note&) {}});
    actuator_->recover();
    int turns = 0;
    place_.jobs().turn_until([&] { return ++turns > 1 || struck_dead(); });
}

Ports FilesLife::ports() {
    Jobs& jobs = place_.jobs();
    Ports ports = make_ports({jobs.loop, jobs.clock, jobs.manager(), store_});
    ports.facts = [](const std::string& name, const Ports::FactsDone& done) {
        systemd::UnitFacts facts;
        facts.id = name;
        facts.load_state = "loaded";
        facts.active_state = "active";
        facts.can_reload = true;
        facts.service = true;
        facts.invocation_id = invocation;
        done(facts);
    };
    ports.stopped_with = [](const std::string&, std::uint32_t, const Ports::UnitsDone& done) {
        done(std::vector<std::string>{});
    };
    return ports;
}

FilesLife::~FilesLife() {
    if (blow_.how == How::dies && struck_dead()) {
        die();
    }
    actuator_.reset();
    place_.jobs().may_queue = {};
    fault::clear();
}

void FilesLife::die() {
    if (!std::exchange(dead_, true)) {
        fault::set_plan({1, fault::Death::none, SQLITE_IOERR, true});
    }
}

bool FilesLife::struck_dead() {
    return dead_ || (blow_.storage && blow_.how == How::dies && fault::reached());
}

bool FilesLife::operate() {
    if (struck_dead()) {
        return false;
    }
    ++operations_;
    if (blow_.storage || blow_.at == 0 || operations_ < blow_.at) {
        return true;
    }
    if (blow_.how == How::dies) {
        die();
        return false;
    }
    return blow_.how == How::fails && operations_ > blow_.at;
}

void FilesLife::execute(const std::string& id) {
    remedy::ExecuteRequest request;
    request.action = id;
    request.target = "gateway";
    request.level = place_.kind().level;
    request.candidate = place_.kind().candidate;
    request.plan_digest = place_.digest();
    request.not_after = place_.jobs().clock.now().t + std::chrono::seconds{30};
    request.operator_uid = 0;
    const std::size_t before = told_[id].finished.size();
    actuator_->handle(1, request);
    place_.jobs().turn_until([&] { return struck_dead() || told_[id].finished.size() > before; });
}

void FilesLife::settle(const std::string& id) {
    const std::size_t before = told_[id].settled.size();
    actuator_->handle(1, remedy::SettleRequest{id});
    place_.jobs().turn_until([&] { return struck_dead() || told_[id].settled.size() > before; });
}

void FilesLife::roll_back(const std::string& id) {
    const std::size_t before = told_[id].undone.size();
    actuator_->handle(1, remedy::RollbackRequest{id});
    place_.jobs().turn_until([&] { return struck_dead() || told_[id].undone.size() > before; });
}

}  // namespace primum::actuator::crash

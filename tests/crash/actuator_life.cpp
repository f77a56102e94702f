// SPDX-License-Identifier: MIT
#include "actuator_life.hpp"

#include "remedy/catalog.hpp"

#include <primum/names.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace primum::actuator::crash {
namespace {

namespace fs = std::filesystem;

std::string file_name(std::uint32_t index) {
    return "conf-" + std::to_string(index);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

void write(const std::string& path, const std::string& text, fs::perms mode) {
    std::ofstream(path) << text;
    fs::permissions(path, mode);
}

constexpr const char* program = "#!/bin/sh\nexit 0\n";

}  // namespace

std::vector<Kind> kinds() {
    const std::vector<Kind> all{
        {RemedyKind::reload, Level::retry, "reload = {}", 0, false, {}},
        {RemedyKind::signal, Level::retry, "signal = {}", 0, false, {}},
        {RemedyKind::reset_failed, Level::retry, "reset_failed = {}", 0, false, {}},
        {RemedyKind::http,
         Level::retry,
         "http = { url = \"http://127.0.0.1:1/a\", undo = { url = \"http://127.0.0.1:1/b\" } }",
         0,
         true,
         {}},
        {RemedyKind::dbus_call,
         Level::retry,
         "dbus_call = { destination = \"org.a\", path = \"/a\", interface = \"org.a\", member = "
         "\"Do\", undo = { destination = \"org.a\", path = \"/a\", interface = \"org.a\", member = "
         "\"Undo\" } }",
         0,
         true,
         {}},
        {RemedyKind::exec,
         Level::retry,
         "exec = { run = [\"@/program\"], undo = [\"@/program\"] }",
         0,
         true,
         {}},
        {RemedyKind::failover,
         Level::failover,
         "failover = { provider = \"upstream\", then = \"nothing\" }",
         1,
         false,
         "b"},
        {RemedyKind::restart, Level::restart, "restart = {}", 0, false, {}},
        {RemedyKind::config_fallback,
         Level::fallback,
         "config_fallback = { files = [{ path = \"@/conf-0\", good = \"@/good\" }, { path = "
         "\"@/conf-1\", good = \"@/good\" }, { path = \"@/conf-2\", good = \"@/good\" }], then = "
         "\"reload\" }",
         3,
         false,
         {}},
    };
    std::vector<Kind> built;
    std::copy_if(all.begin(), all.end(), std::back_inserter(built), [](const Kind& kind) {
        return remedy::entry_of(kind.kind).available;
    });
    return built;
}

void Told::take(const ActionEvent& event) {
    switch (event.phase) {
        case ActionPhase::started:
            started = true;
            break;
        case ActionPhase::finished:
            finished.push_back(event);
            break;
        case ActionPhase::settled:
            settled.push_back(event);
            break;
        case ActionPhase::rolled_back:
        case ActionPhase::rollback_failed:
            undone.push_back(event);
            break;
    }
}

Place::Place(const std::string& directory, std::string database, const Kind& kind)
    : directory_(directory), database_(std::move(database)), kind_(kind) {
    const auto owner_only = fs::perms::owner_read | fs::perms::owner_write;
    write(directory + "/primum.toml", "mode = \"enforce\"\n", owner_only);
    write(directory + "/program", program, fs::perms::owner_all);
    write(directory + "/good", "known good\n", owner_only);
    std::string rules = R"(
[target.gateway]
unit = "gateway.service"
mode = "enforce"
enforce_up_to = "fallback"
indicator.unit.value = "unit_state"
)" + ("ladder." + std::string(name_of(kind.level)) + ".remedy = [{ ") +
                        replaced(kind.remedy, "@", directory) + " }]\n";
    if (kind.kind == RemedyKind::failover) {
        rules += replaced(R"(
[provider.upstream]
pointer = { file = "@/conf-0" }
order = ["a", "b"]
candidate.a = { points_to = "@/good" }
candidate.b = { points_to = "@/good" }
)",
                          "@",
                          directory);
    }
    write(directory + "/rules.toml", rules, owner_only);
    RulesPlaces places;
    places.settings = directory + "/primum.toml";
    places.rules = {directory + "/rules.toml"};
    places.trust = {::geteuid(), directory};
    rules_ = std::make_unique<RulesCache>(places);
}

std::string Place::digest() {
    const auto rules = rules_->get();
    if (!rules.has_value()) {
        throw std::runtime_error(rules.error().message);
    }
    return (*rules)->targets.at(0).rungs[index_of(kind_.level)].remedies.at(0).plan_digest;
}

void Place::clean() {
    fs::remove(directory_ + "/effects");
    for (const auto* suffix : {"", "-wal", "-journal"}) {
        fs::remove(database_ + suffix);
    }
    for (std::uint32_t i = 0; i < kind_.files; ++i) {
        std::ofstream(directory_ + '/' + file_name(i)) << "before " << i << '\n';
    }
}

Life::Life(Place& place, const Blow& blow, const std::string& told_path)
    : place_(place),
      blow_(blow),
      host_(place.directory(), [this](std::string_view) { return effect(); }) {
    // Deadlines of a second pass at once, timeouts do not.
    const Stamp now = SystemClock{}.now();
    clock_.set({now.t - std::chrono::seconds{10}, now.wall});
    host_.unit.active_state = place.kind().kind == RemedyKind::reset_failed ? "failed" : "active";
    host_.unit.result = "watchdog";
    host_.plan.call = place.kind().call;
    for (std::uint32_t i = 0; i < place.kind().files; ++i) {
        host_.files.push_back(place.directory() + '/' + file_name(i));
    }
    fault::Plan plan;
    if (blow.storage && blow.at > 0) {
        const auto death = blow.how == How::killed       ? fault::Death::killed
                           : blow.how == How::power_loss ? fault::Death::power_loss
                           : blow.how == How::torn       ? fault::Death::torn
                                                         : fault::Death::none;
        plan = {blow.at, death, SQLITE_IOERR, blow.how != How::fails};
    }
    fault::set_plan(plan);
    auto ports = host_.ports();
    ports.pointer = [](const ProviderRule& rule) { return ProviderEvent{rule.name, "a", {}}; };
    actuator_ = std::make_unique<Actuator>(
        loop_,
        clock_,
        std::move(ports),
        place.rules(),
        ActuatorOptions{
            place.database(), "this", {place.directory() + "/disabled"}, fault::vfs_name},
        ActuatorHooks{[this, told_path](std::uint64_t, const remedy::Reply& reply) {
                          const auto* event = std::get_if<ActionEvent>(&reply);
                          if (event == nullptr || dead_ || struck_dead()) {
                              return;
                          }
                          hear(*event, told_path);
                      },
                      [](const Note&) {}});
    actuator_->recover();
    turn();
}

void Life::hear(const ActionEvent& event, const std::string& told_path) {
    told_[event.action].take(event);
    if (!told_path.empty()) {
        std::ofstream(told_path, std::ios::app)
            << event.action << ' ' << name_of(event.phase) << ' ' << name_of(event.result) << ' '
            << name_of(event.refusal) << '\n';
    }
}

// What a dead process does reaches nobody: the storage fails, effects fail, replies are not heard.
Life::~Life() {
    if (blow_.how == How::dies && struck_dead()) {
        die();
    }
    actuator_.reset();
    fault::clear();
}

void Life::die() {
    if (!std::exchange(dead_, true)) {
        fault::set_plan({1, fault::Death::none, SQLITE_IOERR, true});
    }
}

// Whether the blow that kills has fallen.
bool Life::struck_dead() {
    return dead_ || (blow_.storage && blow_.how == How::dies && fault::reached());
}

bool Life::effect() {
    if (struck_dead()) {
        return false;
    }
    ++effects_;
    if (blow_.storage || blow_.at == 0 || effects_ < blow_.at) {
        return true;
    }
    if (blow_.how == How::dies) {
        die();
        return false;
    }
    return blow_.how == How::fails && effects_ > blow_.at;
}

void Life::turn() {
    for (int i = 0; i < 12; ++i) {
        loop_.run_once(Duration{0});
    }
}

void Life::execute(const std::string& id) {
    remedy::ExecuteRequest request;
    request.action = id;
    request.target = "gateway";
    request.level = place_.kind().level;
    request.candidate = place_.kind().candidate;
    request.plan_digest = place_.digest();
    request.not_after = clock_.now().t + std::chrono::seconds{30};
    request.operator_uid = 0;
    actuator_->handle(1, request);
    turn();
}

void Life::settle(const std::string& id) {
    actuator_->handle(1, remedy::SettleRequest{id});
    turn();
}

void Life::roll_back(const std::string& id) {
    actuator_->handle(1, remedy::RollbackRequest{id});
    turn();
}

}  // namespace primum::actuator::crash

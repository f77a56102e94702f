// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/actuator.hpp"
#include "actuator/system_clock.hpp"
#include "fault_vfs.hpp"
#include "support/actuator_host.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

// The actuator's life, from its first start to a rollback, with a death or a fault at one of its
// storage or effect operations.
namespace primum::actuator::crash {

// One kind of remedy: its line in the rules, and what it does on the host.
struct Kind {
    RemedyKind kind = RemedyKind::restart;
    Level level = Level::restart;
    std::string remedy;  // in TOML; @ stands for the directory
    std::uint32_t files = 0;
    bool call = false;  // its way back is one
    std::string candidate;
};
// Every kind that this version has.
[[nodiscard]] std::vector<Kind> kinds();

enum class How : std::uint8_t {
    dies,     // nothing after this operation reaches the disk or the host; started anew
    fails,    // this operation fails, the next ones do not
    failing,  // this and all after it, until the life is over
    // The process really ends (storage only): what was written stays, what was not synced is lost,
    // or every other write of it is.
    killed,
    power_loss,
    torn,
};

// What happens at the `at`-th operation (from 1; 0: nothing) of storage, or of effects.
struct Blow {
    bool storage = true;
    std::int64_t at = 0;
    How how = How::dies;
};

// What stays over the lives: a directory with the database, the files and what was done.
class Place {
public:
    Place(const std::string& directory, std::string database, const Kind& kind);

    [[nodiscard]] const Kind& kind() const { return kind_; }
    [[nodiscard]] RulesCache& rules() { return *rules_; }
    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] const std::string& database() const { return database_; }
    [[nodiscard]] std::string digest();
    // As it was before the first life.
    void clean();

private:
    std::string directory_;
    std::string database_;  // path
    Kind kind_;
    std::unique_ptr<RulesCache> rules_;
};

// What the actuator told before it died.
struct Told {
    bool started = false;
    std::vector<ActionEvent> finished;
    std::vector<ActionEvent> settled;
    std::vector<ActionEvent> undone;  // rolled_back and rollback_failed

    void take(const ActionEvent& event);
};

class Life {
public:
    // Starts and recovers.
    // `told_path`: what is told is written there, too.
    Life(Place& place, const Blow& blow, const std::string& told_path = {});
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    void execute(const std::string& id);
    void settle(const std::string& id);
    void roll_back(const std::string& id);
    // Lets due timers fire and what was begun come to an end.
    void turn();

    [[nodiscard]] const Told& told(const std::string& id) { return told_[id]; }
    [[nodiscard]] support::ActuatorHost& host() { return host_; }
    [[nodiscard]] std::int64_t storage_operations() const { return fault::operations(); }
    [[nodiscard]] std::int64_t effect_operations() const { return effects_; }

private:
    bool effect();
    void hear(const ActionEvent& event, const std::string& told_path);
    [[nodiscard]] bool struck_dead();
    void die();

    Place& place_;
    Blow blow_;
    std::int64_t effects_ = 0;
    bool dead_ = false;
    systemd::EventLoop loop_;
    ManualClock clock_;
    support::ActuatorHost host_;
    std::map<std::string, Told> told_;
    std::unique_ptr<Actuator> actuator_;
};

}  // namespace primum::actuator::crash

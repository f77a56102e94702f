// SPDX-License-Identifier: MIT
#pragma once

#include "actuator_life.hpp"
#include "fake_systemd.hpp"
#include "remedy/snapshot_store.hpp"
#include "systemd/manager.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

// The actuator's life over real files: the remedies that change files, their snapshots and their
// ways back as they are, and a death or a fault at one of its operations on files or its database.
namespace primum::actuator::crash {

// One remedy that changes files below @/etc; @ stands for the directory.
struct FileKind {
    std::string name;
    Level level = Level::failover;
    std::string remedy;    // its line in the rules
    std::string provider;  // of a failover: [provider.upstream], in TOML
    std::string candidate;
    bool then = false;  // the unit is reloaded afterwards
};
[[nodiscard]] std::vector<FileKind> file_kinds();

// systemd on a private bus: jobs are queued and end well.
class Jobs {
public:
    Jobs();
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    // False: there is no dbus-daemon.
    [[nodiscard]] bool there() const { return bus_daemon_.running(); }
    // Until `done`; false when that does not come about.
    bool turn_until(const std::function<bool()>& done);

    systemd::EventLoop loop;
    ManualClock clock;
    std::vector<std::string> asked;   // "ReloadUnit gateway.service"; not of our own units
    std::function<bool()> may_queue;  // empty: each
    [[nodiscard]] systemd::Manager& manager() { return *manager_; }

private:
    bus::testing::PrivateBus bus_daemon_;
    std::unique_ptr<systemd::testing::FakeSystemd> systemd_;
    std::unique_ptr<systemd::Bus> bus_;
    std::unique_ptr<systemd::Manager> manager_;
    std::uint32_t next_job_ = 50;
    std::uint32_t ended_ = 50;
};

// What stays over the lives: the files, the snapshots and the database.
class FilesPlace {
public:
    FilesPlace(const std::string& directory, const FileKind& kind);

    // As it was before the first life.
    void clean();
    [[nodiscard]] std::string path(const std::string& name) const {
        return directory_ + '/' + name;
    }
    [[nodiscard]] const FileKind& kind() const { return kind_; }
    [[nodiscard]] RulesCache& rules() { return *rules_; }
    [[nodiscard]] std::string digest();
    [[nodiscard]] remedy::PathPolicy policy() const;
    // Everything about the files but when they were read, and when `etc` itself was changed.
    [[nodiscard]] std::string state() const { return describe(true); }
    // The same without any times.
    [[nodiscard]] std::string content() const { return describe(false); }
    // Removes what lasting faults have kept the remedies from removing.
    void tidy();
    [[nodiscard]] Jobs& jobs() { return jobs_; }

private:
    void write(const std::string& name, const std::string& text, unsigned mode) const;
    void decorate(const std::string& name) const;
    void set_times() const;
    [[nodiscard]] std::string describe(bool times) const;

    std::string directory_;
    FileKind kind_;
    std::unique_ptr<RulesCache> rules_;
    Jobs jobs_;
};

// `Blow::storage`: an operation of the database; else one on files. A death is everything's: what
// comes after it reaches neither of them, nor systemd, nor anybody's ear.
class FilesLife {
public:
    // Starts and recovers.
    FilesLife(FilesPlace& place, const Blow& blow);
    ~FilesLife();
    FilesLife(const FilesLife&) = delete;
    FilesLife& operator=(const FilesLife&) = delete;

    void execute(const std::string& id);
    void settle(const std::string& id);
    void roll_back(const std::string& id);

    [[nodiscard]] const Told& told(const std::string& id) { return told_[id]; }
    [[nodiscard]] std::int64_t operations(bool storage) const {
        return storage ? fault::operations() : operations_;
    }

private:
    bool operate();
    [[nodiscard]] bool struck_dead();
    void die();
    [[nodiscard]] Ports ports();

    FilesPlace& place_;
    Blow blow_;
    std::int64_t operations_ = 0;
    bool dead_ = false;
    std::map<std::string, Told> told_;
    remedy::SnapshotStore store_;
    std::unique_ptr<Actuator> actuator_;
};

}  // namespace primum::actuator::crash

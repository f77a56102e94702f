// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/ports.hpp"
#include "remedy/snapshot_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace primum::support {

// A host for the actuator: one unit, and files in a directory. What is done to it outlives the
// actuator (and, kept in files, the process), so that tests can kill that at any instant and look.
//
// Each remedy is one line in the file `effects`, and a change of each of `files`. `hook` is asked
// before each operation that changes something.
class ActuatorHost {
public:
    struct Plan {
        bool silent = false;      // systemd does not answer
        bool hold_facts = false;  // its answer is kept for release()
        bool hold_run = false;    // an effect tells its end only on release()
        bool hold_prepare = false;
        bool begun = false;              // a program of the remedy's has run in prepare()
        bool stops = false;              // a stop() ends a held effect, failed
        Refusal refuse = Refusal::none;  // in prepare()
        ActionResult result = ActionResult::done;
        Then then = Then::nothing;  // of ways back
        bool call = false;          // the way back is a command
        bool by_hand = false;
    };

    explicit ActuatorHost(std::string directory, remedy::FaultHook hook = {});

    [[nodiscard]] actuator::Ports ports();
    // Tells everything that is held.
    void release();

    [[nodiscard]] std::string path(const std::string& name) const {
        return directory_ + '/' + name;
    }
    // Of `effects`, one a line: "act ID", "undo ID", "restart UNIT", "reload UNIT".
    [[nodiscard]] std::vector<std::string> effects() const;
    [[nodiscard]] std::size_t count(const std::string& effect) const;
    // The unit's InvocationID: how often it was started.
    [[nodiscard]] std::string invocation() const;
    [[nodiscard]] std::string read(const std::string& path) const;
    void write(const std::string& path, const std::string& text) const;

    Plan plan;
    systemd::UnitFacts unit;
    std::vector<std::string> blast;
    std::vector<std::string> files;  // that a remedy replaces, by path
    remedy::EvidenceReply evidence;
    bool hold_evidence = false;
    std::optional<Duration> evidence_within;  // of the last one asked for
    std::optional<remedy::Order> ordered;     // the last one
    std::set<std::string> collected;
    std::uint32_t stops = 0;

private:
    friend class HostExecution;
    friend class HostRollback;
    // False: the operation failed, and changed nothing.
    [[nodiscard]] bool operate(const std::string& operation);
    [[nodiscard]] bool effect(const std::string& line);
    static std::string id_of(const std::string& text);
    remedy::Report judge(const remedy::WayBackRecord& way_back);
    remedy::FileResult<std::string> keep_text(const std::string& text);
    remedy::FileResult<std::string> keep(const std::string& path);
    remedy::FileResult<std::string> identify(const std::string& path);
    remedy::FileResult<void> put(const std::string& id,
                                 const std::string& path,
                                 const std::string& expected);
    void later(std::function<void()> tell) { held_.push_back(std::move(tell)); }

    std::string directory_;
    remedy::FaultHook hook_;
    std::vector<std::function<void()>> held_;
};

}  // namespace primum::support

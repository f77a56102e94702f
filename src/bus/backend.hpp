// SPDX-License-Identifier: MIT
#pragma once

#include "event/source_json.hpp"

#include <primum/effect.hpp>
#include <primum/engine.hpp>
#include <primum/event.hpp>
#include <primum/record.hpp>
#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::bus {

// How the last reading of the rules went. Before the first one, `ever` is false.
struct ReloadStatus {
    bool ever = false;
    bool ok = false;
    WallTime at;
    std::string digest;               // of the rules in force (the old ones when it failed)
    bool unchanged = false;           // ok, and the digest was the same: nothing was done
    std::vector<std::string> errors;  // "file:line:column: what", every one of them
};

// What of the daemon is not the engine's to know.
// How a way of telling people fares.
struct NoticeChannel {
    std::string channel;        // alertmanager, exec
    std::uint64_t waiting = 0;  // notices that it has not taken yet
    Duration oldest{0};         // of those
    std::string problem;        // why they do not get through; empty: they do
};

struct DaemonView {
    std::string version;
    WallTime started;
    bool off_switch_run = false;  // /run/primum/disabled is there, or cannot be ruled out
    bool off_switch_etc = false;  // the same of /etc/primum/disabled
    ReloadStatus reload;
    std::vector<NoticeChannel> notices;  // of the channels that are set
};

// One incident with all that the ledger still has of it, each list in the order in which it
// happened.
struct IncidentStory {
    RestoredIncident incident;
    std::vector<DecisionRecord> decisions;
    std::vector<RestoredAction> actions;
    std::vector<TransitionRecord> transitions;
};

// A page of a list, newest first: at most `limit` entries with an id (incidents) or a sequence
// (actions) below `before`; `before` 0 begins at the newest.
struct Page {
    std::uint32_t limit = 50;
    std::uint64_t before = 0;
};

// The ledger could not answer.
struct QueryError {
    std::string message;  // for people
};

// A file descriptor that is closed with its last owner.
using SharedFile = std::shared_ptr<const int>;

template <class T>
using QueryAnswer = std::function<void(Result<T, QueryError>)>;

// What the service asks of the daemon. Everything is called, and every callback must come, on the
// loop's thread. Each callback is called exactly once, at once or later, but not after the Backend
// is gone; a callback that comes after the Service is gone does nothing.
class Backend {
public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    // Reads; they change nothing and do not block.
    [[nodiscard]] virtual Stamp now() const = 0;
    [[nodiscard]] virtual DaemonView daemon() const = 0;
    [[nodiscard]] virtual HostView host() const = 0;
    [[nodiscard]] virtual std::vector<TargetSummary> targets() const = 0;
    // By name, those after `after`, at most `limit`.
    [[nodiscard]] virtual std::vector<TargetSummary> targets_after(std::string_view after,
                                                                   std::uint32_t limit) const = 0;
    // nullopt: no such target.
    [[nodiscard]] virtual std::optional<TargetSummary> target(std::string_view name) const = 0;
    [[nodiscard]] virtual std::vector<IncidentRecord> open_incidents() const = 0;
    [[nodiscard]] virtual std::vector<event::SourceReport> sources() const = 0;
    // nullopt: no such source.
    [[nodiscard]] virtual std::optional<event::SourceStory> source(std::string_view name) const = 0;
    [[nodiscard]] virtual std::vector<ProviderView> providers() const = 0;
    // Of every rung that the rules name, by target and level.
    [[nodiscard]] virtual std::vector<PrecisionRecord> precision() const = 0;
    // nullopt: no such target.
    [[nodiscard]] virtual std::optional<Explanation> explain(std::string_view target) const = 0;

    // A person's command, authorised and with a reason. `ticket` is 0: the daemon gives it one.
    // Answered with the engine's OperatorReply.
    virtual void command(OperatorEvent command, std::function<void(OperatorReply)> answer) = 0;
    // Reads the rules again. Answered with how it went; on failure the old rules stay whole.
    virtual void reload(std::uint32_t uid,
                        std::string reason,
                        std::function<void(ReloadStatus)> answer) = 0;

    // Reads of the ledger, newest first.
    virtual void incidents(Page page, QueryAnswer<std::vector<RestoredIncident>> answer) = 0;
    virtual void incident(std::uint64_t id, QueryAnswer<std::optional<IncidentStory>> answer) = 0;
    virtual void actions(Page page, QueryAnswer<std::vector<RestoredAction>> answer) = 0;
    // `before` is not used.
    virtual void operator_commands(Page page, QueryAnswer<std::vector<OperatorRecord>> answer) = 0;
    // A whole copy of the ledger, to be read.
    virtual void backup(QueryAnswer<SharedFile> answer) = 0;
};

}  // namespace primum::bus

// SPDX-License-Identifier: MIT
#pragma once

#include "core/unit_starts.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace primum::core {

// A unit's health as `unit_state` judges it, with the words for it.
struct UnitHealth {
    Severity severity = Severity::unknown;
    std::string words;        // "failed", "active (running)"
    std::string why;          // "exit-code", "stopped by a job"
    bool deliberate = false;  // unknown because somebody wants it so, not for lack of knowledge
};

// Why a unit is in somebody else's hands, and until when if that is known.
struct ForeignActor {
    std::string detail;
    std::optional<Instant> until;
};

// What is known of one unit: its state, and who is at work on it.
class UnitFacts {
public:
    // Whose start the state shows, when it shows one.
    std::optional<StartedBy> take(Instant now, const UnitEvent& event);
    void take(Instant now, const JobEvent& event);

    // failed = critical; active = ok; changing = unknown; inactive = unknown if a job stopped it or
    // it was so when first seen, else error.
    [[nodiscard]] UnitHealth health() const;

    // Whether somebody else is at work, or has just been: a job that is not ours is queued; a job
    // that is not ours stopped it (or it was down when first seen: nobody can say that nobody did)
    // and none has started it since; systemd's Restart= is at work or
    // may still be; or somebody's job ended, or somebody started it, less than `grace` ago (it
    // deserves as much time to show its effect as our own would get).
    [[nodiscard]] std::optional<ForeignActor> foreign_actor(Instant now, Duration grace) const;

    // Whether a job that is not ours stopped it, and nothing has started it since.
    [[nodiscard]] bool in_other_hands() const { return stopped_by_ == Stopper::somebody; }
    // The ledger remembers that it was so before this run.
    void restore_other_hands() { stopped_by_ = Stopper::somebody; }

    [[nodiscard]] const UnitStarts& starts() const { return starts_; }
    [[nodiscard]] bool seen() const { return seen_; }
    [[nodiscard]] const UnitEvent& state() const { return state_; }

    static void members(auto& archive, auto& it) {
        archive(it.seen_, it.state_, it.failed_since_, it.inactive_when_first_seen_);
        archive.up_to(it.stopped_by_, Stopper::somebody);
        archive(it.reset_by_someone_,
                it.foreign_job_,
                it.our_job_,
                it.our_job_ended_,
                it.foreign_job_ended_,
                it.foreign_ended_,
                it.foreign_what_,
                it.starts_);
    }

private:
    struct ForeignJob {
        std::uint32_t id = 0;
        std::string type;

        static void members(auto& archive, auto& it) { archive.whole(it, it.id, it.type); }
    };

    void take_inactive();
    [[nodiscard]] std::optional<ForeignActor> restart_policy(Instant now) const;

    bool seen_ = false;
    UnitEvent state_;
    Instant failed_since_;
    bool inactive_when_first_seen_ = false;
    enum class Stopper : std::uint8_t { nobody, us, somebody };
    Stopper stopped_by_ = Stopper::nobody;  // until something starts it
    bool reset_by_someone_ = false;         // failed became inactive without a job
    std::optional<ForeignJob> foreign_job_;
    bool our_job_ = false;
    bool our_job_ended_ = false;      // since the last state
    bool foreign_job_ended_ = false;  // since the last state
    std::optional<Instant> foreign_ended_;
    std::string foreign_what_;
    UnitStarts starts_;
};

// How long systemd's own Restart= gets beyond RestartSec before a failed unit counts as given up.
inline constexpr Duration restart_grace = std::chrono::seconds{1};

// All watched units, by name.
using UnitBook = std::map<std::string, UnitFacts, std::less<>>;

}  // namespace primum::core

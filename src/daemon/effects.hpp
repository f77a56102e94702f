// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/job_attribution.hpp"
#include "daemon/off_switch.hpp"
#include "daemon/page_limiter.hpp"

#include <primum/clock.hpp>
#include <primum/effect.hpp>
#include <primum/event.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace primum::daemon {

// Where effects go. All are set; none may block.
struct EffectPorts {
    std::function<void(std::vector<Record>)> record;  // one batch, one transaction
    std::function<void(const AskPreflight&)> ask;
    std::function<void(const AskPointer&)> ask_pointer;
    std::function<void(const RunAction&)> run;
    std::function<void(const SettleAction&)> settle;
    std::function<void(const RollBack&)> roll_back;
    std::function<void(const OperatorReply&)> reply;
    std::function<void(const LevelChanged&)> level_changed;
    std::function<void(const std::string& target)> target_changed;
    std::function<void(const IncidentRecord&)> incident_changed;
    std::function<void(const Effect&)> notice;   // whoever tells people, before the records
    std::function<void(const Notify&)> page;     // a page that the limit has let pass, likewise
    std::function<void(const Effect&)> tell;     // the journal
    std::function<void(const Effect&)> count;    // the metrics
    std::function<OffSwitchState()> off_switch;  // as it stands now
    std::function<void(EventBody)> submit;       // back into the core, after this event
};

// Carries out what the core asks for. All records of one event are handed over as one batch before
// anything else is done; the rest follows in its order.
class Effects {
public:
    Effects(const Clock& clock, EffectPorts ports);

    // The actions that the ledger gave back, so that their jobs are known as ours.
    void restore(const RestoredState& state);
    // Pages that went out before this process began; they count against the limit.
    void paged_before(std::vector<Instant> at);
    void carry_out(const Event& event, std::vector<Effect> effects);

    // Events on their way to the core that speak of our own actions.
    void note(const ActionEvent& news);
    void attribute(JobEvent& job);

    // From now on no action is started: it is left for the next start to settle.
    void stop() { stopping_ = true; }

private:
    void record(const std::vector<Effect>& effects);
    [[nodiscard]] bool let_pass(Notify& page);
    [[nodiscard]] std::vector<const Effect*> limit(std::vector<Effect>& effects);
    void carry(const AskPreflight& effect);
    void carry(const AskPointer& effect);
    void carry(const RunAction& effect);
    void carry(const SettleAction& effect);
    void carry(const RollBack& effect);
    void carry(const OperatorReply& effect);
    void carry(const LevelChanged& effect);
    void carry(const SeverityChanged& effect);
    void carry(const UnitStarted& effect);
    void carry(const RecordEffect& effect);
    void carry(const Notify&) {}
    void carry(const Rejected&) {}

    const Clock& clock_;
    EffectPorts ports_;
    PageLimiter pages_;
    JobAttribution jobs_;
    std::map<std::string, std::string, std::less<>> unit_of_;  // of actions not finished
    bool stopping_ = false;
};

}  // namespace primum::daemon

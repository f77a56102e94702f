// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"
#include "daemon/notice/desk.hpp"
#include "ledger/ledger.hpp"
#include "remedy/actuator_client.hpp"
#include "rules/settings.hpp"
#include "source/http_client.hpp"
#include "systemd/event_loop.hpp"
#include "telemetry/journal.hpp"
#include "telemetry/metrics.hpp"

#include <primum/clock.hpp>
#include <primum/effect.hpp>
#include <primum/engine.hpp>
#include <primum/record.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace primum::daemon {

// Joins the desk of notices to what carries them: libcurl for Alertmanager, the actuator for the
// program, the ledger for what must outlive this process.
class Notices {
public:
    // All outlive this; `rules` gives those in force, or nullptr.
    struct Rooms {
        systemd::EventLoop& loop;
        const Clock& clock;
        const Engine& engine;
        remedy::ActuatorClient& actuator;
        ledger::Ledger& ledger;
        telemetry::Metrics& metrics;
        telemetry::Journal& journal;
        std::function<const RuleSet*()> rules;
    };

    Notices(const Rooms& rooms, const rules::Settings& settings);
    ~Notices();
    Notices(const Notices&) = delete;
    Notices& operator=(const Notices&) = delete;

    // What the ledger had kept, and what else it gave back. Once, first.
    void restore(const std::vector<ledger::KeptNotice>& kept, const RestoredState& state);
    void start();

    // As the desk's; then take() gives what goes into the transaction of the effect's records.
    void observe(const Effect& effect) { desk_.observe(effect); }
    void page(const Notify& page) { desk_.page(page); }
    [[nodiscard]] std::vector<ledger::KeptNotice> take();
    // The ledger did not take them.
    void put_back(std::vector<ledger::KeptNotice> kept);
    // The effects of an event are through: keeps what was not taken, and sends.
    void wake();

    // When pages went out within the last hour, for the limit.
    [[nodiscard]] std::vector<Instant> pages_lately() const;
    [[nodiscard]] std::vector<bus::NoticeChannel> channels() const;
    // Brings the gauges up to date.
    void measure() const;

private:
    [[nodiscard]] notice::Ports ports();
    void post(std::string body, std::function<void(const notice::PostEnd&)> done);
    void keep();

    Rooms rooms_;
    source::HttpClient http_;
    std::unique_ptr<source::HttpGet> alertmanager_;
    std::function<void(const notice::PostEnd&)> posted_;
    std::map<std::string, std::string> not_kept_;  // by key: not in the ledger yet
    notice::Desk desk_;
};

}  // namespace primum::daemon

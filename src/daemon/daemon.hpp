// SPDX-License-Identifier: MIT
#pragma once

#include "bus/service.hpp"
#include "daemon/announcer.hpp"
#include "daemon/backend.hpp"
#include "daemon/clock_jumps.hpp"
#include "daemon/clock_watch.hpp"
#include "daemon/core_driver.hpp"
#include "daemon/effects.hpp"
#include "daemon/host_watch.hpp"
#include "daemon/ledger_health.hpp"
#include "daemon/lock_file.hpp"
#include "daemon/notices.hpp"
#include "daemon/off_switch.hpp"
#include "daemon/options.hpp"
#include "daemon/recorder.hpp"
#include "daemon/reload.hpp"
#include "daemon/self_watch.hpp"
#include "daemon/status_line.hpp"
#include "daemon/system_clock.hpp"
#include "http/pages.hpp"
#include "http/server.hpp"
#include "http/status_pages.hpp"
#include "ledger/ledger.hpp"
#include "remedy/actuator_client.hpp"
#include "rules/settings.hpp"
#include "source/alert_desk.hpp"
#include "source/collector.hpp"
#include "source/push_server.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/unit_watcher.hpp"
#include "telemetry/effect_log.hpp"
#include "telemetry/indicator_history.hpp"
#include "telemetry/journal.hpp"
#include "telemetry/metrics.hpp"

#include <primum/engine.hpp>
#include <primum/result.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace primum::daemon {

struct StartError {
    int exit_code = 0;
    std::string message;  // for people
};

// primumd: every room on one loop. Made once, run once.
class Daemon {
public:
    explicit Daemon(Options options);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // Starts in the order that keeps a second primumd from touching anything, runs until it is
    // told to stop, and gives the exit code.
    [[nodiscard]] int run();

private:
    // The start, in its order (daemon.cpp).
    [[nodiscard]] Result<void, StartError> claim();
    [[nodiscard]] Result<void, StartError> open_ledger();
    [[nodiscard]] Result<void, StartError> take_name();
    void take_signals();
    void start_core();
    void start_recording();
    void first_rules();
    void last_good_rules(const std::optional<std::string>& kept);
    void start_senses();
    void start_sources();
    void start_http();
    int stop(int exit_code);

    // What the parts are given (wiring.cpp).
    [[nodiscard]] EffectPorts effect_ports();
    [[nodiscard]] Announcer::Ports announcer_ports();
    [[nodiscard]] CoreDriver::Hooks driver_hooks();
    [[nodiscard]] DaemonBackend::Ports backend_ports();
    [[nodiscard]] Reloader::Hooks reload_hooks();
    void carry_out(const Event& event, std::vector<Effect> effects);
    void record(std::vector<Record> batch);
    void recording_changed();
    void bus_up(sdbus::IConnection& connection);
    void sensed(EventBody body);
    void answered(EventBody body);
    void off_switch_changed();
    void ledger_ready();
    void judge_ledger();
    void watch_pending_writes();
    void prune_later();
    void put_in_force(const rules::RulesLoad& load, const rules::Settings& settings);
    void follow_rules();
    void give_back_later();
    void told_of_reload(const bus::ReloadStatus& status);
    void reload();
    void show_status();
    void show_change();
    void keep_values(const Event& event);
    [[nodiscard]] bus::DaemonView view() const;
    [[nodiscard]] http::PostHandler webhook_handler();
    [[nodiscard]] std::string metrics_page();
    [[nodiscard]] http::Health health() const;

    Options options_;
    rules::Settings settings_;
    OffSwitchPlaces places_;
    SystemClock clock_;
    WallTime started_;
    systemd::EventLoop loop_;
    std::vector<systemd::LoopSource> signals_;
    std::unique_ptr<telemetry::Journal> journal_;
    telemetry::Metrics metrics_;
    std::unique_ptr<telemetry::EffectLog> log_;
    std::optional<LockFile> lock_;
    std::optional<std::string> kept_rules_;  // as the ledger gave them back
    RestoredState restored_;
    bool ledger_unreadable_ = false;  // it opens, but what is in it could not be read
    Engine engine_;
    ClockJumps jumps_;
    std::shared_ptr<const RuleSet> rules_;

    std::unique_ptr<ledger::Ledger> ledger_;
    systemd::LoopSource ledger_source_;
    systemd::LoopSource ledger_timer_;
    systemd::LoopSource prune_timer_;
    systemd::LoopSource memory_timer_;
    std::optional<LedgerHealth> ledger_health_;

    std::unique_ptr<Recorder> recorder_;  // none where nothing is to be kept
    systemd::LoopSource recorder_source_;

    std::vector<ledger::KeptNotice> kept_notices_;  // as the ledger gave them back
    std::unique_ptr<Notices> notices_;
    std::unique_ptr<Announcer> announcer_;
    std::unique_ptr<Effects> effects_;
    std::unique_ptr<CoreDriver> driver_;
    std::unique_ptr<DaemonBackend> backend_;
    std::unique_ptr<systemd::Bus> bus_;
    std::shared_ptr<void> bus_listener_;
    std::unique_ptr<bus::Service> service_;
    std::optional<bus::BusError> name_error_;
    std::unique_ptr<remedy::ActuatorClient> actuator_;
    std::unique_ptr<systemd::UnitWatcher> units_;
    source::AlertDesk alerts_;                  // outlives the sources
    std::unique_ptr<source::PushServer> push_;  // this one too
    std::unique_ptr<source::Collector> sources_;
    std::unique_ptr<Reloader> reloader_;
    std::unique_ptr<http::Server> http_;
    telemetry::IndicatorHistory history_;
    std::unique_ptr<http::StatusPages> pages_;
    std::unique_ptr<OffSwitchWatch> off_switch_watch_;
    std::unique_ptr<ClockWatch> clock_watch_;
    std::unique_ptr<HostWatch> host_watch_;
    std::unique_ptr<SelfWatch> self_watch_;

    bool bus_away_ = false;
    bool ready_ = false;
    bool stopping_ = false;
    std::optional<StatusFacts> status_;
    std::set<std::string> ill_;
};

}  // namespace primum::daemon

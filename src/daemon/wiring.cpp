// SPDX-License-Identifier: MIT
#include "daemon/daemon.hpp"
#include "daemon/exit_codes.hpp"
#include "daemon/memory.hpp"
#include "systemd/notify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace primum::daemon {

namespace {

constexpr Duration prune_every = std::chrono::hours{1};
constexpr Duration give_back_after = std::chrono::seconds{5};
constexpr std::size_t most_errors_logged = 50;

// Whether an event or one of its effects can change what the status line says.
bool may_change_status(const Event& event, const std::vector<Effect>& effects) {
    return std::holds_alternative<HostEvent>(event.body) ||
           std::holds_alternative<RulesEvent>(event.body) ||
           std::holds_alternative<LedgerEvent>(event.body) ||
           std::any_of(effects.begin(), effects.end(), [](const Effect& effect) {
               return std::holds_alternative<LevelChanged>(effect) ||
                      std::holds_alternative<RecordEffect>(effect);
           });
}

}  // namespace

EffectPorts Daemon::effect_ports() {
    return {
        .record = [this](std::vector<Record> batch) { record(std::move(batch)); },
        .ask = [this](const AskPreflight& effect) { actuator_->ask(effect); },
        .ask_pointer = [this](const AskPointer& effect) { actuator_->ask_pointer(effect); },
        .run = [this](const RunAction& effect) { actuator_->run(effect); },
        .settle = [this](const SettleAction& effect) { actuator_->settle(effect); },
        .roll_back = [this](const RollBack& effect) { actuator_->roll_back(effect); },
        .reply = [this](const OperatorReply& reply) { backend_->replied(reply); },
        .level_changed =
            [this](const LevelChanged& change) {
                if (change.to == Level::steady) {
                    ill_.erase(change.target);
                } else {
                    ill_.insert(change.target);
                }
                announcer_->level(change);
            },
        .target_changed =
            [this](const std::string& target) {
                if (target.empty()) {
                    announcer_->host();
                } else {
                    announcer_->target(target);
                }
            },
        .incident_changed =
            [this](const IncidentRecord& incident) { announcer_->incident(incident); },
        .notice = [this](const Effect& effect) { notices_->observe(effect); },
        .page = [this](const Notify& page) { notices_->page(page); },
        .tell = [this](const Effect& effect) { log_->observe(effect); },
        .count = [this](const Effect& effect) { metrics_.observe(effect); },
        .off_switch = [this] { return read_off_switch(places_); },
        .submit = [this](EventBody body) { driver_->submit(std::move(body)); },
    };
}

Announcer::Ports Daemon::announcer_ports() {
    return {
        .level =
            [this](const LevelChanged& change) {
                if (service_) {
                    service_->level_changed(change);
                }
                show_change();
            },
        .incident =
            [this](const IncidentRecord& incident) {
                if (service_) {
                    service_->incident_changed(incident);
                }
                show_change();
            },
        .target =
            [this](const std::string& target) {
                if (service_ && engine_.target(target)) {
                    service_->target_changed(target);
                }
                show_change();
            },
        .host =
            [this] {
                show_status();
                show_change();
            },
    };
}

CoreDriver::Hooks Daemon::driver_hooks() {
    return {
        .carry_out = [this](const Event& event,
                            std::vector<Effect> effects) { carry_out(event, std::move(effects)); },
        .host_news = [this](const Stamp& now) { return jumps_.observe(now, boot_time()); },
        .handled = [this](const Event&, Duration took) { metrics_.observe_decision_latency(took); },
        .record =
            [this](Event event) {
                if (recorder_) {
                    recorder_->record(std::move(event));
                }
            },
    };
}

DaemonBackend::Ports Daemon::backend_ports() {
    return {
        .daemon = [this] { return view(); },
        .figures = [this] { return sources_ ? sources_->figures() : SourceFigures{}; },
        .rules = [this] { return rules_; },
        .submit = [this](EventBody body) { driver_->submit(std::move(body)); },
        .ledger = [this] { return stopping_ ? nullptr : ledger_.get(); },
        .reload =
            [this](std::uint32_t uid,
                   const std::string& reason,
                   const std::function<void(bus::ReloadStatus)>& answer) {
                journal_->log({.priority = telemetry::Priority::notice,
                               .kind = telemetry::MessageKind::operator_command,
                               .message = fmt::format("uid {} asks for a reload: {}", uid, reason),
                               .reason = "reload"});
                if (!ready_ || stopping_) {
                    auto status = reloader_ ? reloader_->status() : bus::ReloadStatus{};
                    status.errors.emplace_back("primumd is starting or stopping; try again");
                    status.ok = false;
                    answer(status);
                    return;
                }
                systemd::notify_reloading(clock_.now().t);
                reloader_->request(answer);
            },
    };
}

Reloader::Hooks Daemon::reload_hooks() {
    return {
        .put_in_force = [this](const rules::RulesLoad& load,
                               const rules::Settings& settings) { put_in_force(load, settings); },
        .told = [this](const bus::ReloadStatus& status) { told_of_reload(status); },
    };
}

void Daemon::carry_out(const Event& event, std::vector<Effect> effects) {
    log_->observe(event);
    metrics_.observe(event);
    const bool news = may_change_status(event, effects);
    effects_->carry_out(event, std::move(effects));
    keep_values(event);
    if (std::holds_alternative<RulesEvent>(event.body)) {
        ill_.clear();
        for (const auto& target : engine_.targets()) {
            if (target.level != Level::steady) {
                ill_.insert(target.name);
            }
        }
    }
    notices_->wake();
    if (news) {
        announcer_->host();
    }
}

void Daemon::recording_changed() {
    recorder_->acknowledge();
    const auto figures = recorder_->figures();
    if (figures.recording) {
        journal_->notice("events are recorded again");
    } else {
        journal_->warning("events are not recorded: " + figures.problem + ", ignoring");
    }
}

void Daemon::record(std::vector<Record> batch) {
    // A full queue answers its intents by itself, and the health check tells of the rest.
    auto notices = notices_->take();
    if (!ledger_->submit(std::move(batch), clock_.now().t, notices)) {
        notices_->put_back(std::move(notices));
    }
    watch_pending_writes();
}

void Daemon::bus_up(sdbus::IConnection& connection) {
    if (std::exchange(bus_away_, false)) {
        journal_->notice("the system bus is back");
    }
    auto started = bus::Service::start(connection, *backend_);
    if (started) {
        service_ = std::move(*started);
        name_error_.reset();
        return;
    }
    name_error_ = started.error();
    if (ready_ || name_error_->code != bus::BusError::Code::taken) {
        journal_->error("operators cannot reach primumd over D-Bus: " + name_error_->message +
                        ", ignoring");
    }
}

void Daemon::sensed(EventBody body) {
    if (auto* job = std::get_if<JobEvent>(&body)) {
        effects_->attribute(*job);
    }
    driver_->submit(std::move(body));
}

void Daemon::answered(EventBody body) {
    if (const auto* news = std::get_if<ActionEvent>(&body)) {
        effects_->note(*news);
    }
    driver_->submit(std::move(body));
}

void Daemon::off_switch_changed() {
    const auto now = read_off_switch(places_);
    if (now.disabled != engine_.host().disabled) {
        driver_->submit(HostEvent{
            .change = HostChange::off_switch, .disabled = now.disabled, .detail = now.detail});
    }
}

void Daemon::ledger_ready() {
    const auto news = ledger_->drain();
    for (const auto& event : news.events) {
        if (event.news == LedgerNews::committed || event.news == LedgerNews::failed) {
            driver_->submit(event);
        } else {
            ledger_health_->said(event);
        }
    }
    judge_ledger();
    for (const auto& answer : news.answers) {
        answer();
    }
    if (news.restart_wanted && !ledger_unreadable_) {
        journal_->notice("the ledger can be opened now; ending, to be started again with it");
        loop_.quit(exit_storage);
    }
}

void Daemon::judge_ledger() {
    if (auto news = ledger_health_->judge(ledger_->oldest_pending(), clock_.now().t)) {
        driver_->submit(std::move(*news));
    }
}

// The timer is there only while a write is pending (or was, at most 2 s ago).
void Daemon::watch_pending_writes() {
    if (ledger_timer_.armed()) {
        return;
    }
    const auto due = LedgerHealth::look_again(ledger_->oldest_pending(), clock_.now().t);
    if (due) {
        ledger_timer_ = loop_.at(*due, [this] {
            ledger_timer_.reset();
            judge_ledger();
            watch_pending_writes();
        });
    }
}

void Daemon::prune_later() {
    prune_timer_ = loop_.at(clock_.now().t + prune_every, [this] {
        ledger_->prune(clock_.now(), wall_clock_synchronised());
        prune_later();
    });
}

void Daemon::put_in_force(const rules::RulesLoad& load, const rules::Settings& settings) {
    if (settings.state_dir != settings_.state_dir ||
        settings.http_listen != settings_.http_listen ||
        settings.push.socket != settings_.push.socket ||
        settings.push.max_line_bytes != settings_.push.max_line_bytes ||
        settings.push.max_series_per_source != settings_.push.max_series_per_source ||
        settings.recording.size_bytes != settings_.recording.size_bytes ||
        settings.recording.age != settings_.recording.age ||
        !rules::same(settings.notify, settings_.notify)) {
        journal_->warning(
            "state_dir, http.listen, push, recording and notify take effect at the next start "
            "only");
    }
    rules_ = load.rules;
    // For a start that finds only rules with errors.
    ledger_->submit_query(
        [text = load.text](ledger::Store& store) { static_cast<void>(store.keep_rules(text)); },
        [](bool) {});
    driver_->submit(
        RulesEvent{.digest = load.rules->digest, .text = load.text, .compiled = load.rules});
    follow_rules();
    give_back_later();
}

// Once the units and sources of a start or a reload have told what they had to tell.
void Daemon::give_back_later() {
    memory_timer_ = loop_.at(clock_.now().t + give_back_after, [] { give_back_memory(); });
}

// The senses turn to what the rules in force name.
void Daemon::follow_rules() {
    if (!units_) {
        return;
    }
    std::set<std::string> units;
    for (const auto& target : rules_->targets) {
        if (!target.unit.empty()) {
            units.insert(target.unit);
        }
    }
    units_->watch({units.begin(), units.end()});
    sources_->apply(*rules_);
}

void Daemon::told_of_reload(const bus::ReloadStatus& status) {
    if (!status.ok) {
        metrics_.rules_refused();
        journal_->log(
            {.priority = telemetry::Priority::error,
             .kind = telemetry::MessageKind::rules_refused,
             .message = fmt::format("the rules were refused, {}; errors: {}",
                                    rules_ ? "those in force stay" : "there are no targets",
                                    status.errors.size()),
             .reason = "invalid"});
        const auto shown = std::min(status.errors.size(), most_errors_logged);
        for (std::size_t i = 0; i < shown; ++i) {
            journal_->log({.priority = telemetry::Priority::error,
                           .kind = telemetry::MessageKind::rules_refused,
                           .message = status.errors[i],
                           .reason = "invalid"});
        }
    } else if (status.unchanged) {
        journal_->info("the rules are unchanged");
    }
    if (ready_) {
        systemd::notify_ready();
        announcer_->host();
    }
}

void Daemon::reload() {
    if (ready_ && !stopping_) {
        systemd::notify_reloading(clock_.now().t);
        reloader_->request([](const bus::ReloadStatus&) {});
    }
}

void Daemon::show_status() {
    if (!ready_) {
        return;
    }
    if (service_) {
        service_->host_changed();
    }
    const auto host = engine_.host();
    const StatusFacts facts{.mode = host.mode,
                            .disabled = host.disabled,
                            .ledger_healthy = host.ledger_healthy,
                            .rules_loaded = reloader_->status().ok,
                            .targets = rules_->targets.size(),
                            .ill = ill_.size(),
                            .in_flight = host.in_flight};
    if (!status_ || *status_ != facts) {
        status_ = facts;
        systemd::notify_status(status_line(facts));
    }
}

bus::DaemonView Daemon::view() const {
    return {.version = PRIMUM_VERSION,
            .started = started_,
            .off_switch_run = read_off_switch({{places_.directories.front()}}).disabled,
            .off_switch_etc = read_off_switch({{places_.directories.back()}}).disabled,
            .reload = reloader_ ? reloader_->status() : bus::ReloadStatus{},
            .notices = notices_ ? notices_->channels() : std::vector<bus::NoticeChannel>{}};
}

}  // namespace primum::daemon

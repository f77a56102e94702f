// SPDX-License-Identifier: MIT
#include "daemon/daemon.hpp"

#include "daemon/exit_codes.hpp"
#include "daemon/probe_port.hpp"
#include "daemon/push_sockets.hpp"
#include "systemd/notify.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <sys/epoll.h>

namespace primum::daemon {

namespace {

constexpr Duration ledger_stop_within = std::chrono::milliseconds{1'500};
constexpr Duration recorder_stop_within = std::chrono::seconds{1};

telemetry::Writer writer_for(bool foreground) {
    auto to_journal = telemetry::journal_writer("primumd");
    if (!foreground || telemetry::under_journal()) {
        return to_journal;
    }
    return [to_journal,
            to_stderr = telemetry::stderr_writer("primumd")](const telemetry::Entry& entry) {
        static_cast<void>(to_journal(entry));
        return to_stderr(entry);
    };
}

}  // namespace

Daemon::Daemon(Options options)
    : options_(std::move(options)), started_(clock_.now().wall), metrics_(PRIMUM_VERSION) {
    take_signals();
    // A thread: after the signals are blocked.
    journal_ = std::make_unique<telemetry::Journal>(writer_for(options_.foreground));
    log_ = std::make_unique<telemetry::EffectLog>(*journal_);
}

Daemon::~Daemon() = default;

int Daemon::run() {
    auto claimed = claim();
    if (claimed) {
        claimed = open_ledger();
    }
    if (claimed) {
        claimed = take_name();
    }
    if (!claimed) {
        const auto& error = claimed.error();
        journal_->error(error.message);
        if (!options_.foreground) {
            fmt::print(stderr, "primumd: {}\n", error.message);
        }
        return stop(error.exit_code);
    }
    start_core();
    first_rules();
    if (stopping_) {
        return stop(exit_ok);
    }
    start_senses();
    start_http();
    ready_ = true;
    backend_->open(true);
    systemd::notify_ready();
    show_status();
    journal_->log({.priority = telemetry::Priority::notice,
                   .kind = telemetry::MessageKind::started,
                   .message = fmt::format("primumd {} is watching {} targets, mode {}",
                                          PRIMUM_VERSION,
                                          rules_->targets.size(),
                                          name_of(rules_->settings.mode))});
    return stop(loop_.run());
}

void Daemon::take_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    for (const int number : {SIGTERM, SIGINT}) {
        signals_.push_back(loop_.on_signal(number, [this] {
            stopping_ = true;
            loop_.quit(exit_ok);
        }));
    }
    signals_.push_back(loop_.on_signal(SIGHUP, [this] { reload(); }));
}

// Settings and the lock: what tells whether this process may touch anything at all.
Result<void, StartError> Daemon::claim() {
    auto loaded = load_settings_here(options_.settings);
    if (!loaded.errors.empty()) {
        std::string text = "the settings have errors:";
        for (const auto& error : loaded.errors) {
            text += "\n" + rules::format_error(error);
        }
        return fail(StartError{exit_invalid, std::move(text)});
    }
    settings_ = std::move(loaded.settings);

    std::error_code error;
    std::filesystem::create_directories(settings_.state_dir, error);
    if (error) {
        return fail(StartError{exit_storage,
                               fmt::format("{}: {}; it is needed for the lock and the ledger",
                                           settings_.state_dir.string(),
                                           error.message())});
    }
    auto lock = LockFile::take(settings_.state_dir / "primumd.lock");
    if (!lock) {
        return fail(
            StartError{lock.error().taken ? exit_taken : exit_storage, lock.error().message});
    }
    lock_ = std::move(*lock);
    return {};
}

// A ledger that another process has ends the start. One that cannot be used for any other reason
// does not: then there are no remedies, and everything else goes on and says so.
Result<void, StartError> Daemon::open_ledger() {
    restored_.boot_id = read_boot_id();
    restored_.clock_synchronised = wall_clock_synchronised();
    const auto off_switch = read_off_switch(places_);

    ledger::StoreOptions store_options{.path = (settings_.state_dir / "ledger.db").string(),
                                       .boot_id = restored_.boot_id};
    auto opened = ledger::Store::open(store_options);
    std::optional<ledger::Store> store;
    std::string problem;
    if (opened) {
        auto state = opened->restore(clock_.now(), restored_.clock_synchronised);
        if (state) {
            restored_ = std::move(*state);
            kept_rules_ = opened->kept_rules().value_or(std::nullopt);
            kept_notices_ = opened->notices().value_or(std::vector<ledger::KeptNotice>{});
            store.emplace(std::move(*opened));
        } else {
            ledger_unreadable_ = true;
            problem = state.error().message;
        }
    } else if (opened.error().kind == ledger::ErrorKind::locked) {
        return fail(StartError{exit_taken, opened.error().message});
    } else {
        problem = opened.error().message;
    }
    restored_.disabled = off_switch.disabled;
    restored_.ledger_healthy = store.has_value();
    ledger_health_.emplace(restored_.ledger_healthy);
    if (!problem.empty()) {
        ledger_health_->said({.news = LedgerNews::unhealthy, .detail = problem});
        static_cast<void>(ledger_health_->judge(std::nullopt, clock_.now().t));
        journal_->error("no remedies, for the ledger cannot be used: " + problem + ", ignoring");
    }
    ledger_ = std::make_unique<ledger::Ledger>(std::move(store), std::move(store_options));
    return {};
}

Result<void, StartError> Daemon::take_name() {
    backend_ = std::make_unique<DaemonBackend>(engine_, clock_, backend_ports());
    bus_ = std::make_unique<systemd::Bus>(loop_, clock_);
    bus_listener_ =
        bus_->listen({.up = [this](sdbus::IConnection& connection) { bus_up(connection); },
                      .down =
                          [this](const std::string& why) {
                              service_.reset();
                              if (!std::exchange(bus_away_, true)) {
                                  journal_->warning("the system bus is away: " + why +
                                                    "; remedies wait until it is back");
                              }
                          }});
    bus_->start();
    if (name_error_ && name_error_->code == bus::BusError::Code::taken) {
        return fail(StartError{exit_taken, name_error_->message});
    }
    return {};
}

void Daemon::start_core() {
    actuator_ = std::make_unique<remedy::ActuatorClient>(
        loop_, clock_, [this](EventBody body) { answered(std::move(body)); });
    announcer_ = std::make_unique<Announcer>(loop_, clock_, announcer_ports());
    notices_ = std::make_unique<Notices>(
        Notices::Rooms{
            .loop = loop_,
            .clock = clock_,
            .engine = engine_,
            .actuator = *actuator_,
            .ledger = *ledger_,
            .metrics = metrics_,
            .journal = *journal_,
            .rules = [this] { return rules_.get(); },
        },
        settings_);
    notices_->restore(std::exchange(kept_notices_, {}), restored_);
    effects_ = std::make_unique<Effects>(clock_, effect_ports());
    effects_->paged_before(notices_->pages_lately());
    driver_ = std::make_unique<CoreDriver>(engine_, clock_, loop_, driver_hooks());
    effects_->restore(restored_);
    start_recording();
    driver_->submit(RestoreEvent{std::exchange(restored_, {})});
}

void Daemon::start_recording() {
    if (settings_.recording.size_bytes == 0) {
        return;
    }
    RecorderOptions recording;
    recording.chain =
        segment_chain_options(settings_.state_dir / "recordings",
                              {settings_.recording.size_bytes, settings_.recording.age},
                              started_);
    recording.save = [this] { return engine_.save(); };
    recorder_ = std::make_unique<Recorder>(std::move(recording));
    recorder_source_ =
        loop_.on_io(recorder_->fd(), EPOLLIN, [this](std::uint32_t) { recording_changed(); });
}

// Rules that have errors leave those in force that were so last; a reload mends it.
void Daemon::first_rules() {
    reloader_ = std::make_unique<Reloader>(
        loop_, clock_, "/proc/self/exe", options_.settings, reload_hooks());
    bool answered = false;
    reloader_->request([&answered](const bus::ReloadStatus&) { answered = true; });
    while (!answered && loop_.run_once(std::chrono::seconds{1})) {
    }
    const auto kept = std::exchange(kept_rules_, std::nullopt);
    if (rules_ == nullptr) {
        last_good_rules(kept);
    }
}

// Without any that can be read there are none: nothing can come from doubt.
void Daemon::last_good_rules(const std::optional<std::string>& kept) {
    auto load = rules::compile_rules(
        kept ? rules::split_rules_text(*kept) : std::vector<rules::RuleFile>{}, settings_);
    if (load.rules == nullptr) {
        load = rules::compile_rules({}, settings_);
    } else if (kept) {
        journal_->warning(
            fmt::format("the rules have errors: those that were in force last stay so "
                        "({} targets, digest {})",
                        load.rules->targets.size(),
                        load.rules->digest.substr(0, 12)));
    }
    rules_ = load.rules;
    reloader_->in_force(rules_->digest);
    driver_->submit(
        RulesEvent{.digest = rules_->digest, .text = std::move(load.text), .compiled = rules_});
}

void Daemon::start_senses() {
    ledger_source_ = loop_.on_io(ledger_->fd(), EPOLLIN, [this](std::uint32_t) { ledger_ready(); });
    host_watch_ = std::make_unique<HostWatch>(
        loop_, clock_, *bus_, [this](HostEvent event) { driver_->submit(std::move(event)); });
    units_ = std::make_unique<systemd::UnitWatcher>(
        *bus_, [this](EventBody body) { sensed(std::move(body)); });
    start_sources();
    off_switch_watch_ =
        std::make_unique<OffSwitchWatch>(loop_, places_, [this] { off_switch_changed(); });
    clock_watch_ = std::make_unique<ClockWatch>(loop_, [this] { driver_->submit(TickEvent{}); });
    self_watch_ = std::make_unique<SelfWatch>(
        loop_,
        clock_,
        systemd::watchdog_interval(),
        [this](Duration took) { metrics_.observe_loop_turn(took); },
        [] { systemd::notify_watchdog(); });
    // The files may have changed between the first look and the watch.
    off_switch_changed();
    actuator_->start();
    notices_->start();
    follow_rules();
    prune_later();
    give_back_later();
}

void Daemon::start_sources() {
    push_ = std::make_unique<source::PushServer>(loop_, clock_, push_limits(settings_.push));
    for (const auto& problem : open_push_sockets(*push_, settings_.push)) {
        journal_->warning(problem + ", ignoring");
    }
    sources_ = std::make_unique<source::Collector>(
        loop_,
        clock_,
        [this](EventBody body) { sensed(std::move(body)); },
        source::Collector::Loan{.bus = bus_.get(),
                                .run_probe = probe_port(*actuator_),
                                .push = push_.get(),
                                .alerts = settings_.http_listen.empty() ? nullptr : &alerts_});
}

// Nothing new is begun; what runs is left to the actuator and settled by the next start.
int Daemon::stop(int exit_code) {
    stopping_ = true;
    systemd::notify_stopping();
    if (backend_) {
        backend_->open(false);
    }
    if (effects_) {
        effects_->stop();
        announcer_->flush();
        notices_->wake();
    }
    self_watch_.reset();
    http_.reset();
    pages_.reset();
    sources_.reset();
    push_.reset();
    units_.reset();
    host_watch_.reset();
    actuator_.reset();
    service_.reset();
    bus_listener_.reset();
    bus_.reset();
    notices_.reset();
    if (ledger_ && !ledger_->stop(ledger_stop_within)) {
        journal_->error("the ledger did not take its last records in time");
    }
    if (recorder_ && !recorder_->stop(recorder_stop_within)) {
        journal_->warning("the end of the recording was not written in time, ignoring");
    }
    if (ready_) {
        journal_->log({.priority = telemetry::Priority::notice,
                       .kind = telemetry::MessageKind::stopped,
                       .message = "primumd has stopped"});
    }
    return exit_code;
}

}  // namespace primum::daemon

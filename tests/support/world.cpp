// SPDX-License-Identifier: MIT
#include "support/world.hpp"

#include "event/event_json.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace primum::support {
namespace {

// 2026-01-01T00:00:00Z, and a host that has been up for two days.
constexpr WallTime first_wall = wall_from_us(1'767'225'600'000'000);
constexpr Duration first_uptime = std::chrono::hours{48};
constexpr Duration boot_takes = std::chrono::seconds{20};
// What shows more than this, or no number, starts again from 0 when it is told to grow.
constexpr double largest_counter = 1e15;
// No state of the engine needs more looks than this at one instant.
constexpr int max_ticks_at_once = 100;

double number(const std::string& text) {
    if (text == "NaN") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "+Inf" || text == "-Inf") {
        const double infinity = std::numeric_limits<double>::infinity();
        return text.front() == '-' ? -infinity : infinity;
    }
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    double value = 0;
    const auto parsed = std::from_chars(begin, text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
        throw std::runtime_error("not a number: " + text);
    }
    return value;
}

std::string boot_name(std::uint32_t boot) {
    return "boot-" + std::to_string(boot);
}

}  // namespace

World::World(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)), uptime_then_(first_uptime) {
    for (const TargetRule& target : rules_->targets) {
        if (!target.unit.empty() && !units_.contains(target.unit)) {
            units_[target.unit] = unit(target.unit);
        }
    }
}

Stamp World::stamp() const {
    return {Instant{uptime_then_ + elapsed_}, first_wall + elapsed_ + wall_shift_};
}

void World::run_until(Duration end) {
    int ticks = 0;
    while (true) {
        const auto planned = agenda_.next();
        std::optional<Duration> tick;
        if (engine_) {
            if (const auto deadline = engine_->next_deadline()) {
                tick = std::max(deadline->time_since_epoch() - uptime_then_, elapsed_);
            }
        }
        const bool tick_first = tick && (!planned || *tick <= *planned);
        const auto next = tick_first ? tick : planned;
        if (!next || *next > end) {
            elapsed_ = end;
            return;
        }
        ticks = *next == elapsed_ && tick_first ? ticks + 1 : 0;
        if (ticks > max_ticks_at_once) {
            throw std::runtime_error("a deadline that is past stays a deadline");
        }
        elapsed_ = *next;
        if (tick_first) {
            send(TickEvent{});
        } else {
            agenda_.take()();
        }
    }
}

void World::later(Duration delay, std::function<void()> what) {
    at(elapsed_ + delay, [this, run = run_, what = std::move(what)] {
        if (run == run_) {
            what();
        }
    });
}

void World::on_host(Duration delay, std::function<void()> what) {
    at(elapsed_ + delay, [this, boot = boot_, what = std::move(what)] {
        if (boot == boot_) {
            what();
        }
    });
}

void World::start(bool synchronised) {
    ++run_;
    boot_up(durable_.restore(boot_name(boot_), boot_name(boot_), stamp(), synchronised));
}

void World::boot_up(const RestoredState& state) {
    engine_ = std::make_unique<Engine>();
    ids_.clear();
    RestoreEvent restored{state};
    restored.state.disabled = disabled_;
    restored.state.ledger_healthy = ledger_healthy_;
    send(std::move(restored));
    send(RulesEvent{rules_->digest, "", rules_});
    if (!busy_.empty()) {
        send(HostEvent{HostChange::busy, disabled_, true, busy_});
    }
    look_at_units();
}

// What systemd tells whoever begins to watch: the queued job first, then the state.
void World::look_at_units() {
    for (const auto& [name, state] : units_) {
        if (const auto job = jobs_.find(name); job != jobs_.end()) {
            send(job->second);
        }
        send(state);
    }
}

void World::restart(const RestartOptions& options) {
    const std::string ended_boot = boot_name(boot_);
    engine_.reset();
    ++run_;
    uncommitted_.clear();
    for (auto& [id, run] : runs_) {
        run.reattached = false;
        if (options.next_boot && !run.ended) {
            run.ended = ActionResult::ambiguous;
        }
    }
    const Duration back = elapsed_ + options.down;
    if (options.next_boot) {
        ++boot_;
        uptime_then_ = boot_takes - back;
        jobs_.clear();
        for (auto& [name, state] : units_) {
            state.invocation_id = next_invocation();
        }
    }
    later(options.down, [this, ended_boot, options] {
        boot_up(durable_.restore(ended_boot, boot_name(boot_), stamp(), options.synchronised));
    });
}

void World::reload(std::shared_ptr<const RuleSet> rules) {
    rules_ = std::move(rules);
    send(RulesEvent{rules_->digest, "", rules_});
    for (const TargetRule& target : rules_->targets) {
        if (!target.unit.empty() && !units_.contains(target.unit)) {
            set_unit(unit(target.unit));
        }
    }
}

void World::send(EventBody body) {
    send_at(stamp(), std::move(body));
}

void World::send_at(Stamp stamp, EventBody body) {
    if (!engine_) {
        return;
    }
    Turn turn{elapsed_, run_, Event{stamp, std::move(body)}, {}};
    turn.effects = engine_->advance(turn.event);
    if (listener_) {
        listener_(turn);
    }
    record(turn.effects);
    for (const Effect& effect : turn.effects) {
        answer(effect);
    }
}

void World::jump_wall(Duration by, bool noticed) {
    wall_shift_ += by;
    if (noticed) {
        send(HostEvent{HostChange::clock_jumped, disabled_, false, ""});
    }
}

void World::set_disabled(bool disabled, const std::string& file) {
    disabled_ = disabled;
    send(HostEvent{HostChange::off_switch, disabled, false, file});
}

void World::set_busy(bool busy, const std::string& what) {
    busy_ = busy ? what : "";
    send(HostEvent{HostChange::busy, disabled_, busy, what});
}

UnitEvent World::unit(const std::string& name) const {
    if (const auto known = units_.find(name); known != units_.end()) {
        return known->second;
    }
    UnitEvent fresh;
    fresh.unit = name;
    fresh.load_state = "loaded";
    fresh.active_state = "active";
    fresh.sub_state = "running";
    fresh.result = "success";
    fresh.restart = "no";
    fresh.invocation_id = "first";
    return fresh;
}

std::string World::next_invocation() {
    return "run-" + std::to_string(next_run_of_unit_++);
}

void World::set_unit(UnitEvent state) {
    const auto job = jobs_.find(state.unit);
    state.job_id = job == jobs_.end() ? 0 : job->second.id;
    units_[state.unit] = state;
    send(std::move(state));
}

void World::new_job(const std::string& unit, std::uint32_t id, const std::string& type, bool ours) {
    JobEvent job;
    job.unit = unit;
    job.id = id;
    job.type = type;
    job.ours = ours;
    jobs_[unit] = job;
    send(std::move(job));
}

void World::end_job(const std::string& unit, std::uint32_t id, const std::string& result) {
    JobEvent job;
    job.unit = unit;
    job.id = id;
    if (const auto queued = jobs_.find(unit); queued != jobs_.end() && queued->second.id == id) {
        job = queued->second;
        jobs_.erase(queued);
    }
    job.removed = true;
    job.result = result;
    send(std::move(job));
}

void World::person_does(const std::string& name, const std::string& what) {
    UnitEvent state = unit(name);
    if (what == "reset-failed") {
        state.active_state = "inactive";
        state.sub_state = "dead";
        state.result = "success";
        set_unit(std::move(state));
        return;
    }
    const std::uint32_t id = next_job_++;
    new_job(name, id, what, false);
    if (what == "stop") {
        state.active_state = "inactive";
        state.sub_state = "dead";
    } else if (what == "start" || what == "restart") {
        state.active_state = "active";
        state.sub_state = "running";
        state.invocation_id = next_invocation();
    } else if (what != "reload") {
        throw std::runtime_error("a person does not know how to " + what);
    }
    state.result = "success";
    set_unit(std::move(state));
    end_job(name, id, "done");
}

// What a series shows: what a harmful action does to it comes before any cure.
std::string World::value_of(const std::string& series, const std::string& told) {
    for (const auto& [action, values] : harmed_) {
        if (const auto harmed = values.find(series); harmed != values.end()) {
            return harmed->second;
        }
    }
    if (const std::string* seen = seen_through(series)) {
        return *seen;
    }
    const auto cured = cured_.find(series);
    return cured == cured_.end() ? told : cured->second;
}

std::string World::action_with(std::uint32_t sequence) const {
    const std::string ending = '-' + std::to_string(sequence);
    for (const auto& [id, run] : runs_) {
        if (id.ends_with(ending)) {
            return id;
        }
    }
    return {};
}

void World::scrape(const std::string& source, const Values& values) {
    SamplesEvent collection;
    collection.source = source;
    for (const auto& [name, told] : values) {
        const std::string text = value_of(name, told);
        double value = number(text);
        double& shown = shown_[{source, name}];
        const bool grows = text.starts_with('+') && std::isfinite(value);
        value += grows && std::abs(shown) < largest_counter ? shown : 0;
        shown = value;
        if (!engine_) {
            continue;
        }
        const auto [id, is_new] =
            ids_.try_emplace({source, name}, static_cast<SeriesId>(ids_.size() + 1));
        if (is_new) {
            auto parsed = event::parse_series_name(name);
            if (!parsed) {
                throw std::runtime_error("not a series: " + name);
            }
            send(SeriesEvent{source, id->second, name, *std::move(parsed)});
        }
        collection.values.push_back({id->second, value});
    }
    send(std::move(collection));
}

void World::fail_source(const std::string& source,
                        const std::string& error,
                        const std::string& why) {
    send(SourceEvent{source, false, error, why});
}

void World::set_commits(Commits commits) {
    commits_ = commits;
    durable_.set_writable(commits_ != Commits::never && ledger_healthy_);
    if (commits_ != Commits::never) {
        for (const std::string& action : std::exchange(uncommitted_, {})) {
            commit(action);
        }
    }
}

void World::set_ledger_healthy(bool healthy, const std::string& why) {
    ledger_healthy_ = healthy;
    durable_.set_writable(commits_ != Commits::never && ledger_healthy_);
    send(LedgerEvent{healthy ? LedgerNews::healthy : LedgerNews::unhealthy, "", why});
}

}  // namespace primum::support

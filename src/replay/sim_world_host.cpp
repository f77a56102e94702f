// SPDX-License-Identifier: MIT
// Targets with their hidden health, the units they run as, and the sources that show it.
#include "replay/sim_world.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace primum::replay {
namespace {

constexpr Duration restart_delay = std::chrono::seconds{5};
// What cannot run ends again this long after its start.
constexpr Duration fails_after = std::chrono::seconds{2};
constexpr std::uint32_t start_limit_burst = 5;
constexpr Duration start_limit_interval = std::chrono::minutes{10};
// A counter that shows more than this starts again at 0, as one does that has been restarted.
constexpr double largest_counter = 1e12;

}  // namespace

void SimWorld::declare(std::uint32_t source) {
    sources_[source].declared_in = run_;
    const std::uint32_t run = run_;
    for (const SeriesEvent& declared : exhibit_.sources[source].declarations) {
        if (engine_ && run == run_) {
            step({stamp(), declared});
        }
    }
}

Severity SimWorld::shown(const SimChannel& channel, std::uint32_t source) const {
    if (channel.provider != SimChannel::no_provider) {
        return shown_of_candidate(channel);
    }
    const Patient& patient = patients_[channel.target];
    if (patient.lie != Severity::unknown &&
        (patient.lying == 0 || patient.lying == std::int64_t{source} + 1)) {
        return patient.lie;
    }
    if (patient.unit && units_[*patient.unit].state.active_state != "active") {
        return Severity::critical;
    }
    const bool shows = (patient.mask >> (channel.indicator % 32) & 1U) != 0;
    return std::max(shows ? patient.ill : Severity::ok, felt(patient));
}

void SimWorld::collect(std::uint32_t index) {
    const SimSource& from = exhibit_.sources[index];
    agenda_.add({elapsed_ + from.rule.interval, 0, 0, index, 0, Due::collection});
    Source& source = sources_[index];
    auto& values = std::get<SamplesEvent>(source.collection.body).values;
    const bool is_nan = source.nan > 0;
    for (std::size_t i = 0; i < from.channels.size(); ++i) {
        const SimChannel& channel = from.channels[i];
        const Severity severity = shown(channel, index);
        const double told = channel.by_severity[static_cast<std::size_t>(severity)];
        double& value = values[i].value;
        switch (channel.kind) {
            case SimChannel::Kind::level:
                value = channel.noise == 0 ? told
                                           : told + std::abs(channel.by_severity[1]) *
                                                        channel.noise * (2 * noise_.fraction() - 1);
                break;
            case SimChannel::Kind::counter:
                value = std::isfinite(value) && value < largest_counter ? value + told : told;
                break;
            case SimChannel::Kind::changing:
                value = std::isfinite(value) ? value + (severity <= Severity::ok ? 1 : 0) : 0;
                break;
        }
        if (is_nan) {
            value = std::numeric_limits<double>::quiet_NaN();
        }
    }
    if (!engine_ || source.silent > 0) {
        return;
    }
    if (source.failing > 0) {
        return send(SourceEvent{from.rule.name, false, "timeout", "no answer"});
    }
    if (source.declared_in != run_) {
        declare(index);
    }
    if (engine_ && source.declared_in == run_) {
        source.last = is_nan ? source.last : elapsed_;
        source.collection.at = stamp();
        step(source.collection);
    }
}

// What systemd tells whoever begins to watch: the queued job first, then the state.
void SimWorld::look_at_units() {
    const std::uint32_t run = run_;
    for (std::uint32_t i = 0; i < units_.size() && engine_ && run == run_; ++i) {
        const Unit& unit = units_[i];
        if (unit.job != 0) {
            JobEvent job;
            job.unit = unit.state.unit;
            job.id = unit.job;
            job.type = unit.job_is_ours ? "restart" : "";
            job.ours = unit.job_is_ours;
            send(std::move(job));
        }
        send_unit(i);
    }
}

void SimWorld::send_unit(std::uint32_t unit) {
    send(units_[unit].state);
}

void SimWorld::set_unit(std::uint32_t index,
                        const char* active,
                        const char* sub,
                        const char* result) {
    Unit& unit = units_[index];
    ++unit.generation;
    unit.state.active_state = active;
    unit.state.sub_state = sub;
    unit.state.result = result;
    unit.state.job_id = unit.job;
    send_unit(index);
}

void SimWorld::begin_job(std::uint32_t index, const char* type, bool ours) {
    Unit& unit = units_[index];
    unit.job = next_job_++;
    unit.job_is_ours = ours;
    JobEvent job;
    job.unit = unit.state.unit;
    job.id = unit.job;
    job.type = type;
    job.ours = ours;
    send(std::move(job));
}

void SimWorld::end_job(std::uint32_t index, const char* result) {
    Unit& unit = units_[index];
    JobEvent job;
    job.unit = unit.state.unit;
    job.id = std::exchange(unit.job, 0);
    job.ours = unit.job_is_ours;
    job.removed = true;
    job.result = result;
    send(std::move(job));
}

bool SimWorld::can_run(const Unit& unit) const {
    return std::none_of(unit.targets.begin(), unit.targets.end(), [&](std::uint32_t target) {
        return patients_[target].down;
    });
}

// It starts; what cannot run ends again soon.
void SimWorld::run_unit(std::uint32_t index) {
    Unit& unit = units_[index];
    unit.state.invocation_id = "run-" + std::to_string(next_invocation_++);
    set_unit(index, "active", "running", "success");
    if (!can_run(units_[index])) {
        add(Due::goes_down, fails_after, index, units_[index].generation);
    }
}

void SimWorld::fail_unit(std::uint32_t index) {
    Unit& unit = units_[index];
    const bool had_policy = unit.state.restart != "no";
    if (unit.tries > 0) {
        --unit.tries;
        set_unit(index, "activating", "auto-restart", "signal");
        return add(Due::comes_up, restart_delay, index, units_[index].generation);
    }
    set_unit(index, "failed", "failed", had_policy ? "start-limit-hit" : "signal");
}

void SimWorld::fall_ill(std::uint32_t target, Severity severity, std::int64_t cured_by) {
    Patient& patient = patients_[target];
    ++patient.generation;
    patient.ill = severity;
    patient.cured_by = cured_by;
}

void SimWorld::heal(std::uint32_t target) {
    Patient& patient = patients_[target];
    ++patient.generation;
    patient.ill = Severity::ok;
    patient.down = false;
}

// It gets well by itself, and what had failed is started again as Restart= would.
void SimWorld::recover(std::uint32_t target) {
    heal(target);
    const auto unit = patients_[target].unit;
    if (unit && units_[*unit].state.active_state == "failed") {
        ++units_[*unit].state.restarts;
        set_unit(*unit, "activating", "auto-restart", "success");
        run_unit(*unit);
    }
}

// One severity worse; what cannot get worse cannot run any more.
void SimWorld::worsen(std::uint32_t target, bool may_go_down) {
    Patient& patient = patients_[target];
    ++patient.generation;
    if (patient.ill < Severity::error) {
        patient.ill = Severity::error;
    } else if (patient.ill < Severity::critical) {
        patient.ill = Severity::critical;
    } else if (may_go_down && patient.unit) {
        patient.down = true;
        const Unit& unit = units_[*patient.unit];
        if (unit.state.active_state == "active" && unit.job == 0) {
            fail_unit(*patient.unit);
        }
    }
}

void SimWorld::leak(std::uint32_t target, std::uint64_t generation) {
    Patient& patient = patients_[target];
    if (patient.generation != generation || patient.ill >= Severity::critical) {
        return;
    }
    patient.ill = static_cast<Severity>(static_cast<int>(patient.ill) + 1);
    if (patient.ill < Severity::critical) {
        add(Due::leak, patient.leak_step, target, generation);
    }
}

// Somebody's systemctl. Where a job is queued already, they come too late.
void SimWorld::hand(std::uint32_t target, SimHand what, Duration takes) {
    const auto index = patients_[target].unit;
    if (!index || units_[*index].job != 0) {
        return;
    }
    if (what == SimHand::reset_failed) {
        if (units_[*index].state.active_state == "failed") {
            set_unit(*index, "inactive", "dead", "success");
        }
        return;
    }
    begin_job(*index, std::string{name_of(what)}.c_str(), false);
    const std::uint64_t job = units_[*index].job;
    if (what == SimHand::stop) {
        units_[*index].tries = 0;
        set_unit(*index, "deactivating", "stop-sigterm", "success");
    } else if (what != SimHand::reload) {
        set_unit(*index, "activating", "start", "success");
    }
    add(Due::job_ends, takes, *index, job << 8U | static_cast<std::uint64_t>(what));
}

void SimWorld::hand_ends(std::uint32_t index, std::uint64_t number) {
    const auto what = static_cast<SimHand>(number & 0xffU);
    if (units_[index].job != number >> 8U) {
        return;
    }
    if (what == SimHand::stop) {
        units_[index].stopped_by_person = true;
        set_unit(index, "inactive", "dead", "success");
    } else if (what != SimHand::reload) {
        units_[index].stopped_by_person = false;
        units_[index].state.start_limit_burst = start_limit_burst;
        units_[index].state.start_limit_interval = start_limit_interval;
        run_unit(index);
    }
    end_job(index, "done");
}

}  // namespace primum::replay

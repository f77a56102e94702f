// SPDX-License-Identifier: MIT
#include "remedy/probe.hpp"

#include "rules/trust.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

using How = systemd::TransientEnd::How;

const ExecProbePlan& plan_of(const SourceRule& rule) {
    const auto* plan = std::get_if<ExecProbePlan>(&rule.plan);
    PRIMUM_CHECK(plan != nullptr && !plan->run.empty());
    return *plan;
}

// What an earlier run has left is in its way, perhaps: the next one finds it gone. One that has
// failed stays until its failure is forgotten, too.
void clear_away(systemd::Manager& manager, const std::string& unit) {
    const auto forget = [&manager, unit] {
        manager.reset_failed(unit, [](const systemd::ManagerResult<void>&) {});
    };
    manager.start_job(
        systemd::JobVerb::stop_now,
        unit,
        [forget](const systemd::ManagerResult<std::string>& job) {
            if (!job.has_value()) {
                forget();
            }
        },
        [forget](const systemd::JobEnd&) { forget(); });
}

}  // namespace

// ':' stands in no source's name, and '@' would make an instance of a template.
std::string probe_unit(const std::string& source) {
    std::string name = "primum-probe-" + source + ".service";
    std::replace(name.begin(), name.end(), '@', ':');
    return name;
}

ProbeRun::ProbeRun(const Tools& tools, const SourceRule& rule)
    : loop_(tools.loop),
      clock_(tools.clock),
      manager_(tools.manager),
      source_(rule.name),
      plan_(plan_of(rule)),
      timeout_(rule.timeout),
      unit_(tools.loop, tools.clock, tools.manager) {}

ProbeRun::~ProbeRun() = default;

void ProbeRun::start(std::function<void(const ProbeReply&)> done) {
    if (const auto trusted = rules::check_trusted(plan_.run.front()); !trusted.has_value()) {
        ProbeReply reply;
        reply.source = source_;
        reply.code = Refusal::untrusted;
        reply.detail = trusted.error().message;
        later_ = loop_.soon([reply, done = std::move(done)] { done(reply); });
        return;
    }
    systemd::TransientSpec spec;
    spec.name = probe_unit(source_);
    spec.description = "primum: " + plan_.run.front() + " for source " + source_;
    spec.run = plan_.run;
    spec.dynamic_user = true;
    spec.memory = plan_.memory;
    spec.tasks = plan_.tasks;
    spec.timeout = timeout_;
    spec.output = max_probe_output_bytes;
    deadline_ = loop_.at(clock_.now().t + timeout_, [this] { unit_.stop(); });
    unit_.start(std::move(spec), [this, done = std::move(done)](const systemd::TransientEnd& end) {
        deadline_.reset();
        if (end.how == How::refused) {
            clear_away(manager_, probe_unit(source_));
        }
        const auto told = done;
        told(reply_to(end));
    });
}

ProbeReply ProbeRun::reply_to(const systemd::TransientEnd& end) const {
    ProbeReply reply;
    reply.source = source_;
    reply.timed_out = unit_.stopped();
    reply.output = end.output;
    reply.cut = end.printed > max_probe_output_bytes;
    if (end.how != How::ended && !reply.timed_out) {
        reply.code = Refusal::bus;
        reply.detail = end.detail;
        return reply;
    }
    const auto code = end.exit_code();
    if (reply.timed_out) {
        reply.detail = "it was ended at its timeout with all its processes";
    } else if (code.has_value()) {
        reply.exit_code = *code;
    } else {
        reply.detail = "it ended with " + end.result + ' ' + end.status;
        if (end.result == "oom-kill" || (end.status == "KILL" && !end.unlimited)) {
            reply.detail += ", by somebody or for more memory than it may have";
        }
    }
    if (end.unlimited) {
        reply.detail += reply.detail.empty() ? "" : "; ";
        reply.detail += "this host has no memory or tasks controller, so no limit held";
    }
    return reply;
}

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "remedy/notify_run.hpp"

#include "rules/trust.hpp"

#include <primum/check.hpp>

#include <utility>

namespace primum::remedy {

using How = systemd::TransientEnd::How;

NotifyRun::NotifyRun(const Tools& tools, NotifyOrder order)
    : loop_(tools.loop),
      clock_(tools.clock),
      manager_(tools.manager),
      order_(std::move(order)),
      unit_(tools.loop, tools.clock, tools.manager) {
    PRIMUM_CHECK(!order_.program.empty());
}

NotifyRun::~NotifyRun() = default;

void NotifyRun::start(std::function<void(const NotifyReply&)> done) {
    if (const auto trusted = rules::check_trusted(order_.program.front()); !trusted.has_value()) {
        NotifyReply reply;
        reply.ticket = order_.ticket;
        reply.code = Refusal::untrusted;
        reply.detail = trusted.error().message;
        later_ = loop_.soon([reply, done = std::move(done)] { done(reply); });
        return;
    }
    systemd::TransientSpec spec;
    spec.name = notify_unit;
    spec.description = "primum: " + order_.program.front() + " for a page";
    spec.run = order_.program;
    spec.dynamic_user = true;
    spec.input = order_.notice;
    spec.memory = notify_memory_bytes;
    spec.tasks = notify_tasks;
    spec.timeout = order_.timeout;
    spec.output = max_notify_output_bytes;
    deadline_ = loop_.at(clock_.now().t + order_.timeout, [this] { unit_.stop(); });
    unit_.start(std::move(spec), [this, done = std::move(done)](const systemd::TransientEnd& end) {
        deadline_.reset();
        if (end.how == How::refused) {
            // What an earlier run has left is in its way, perhaps: the next one finds it gone.
            manager_.start_job(
                systemd::JobVerb::stop_now,
                std::string{notify_unit},
                [](const systemd::ManagerResult<std::string>&) {},
                [](const systemd::JobEnd&) {});
        }
        const auto told = done;
        told(reply_to(end));
    });
}

NotifyReply NotifyRun::reply_to(const systemd::TransientEnd& end) const {
    NotifyReply reply;
    reply.ticket = order_.ticket;
    reply.timed_out = unit_.stopped();
    reply.output = end.output;
    if (reply.timed_out) {
        reply.detail = "it was ended at its timeout with all its processes";
    } else if (end.how != How::ended) {
        reply.code = Refusal::bus;
        reply.detail = end.detail;
    } else if (const auto code = end.exit_code()) {
        reply.exit_code = *code;
    } else {
        reply.detail = "it ended with " + end.result + ' ' + end.status;
    }
    return reply;
}

}  // namespace primum::remedy

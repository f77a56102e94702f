// SPDX-License-Identifier: MIT
#include "actuator/notifier.hpp"

#include <utility>

namespace primum::actuator {

Notifier::Notifier(const Clock& clock, const Ports& ports, const RulesCache& rules, Tell tell)
    : clock_(clock), ports_(ports), rules_(rules), tell_(std::move(tell)) {}

void Notifier::notify(std::uint64_t asker, const remedy::NotifyRequest& request) {
    const auto settings = rules_.settings();
    if (!settings.has_value()) {
        refuse(asker, request.ticket, Refusal::rules_unreadable, settings.error().message);
        return;
    }
    const auto& hook = settings->notify.exec;
    if (hook.program.empty()) {
        refuse(asker, request.ticket, Refusal::not_available, "no program is set for pages");
    } else if (!ports_.notify) {
        refuse(asker, request.ticket, Refusal::not_available, "no program can be run here");
    } else if (request.notice.size() > remedy::max_notice_bytes) {
        refuse(asker, request.ticket, Refusal::too_large, "the notice is too long");
    } else if (running_) {
        refuse(asker, request.ticket, Refusal::budget, "the program for pages runs already");
    } else if (!within_budget()) {
        refuse(asker, request.ticket, Refusal::budget, "enough pages for this minute");
    } else {
        running_ = true;
        run_ = ports_.notify({request.ticket, hook.program, hook.timeout, request.notice},
                             [this, asker](const remedy::NotifyReply& reply) {
                                 const auto ended = std::exchange(run_, nullptr);
                                 running_ = false;
                                 tell_(asker, reply);
                             });
    }
}

void Notifier::refuse(std::uint64_t asker,
                      std::uint64_t ticket,
                      Refusal code,
                      std::string detail) const {
    remedy::NotifyReply reply;
    reply.ticket = ticket;
    reply.code = code;
    reply.detail = std::move(detail);
    tell_(asker, reply);
}

bool Notifier::within_budget() {
    const Instant now = clock_.now().t;
    while (!begun_.empty() && begun_.front() <= now - std::chrono::minutes{1}) {
        begun_.pop_front();
    }
    if (begun_.size() >= max_notices_a_minute) {
        return false;
    }
    begun_.push_back(now);
    return true;
}

}  // namespace primum::actuator

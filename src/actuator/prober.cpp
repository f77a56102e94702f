// SPDX-License-Identifier: MIT
#include "actuator/prober.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::actuator {
namespace {

// How often is looked whether the rollback is over.
constexpr Duration look_again = std::chrono::milliseconds{100};

}  // namespace

Prober::Prober(systemd::EventLoop& loop,
               const Clock& clock,
               const Ports& ports,
               RulesCache& rules,
               Hooks hooks)
    : loop_(loop), clock_(clock), ports_(ports), rules_(rules), hooks_(std::move(hooks)) {}

void Prober::probe(std::uint64_t asker, const std::string& source) {
    const auto read = rules_.get();
    if (!read.has_value()) {
        refuse(asker, source, Refusal::rules_unreadable, read.error().message);
        return;
    }
    const auto& sources = (*read)->sources;
    const auto rule = std::find_if(sources.begin(), sources.end(), [&](const SourceRule& one) {
        return one.name == source && std::holds_alternative<ExecProbePlan>(one.plan);
    });
    if (rule == sources.end()) {
        refuse(asker, source, Refusal::bad_request, "the rules have no such source of kind exec");
    } else if (!ports_.probe) {
        refuse(asker, source, Refusal::not_available, "no program can be run here");
    } else if (is_known(source)) {
        refuse(asker, source, Refusal::budget, "it runs, or waits to run, already");
    } else if (waiting_.size() >= max_probes_waiting) {
        refuse(asker, source, Refusal::budget, "too many probes wait already");
    } else if (!within_budget()) {
        refuse(asker, source, Refusal::budget, "enough probes for this minute");
    } else {
        waiting_.push_back({asker, *rule, clock_.now().t + rule->timeout});
        begin_waiting();
    }
}

void Prober::refuse(std::uint64_t asker,
                    const std::string& source,
                    Refusal code,
                    std::string detail) const {
    remedy::ProbeReply reply;
    reply.source = source;
    reply.code = code;
    reply.detail = std::move(detail);
    hooks_.tell(asker, reply);
}

bool Prober::is_known(const std::string& source) const {
    return running_.contains(source) ||
           std::any_of(waiting_.begin(), waiting_.end(), [&](const Waiting& one) {
               return one.rule.name == source;
           });
}

bool Prober::within_budget() {
    const Instant now = clock_.now().t;
    while (!begun_.empty() && begun_.front() <= now - std::chrono::minutes{1}) {
        begun_.pop_front();
    }
    if (begun_.size() >= max_probes_a_minute) {
        return false;
    }
    begun_.push_back(now);
    return true;
}

void Prober::begin_waiting() {
    again_.reset();
    const Instant now = clock_.now().t;
    while (!waiting_.empty() && waiting_.front().until < now) {
        const auto late = std::move(waiting_.front());
        waiting_.pop_front();
        refuse(late.asker, late.rule.name, Refusal::too_late, "its turn did not come in time");
    }
    while (!waiting_.empty() && running_.size() < max_probes_at_once && !hooks_.rolling_back()) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        begin(std::move(next));
    }
    if (!waiting_.empty()) {
        again_ = loop_.at(now + look_again, [this] { begin_waiting(); });
    }
}

void Prober::begin(Waiting next) {
    const auto name = next.rule.name;
    running_[name] =
        ports_.probe(next.rule, [this, asker = next.asker, name](const remedy::ProbeReply& reply) {
            const auto ended = running_.extract(name);
            hooks_.tell(asker, reply);
            begin_waiting();
        });
}

}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#include "daemon/notice/alert_sender.hpp"

#include <algorithm>
#include <utility>

namespace primum::notice {
namespace {

// What comes together goes together.
constexpr Duration gather = std::chrono::milliseconds{200};

}  // namespace

AlertSender::AlertSender(systemd::EventLoop& loop,
                         const Clock& clock,
                         AlertBook& book,
                         const Origin& origin,
                         Duration fires_for,
                         const Ports& ports)
    : loop_(loop),
      clock_(clock),
      book_(book),
      origin_(origin),
      fires_for_(fires_for),
      ports_(ports),
      backoff_(ports.seed),
      not_before_(clock.now().t) {}

void AlertSender::wake() {
    for (const auto kind : book_.take_dropped()) {
        ports_.count(Channel::alertmanager, kind, Result::dropped);
    }
    if (out_.empty()) {
        arm();
    }
}

void AlertSender::arm() {
    timer_.reset();
    if (const auto due = book_.next_due()) {
        const Instant at = std::max({*due, not_before_, clock_.now().t + gather});
        timer_ = loop_.at(at, [this] { send(); });
    }
}

bool AlertSender::may_send(Instant now) {
    if (now < not_before_) {
        return false;
    }
    const auto since = held_since_.value_or(now);
    if (!ports_.durable() && now - since < durable_within) {
        held_since_ = since;
        return false;
    }
    held_since_.reset();
    return true;
}

void AlertSender::send() {
    timer_.reset();
    const auto now = clock_.now();
    if (may_send(now.t)) {
        out_ = book_.due(now.t, most_);
    }
    if (out_.empty()) {
        arm();
        return;
    }
    ports_.post(alerts_json(out_, book_, origin_, ports_.explain, now.wall + fires_for_),
                [this](const PostEnd& end) { ended(end); });
}

void AlertSender::ended(const PostEnd& end) {
    if (end.how == PostEnd::How::refused) {
        problem_ = end.detail;
        refused();
        return;
    }
    const bool well = end.how == PostEnd::How::accepted;
    for (const auto& sent : out_) {
        if (well || sent.news) {
            const auto result = !well       ? Result::failed
                                : sent.news ? Result::delivered
                                            : Result::repeated;
            ports_.count(Channel::alertmanager, sent.alert.kind, result);
        }
    }
    const auto sent = std::exchange(out_, {});
    if (well) {
        book_.accepted(sent, clock_.now());
        backoff_.succeeded();
        most_ = max_alerts_a_post;
        if (!std::exchange(problem_, {}).empty()) {
            ports_.tell(true, "Alertmanager takes alerts again");
        }
        ports_.keep();
    } else {
        not_before_ = clock_.now().t + backoff_.failed();
        if (std::exchange(problem_, end.detail).empty()) {
            ports_.tell(false,
                        "alerts do not reach Alertmanager: " + end.detail +
                            "; they are kept and sent again");
        }
    }
    arm();
}

// One that Alertmanager will never take must not hold up the others.
void AlertSender::refused() {
    const auto sent = std::exchange(out_, {});
    if (sent.size() > 1) {
        most_ = sent.size() / 2;
        not_before_ = clock_.now().t;
    } else {
        ports_.count(Channel::alertmanager, sent.front().alert.kind, Result::refused);
        ports_.tell(false, "Alertmanager refuses the alert " + sent.front().key + ": " + problem_);
        book_.accepted(sent, clock_.now());
        not_before_ = clock_.now().t + backoff_.failed();
        ports_.keep();
    }
    arm();
}

}  // namespace primum::notice

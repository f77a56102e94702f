// SPDX-License-Identifier: MIT
#include "daemon/notice/desk.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace primum::notice {
namespace {

// What the actuator takes at most beyond the program's own time: to begin it and to end it.
constexpr Duration actuator_takes = std::chrono::seconds{30};

}  // namespace

Desk::Desk(systemd::EventLoop& loop,
           const Clock& clock,
           const rules::NotifySettings& settings,
           Origin origin,
           Ports ports)
    : loop_(loop),
      clock_(clock),
      origin_(std::move(origin)),
      ports_(std::move(ports)),
      pages_(!settings.exec.program.empty()),
      program_(!settings.exec.program.empty()),
      fires_for_(settings.alertmanager.resolve_after),
      answer_within_(settings.exec.timeout + actuator_takes) {
    if (!settings.alertmanager.url.empty()) {
        alerts_.emplace(
            AlertTimes{settings.alertmanager.interval, settings.alertmanager.resolve_after},
            ports_.unit_of);
    }
}

void Desk::restore(const std::vector<Row>& rows, const RestoredState& state) {
    const auto now = clock_.now();
    if (alerts_) {
        alerts_->restore(rows, state, now);
    }
    pages_.restore(rows, state, now.wall);
    // What no channel takes any more, and what cannot be read.
    for (const auto& row : rows) {
        if (!page_of(row) && !(alerts_ && alert_of(row))) {
            unwanted_.push_back({row.key, {}});
        }
    }
}

void Desk::start() {
    if (alerts_) {
        alert_sender_.emplace(loop_, clock_, *alerts_, origin_, fires_for_, ports_);
    }
    if (program_) {
        page_sender_.emplace(loop_, clock_, pages_, origin_, answer_within_, ports_);
    }
    ports_.keep();
    wake();
}

void Desk::observe(const Effect& effect) {
    const auto* made = std::get_if<RecordEffect>(&effect);
    const auto* incident = made != nullptr ? std::get_if<IncidentRecord>(&made->record) : nullptr;
    const bool breaker = made != nullptr && std::holds_alternative<BreakerRecord>(made->record);
    if (incident == nullptr && !breaker && !std::holds_alternative<Notify>(effect)) {
        return;
    }
    news_ = true;
    const auto now = clock_.now();
    if (alerts_) {
        alerts_->observe(effect, now);
    }
    if (incident != nullptr) {
        pages_.observe(*incident, now.wall);
    }
}

void Desk::page(const Notify& page) {
    news_ = true;
    const auto now = clock_.now();
    pages_.tidy(now.wall);
    pages_.add(page, page.target.empty() ? std::string{} : ports_.unit_of(page.target), now.wall);
    ports_.count(Channel::journal, kind_of(page.kind), Result::delivered);
}

std::vector<Row> Desk::take_rows() {
    auto rows = std::exchange(unwanted_, {});
    const auto add = [&](std::vector<Row> more) {
        std::move(more.begin(), more.end(), std::back_inserter(rows));
    };
    if (alerts_) {
        add(alerts_->take_rows());
    }
    add(pages_.take_rows());
    return rows;
}

void Desk::wake() {
    if (alert_sender_) {
        alert_sender_->wake();
    }
    if (page_sender_) {
        page_sender_->wake();
    }
}

std::vector<WallTime> Desk::pages_lately() const {
    return pages_.lately(clock_.now().wall);
}

std::vector<ChannelFigures> Desk::figures() const {
    const auto now = clock_.now();
    std::vector<ChannelFigures> all;
    if (alerts_) {
        ChannelFigures figures{.channel = Channel::alertmanager, .waiting = alerts_->waiting()};
        if (const auto since = alerts_->waiting_since()) {
            figures.oldest = std::max(now.t - *since, Duration{0});
        }
        figures.problem = alert_sender_ ? alert_sender_->problem() : std::string{};
        all.push_back(std::move(figures));
    }
    if (program_) {
        ChannelFigures figures{.channel = Channel::exec, .waiting = pages_.waiting()};
        if (const auto since = pages_.waiting_since()) {
            figures.oldest = std::max(Duration{now.wall - *since}, Duration{0});
        }
        figures.problem = page_sender_ ? page_sender_->problem() : std::string{};
        all.push_back(std::move(figures));
    }
    return all;
}

}  // namespace primum::notice

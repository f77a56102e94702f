// SPDX-License-Identifier: MIT
#include "source/push.hpp"

#include "source/exposition.hpp"
#include "source/series_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::source {
namespace {

constexpr int intervals_of_silence = 3;

const PushPlan& plan_of(const SourceRule& rule) {
    return std::get<PushPlan>(rule.plan);
}

SourceRule bounded(SourceRule rule, const PushServer* server) {
    if (server != nullptr) {
        rule.max_series = std::min(rule.max_series, server->limits().max_series);
    }
    return rule;
}

}  // namespace

PushSource::PushSource(const Tools& tools, SourceRule rule, SeriesId first_id)
    : Source(tools.clock, bounded(std::move(rule), tools.push), first_id, tools.emit),
      loop_(tools.loop),
      server_(tools.push != nullptr && tools.push->listening() ? tools.push : nullptr),
      users_(plan_of(this->rule()).users),
      lines_per_second_(plan_of(this->rule()).lines_per_second),
      heard_(now()) {
    for (const auto& user : users_.missing()) {
        figures().note += fmt::format("{}no user {}", figures().note.empty() ? "" : "; ", user);
    }
    if (server_ != nullptr) {
        server_->attach(*this);
    }
    const auto wait =
        server_ != nullptr ? intervals_of_silence * this->rule().interval : Duration{0};
    timer_ = loop_.at(heard_ + wait, [this] { unheard(); });
}

PushSource::~PushSource() {
    if (server_ != nullptr) {
        server_->detach(*this);
    }
}

Result<void, PushError> PushSource::take(uid_t uid,
                                         const std::vector<Measured>& values,
                                         bool whole) {
    auto& bucket = buckets_.try_emplace(uid, lines_per_second_, now()).first->second;
    if (!bucket.may(now())) {
        refused();
        return primum::fail(
            PushError{PushRefusal::rate_limited,
                      fmt::format("more than {} lines a second", lines_per_second_)});
    }
    bucket.charge(1);
    if (auto good = check(values); !good) {
        return good;
    }
    heard_ = now();
    if (whole) {
        static_cast<void>(succeed_with(values));
    } else {
        static_cast<void>(add(values));
    }
    return {};
}

// What is wrong with a line is its sender's business: the source itself has not failed.
Result<void, PushError> PushSource::check(const std::vector<Measured>& values) {
    names().begin_part();
    for (const auto& [series, value] : values) {
        auto found = names().find(series);
        if (found.standing == Interner::Standing::unknown) {
            auto parsed = read_series(series, ExpositionLimits{}.labels);
            if (!parsed) {
                refused();
                return primum::fail(PushError{PushRefusal::bad_series_name, series});
            }
            found = names().meet(series, std::move(*parsed));
        }
        if (found.standing == Interner::Standing::over_bound) {
            return primum::fail(
                PushError{PushRefusal::series_bound,
                          fmt::format("the source has {} already", rule().max_series)});
        }
        if (found.standing == Interner::Standing::wanted && !names().see(found.entry)) {
            refused();
            return primum::fail(PushError{PushRefusal::duplicate_series, series});
        }
    }
    return {};
}

// The timer is not moved by every line: when it comes, it looks when the last one was.
void PushSource::unheard() {
    timer_.reset();
    const auto at = now();
    const auto due = heard_ + intervals_of_silence * rule().interval;
    if (server_ == nullptr) {
        fail(SourceFailure::missing,
             "there is no push socket: systemctl start primumd-push.socket, then restart primumd");
    } else if (at >= due) {
        fail(SourceFailure::silent,
             fmt::format("nothing was pushed for {} s",
                         std::chrono::duration_cast<std::chrono::seconds>(at - heard_).count()));
    } else {
        timer_ = loop_.at(due, [this] { unheard(); });
        return;
    }
    timer_ = loop_.at(at + rule().interval, [this] { unheard(); });
}

std::unique_ptr<Source> make_push(const Tools& tools, const SourceRule& rule, SeriesId first_id) {
    return std::make_unique<PushSource>(tools, rule, first_id);
}

}  // namespace primum::source

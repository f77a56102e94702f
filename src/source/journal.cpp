// SPDX-License-Identifier: MIT
#include "source/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <sys/epoll.h>

namespace primum::source {
namespace {

// primumd.service, primum-actuator.service, and the units that it runs programs in.
constexpr std::string_view our_units[] = {"_SYSTEMD_UNIT=primumd.", "_SYSTEMD_UNIT=primum-"};

double seconds_of(Duration length) {
    return std::chrono::duration<double>(length).count();
}

const JournalPlan& plan_of(const SourceRule& rule) {
    return std::get<JournalPlan>(rule.plan);
}

}  // namespace

JournalTally::JournalTally(const std::vector<JournalCount>& counts) : totals_(counts.size(), 0) {
    for (std::size_t count = 0; count < counts.size(); ++count) {
        const auto& match = counts[count].match;
        met_.emplace_back(match.size(), false);
        for (std::size_t field = 0; field < match.size(); ++field) {
            for (const auto& value : match[field].values) {
                places_[match[field].field + "=" + value].push_back({count, field});
            }
        }
    }
}

void JournalTally::begin() {
    ours_ = false;
    for (auto& fields : met_) {
        fields.assign(fields.size(), false);
    }
}

void JournalTally::field(std::string_view data) {
    ours_ = ours_ || std::any_of(std::begin(our_units), std::end(our_units), [&](auto unit) {
                return data.starts_with(unit);
            });
    const auto found = places_.find(data);
    if (found == places_.end()) {
        return;
    }
    for (const auto& [count, field] : found->second) {
        met_[count][field] = true;
    }
}

void JournalTally::end() {
    for (std::size_t count = 0; count < met_.size() && !ours_; ++count) {
        const auto& fields = met_[count];
        const bool all = std::all_of(fields.begin(), fields.end(), [](bool met) { return met; });
        totals_[count] += all && !fields.empty() ? 1 : 0;
    }
}

JournalSource::JournalSource(const Tools& tools,
                             SourceRule rule,
                             SeriesId first_id,
                             std::unique_ptr<JournalFeed> feed)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit),
      feed_(std::move(feed)),
      tally_(plan_of(this->rule()).counts) {
    // At once, not when the first interval comes: what is written meanwhile counts.
    soon_ = loop().soon([this] {
        if (feed_->fd() < 0) {
            static_cast<void>(open());
        }
    });
}

bool JournalSource::open() {
    io_.reset();
    trouble_ = feed_->open(plan_of(rule()).counts);
    if (trouble_) {
        return false;
    }
    io_ = loop().on_io(feed_->fd(), EPOLLIN, [this](std::uint32_t) {
        feed_->changed();
        read();
    });
    read();
    return true;
}

void JournalSource::read() {
    behind_ = true;
    for (std::size_t i = 0; i < journal_entries_a_turn; ++i) {
        tally_.begin();
        const auto got = feed_->next([this](std::string_view data) { tally_.field(data); });
        if (got.step == JournalFeed::Step::trouble) {
            lose({SourceFailure::other, got.detail});
            return;
        }
        if (got.step == JournalFeed::Step::end) {
            behind_ = false;
            return;
        }
        tally_.end();
        last_ = got.received;
    }
    soon_ = loop().soon([this] { read(); });
}

// Opened anew when the next collection is due.
void JournalSource::lose(JournalTrouble trouble) {
    trouble_ = std::move(trouble);
    behind_ = false;
    io_.reset();
    soon_.reset();
    feed_->close();
}

void JournalSource::attempt(Duration /*timeout*/) {
    if (feed_->fd() < 0) {
        const auto before = std::exchange(trouble_, std::nullopt);
        const bool lost = before && before->failure == SourceFailure::other;
        if (!open() || lost) {
            auto told = trouble_ ? *trouble_ : *before;
            missed(told.failure, std::move(told.detail));
            return;
        }
    }
    const double lag = behind_ ? std::max(0.0, seconds_of(now() - last_)) : 0;
    figures().note = behind_ ? fmt::format("{:.1f} s behind the journal", lag) : std::string{};
    std::vector<Measured> measured;
    const auto& counts = plan_of(rule()).counts;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        measured.push_back({counts[i].name, static_cast<double>(tally_.totals()[i])});
    }
    measured.push_back({"journal_lag_seconds", lag});
    collected();
    succeed_with(measured);
}

std::unique_ptr<Source> make_journal(const Tools& tools,
                                     const SourceRule& rule,
                                     SeriesId first_id) {
    return std::make_unique<JournalSource>(tools, rule, first_id, make_host_journal());
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "daemon/ledger_health.hpp"

namespace primum::daemon {

void LedgerHealth::said(const LedgerEvent& news) {
    says_healthy_ = news.news == LedgerNews::healthy;
    said_ = says_healthy_ ? "" : news.detail;
}

std::optional<LedgerEvent> LedgerHealth::judge(std::optional<Instant> oldest_pending, Instant now) {
    const bool hangs = oldest_pending && now - *oldest_pending >= too_old;
    const bool healthy = says_healthy_ && !hangs;
    if (!healthy) {
        problem_ = says_healthy_ ? "the oldest write has been waiting for over 2 s" : said_;
    } else {
        problem_.clear();
    }
    if (healthy == told_healthy_) {
        return std::nullopt;
    }
    told_healthy_ = healthy;
    return LedgerEvent{.news = healthy ? LedgerNews::healthy : LedgerNews::unhealthy,
                       .action = {},
                       .detail = problem_};
}

std::optional<Instant> LedgerHealth::look_again(std::optional<Instant> oldest_pending,
                                                Instant now) {
    if (!oldest_pending) {
        return std::nullopt;
    }
    const auto due = *oldest_pending + too_old;
    return due > now ? due : now + too_old;
}

}  // namespace primum::daemon

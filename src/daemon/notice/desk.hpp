// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/alert_book.hpp"
#include "daemon/notice/alert_sender.hpp"
#include "daemon/notice/notice.hpp"
#include "daemon/notice/page_queue.hpp"
#include "daemon/notice/page_sender.hpp"
#include "daemon/notice/ports.hpp"
#include "rules/settings_notify.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/effect.hpp>
#include <primum/record.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace primum::notice {

// How one channel fares.
struct ChannelFigures {
    Channel channel = Channel::journal;
    std::size_t waiting = 0;
    Duration oldest{0};
    std::string problem;  // empty: none
};

// Everything that people are told outside of the journal: alerts to Alertmanager, pages to a
// program. What is to be told is kept in rows, by whoever owns this, together with the records it
// follows from; until it has been told it is told again, by this run or the next. Works without
// rows, too: then a restart forgets what was not told yet, but for what the ledger still says.
class Desk {
public:
    Desk(systemd::EventLoop& loop,
         const Clock& clock,
         const rules::NotifySettings& settings,
         Origin origin,
         Ports ports);
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    // What an earlier run has left. Once, first.
    void restore(const std::vector<Row>& rows, const RestoredState& state);
    // From now on things are sent.
    void start();

    // Every effect of an event, before its records are handed to the ledger; then take_rows() gives
    // what belongs to them.
    void observe(const Effect& effect);
    // A page that the limit of pages has let pass, with the text that it goes out with.
    void page(const Notify& page);
    // Each row that changed, as it is now.
    [[nodiscard]] std::vector<Row> take_rows();
    // Whether anything of interest was seen since the last call.
    [[nodiscard]] bool take_news() { return std::exchange(news_, false); }
    // Looks what there is to send.
    void wake();

    // When pages went out within the last hour.
    [[nodiscard]] std::vector<WallTime> pages_lately() const;
    // Of the channels that are set.
    [[nodiscard]] std::vector<ChannelFigures> figures() const;

private:
    systemd::EventLoop& loop_;
    const Clock& clock_;
    Origin origin_;
    Ports ports_;
    std::optional<AlertBook> alerts_;
    PageQueue pages_;
    bool program_ = false;
    bool news_ = false;
    Duration fires_for_{0};
    Duration answer_within_{0};
    std::vector<Row> unwanted_;
    std::optional<AlertSender> alert_sender_;
    std::optional<PageSender> page_sender_;
};

}  // namespace primum::notice

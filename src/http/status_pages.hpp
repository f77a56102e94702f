// SPDX-License-Identifier: MIT
#pragma once

#include "http/assets.hpp"
#include "http/frame.hpp"
#include "http/pages_html.hpp"
#include "http/server.hpp"
#include "http/status_view.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::http {

// The status page, docs/status-page.md:
//   /                      the host, its ill targets, what happened, who is well
//   /targets/NAME          one target: evidence, guards, ladder, what comes next
//   /incidents[/ID]        the incidents on record, and one of them
//   /assets/FILE           what the pages refer to
//   /api/v1/changes        {"change":"..."}: another one, and pages would say something else
//   /api/v1/charts/NAME    the values of a target's indicators of late
//
// It reads only. What needs the ledger waits for it, but not for long: then the page says so.
class StatusPages {
public:
    static constexpr Duration ledger_patience = std::chrono::seconds{2};
    // So long what the ledger said is shown again, where nothing has changed.
    static constexpr Duration ledger_keeps = std::chrono::seconds{5};

    StatusPages(Server& server,
                systemd::EventLoop& loop,
                const Clock& clock,
                StatusPorts ports,
                std::optional<ChartLibrary> charts);
    ~StatusPages();
    StatusPages(const StatusPages&) = delete;
    StatusPages& operator=(const StatusPages&) = delete;

    // Something that a page shows has changed.
    void changed() { ++change_; }

private:
    using Story = std::function<void(const Happened&)>;
    struct Told {
        std::uint64_t change = 0;
        Instant at;
        std::shared_ptr<const Happenings> happened;
        systemd::LoopSource forgets;  // when it is too old to be shown
        std::vector<Story> waiting;   // while the ledger is asked
    };

    void add_own_assets();
    void add_chart_assets();
    void overview(const Request& request, const Answer& answer);
    void target(const Request& request, const Answer& answer);
    void incidents(const Request& request, const Answer& answer);
    void incident(std::uint64_t id, const Answer& answer);
    [[nodiscard]] Reply changes() const;
    [[nodiscard]] Reply charts(const Request& request) const;

    // What happened of late, from memory or from the ledger.
    void happened(std::chrono::minutes back, Story story);
    // Asks the ledger; `done` is called once, with a failure where it does not answer in time, and
    // not at all once this is gone.
    template <class T>
    void ask(const std::function<void(LedgerAnswer<T>)>& question, LedgerAnswer<T> done);
    [[nodiscard]] Frame frame(std::string title, std::string_view section) const;
    [[nodiscard]] std::string change_text() const;
    [[nodiscard]] Reply not_found(std::string_view section, std::string_view text) const;

    Server& server_;
    systemd::EventLoop& loop_;
    const Clock& clock_;
    StatusPorts ports_;
    std::optional<ChartLibrary> library_;
    std::map<std::string, Asset, std::less<>> assets_;
    std::uint64_t change_ = 1;
    std::map<std::chrono::minutes, Told> told_;  // by how far back
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace primum::http

// SPDX-License-Identifier: MIT
#pragma once

#include "source/alert_desk.hpp"
#include "source/source.hpp"
#include "source/tools.hpp"
#include "systemd/event_loop.hpp"

#include <memory>
#include <set>
#include <string>

namespace primum::source {

// Takes what an Alertmanager tells: 1 for an alert that fires, 0 for one that is resolved, when it
// says so. Nothing is made up in between. While something fires, three intervals without a word are
// a failure, and each interval after them: Alertmanager repeats itself.
class AlertmanagerSource final : public Source, private AlertTaker {
public:
    AlertmanagerSource(const Tools& tools, SourceRule rule, SeriesId first_id);
    ~AlertmanagerSource() override;

private:
    [[nodiscard]] const std::string& name() const override { return rule().name; }
    [[nodiscard]] const std::string& token_file() const override;
    void take(const Webhook& webhook) override;
    void refused() override { ++figures().refused; }
    void read(std::uint64_t bytes) override { figures().bytes += bytes; }

    void look();

    systemd::EventLoop& loop_;
    AlertDesk* desk_;
    std::set<std::string, std::less<>> firing_;  // fingerprints
    Instant heard_;
    systemd::LoopSource timer_;
};

[[nodiscard]] std::unique_ptr<Source> make_alertmanager(const Tools& tools,
                                                        const SourceRule& rule,
                                                        SeriesId first_id);

}  // namespace primum::source

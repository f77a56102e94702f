// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"
#include "http/status_view.hpp"
#include "ledger/ledger.hpp"

#include <primum/clock.hpp>
#include <primum/engine.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::daemon {

// What the bus asks of the daemon. Reads come from the engine and the ledger; commands go to the
// core as events and are answered by its OperatorReply.
class DaemonBackend final : public bus::Backend {
public:
    struct Ports {
        std::function<bus::DaemonView()> daemon;
        std::function<SourceFigures()> figures;
        // Those in force.
        std::function<std::shared_ptr<const RuleSet>()> rules;
        std::function<void(EventBody)> submit;
        // The ledger, or nullptr while it is not there yet (or no more).
        std::function<ledger::Ledger*()> ledger;
        std::function<void(
            std::uint32_t uid, std::string reason, std::function<void(bus::ReloadStatus)> answer)>
            reload;
    };

    DaemonBackend(const Engine& engine, const Clock& clock, Ports ports);

    // Commands are refused with "not_ready" before open(true) and after open(false).
    void open(bool is_open) { open_ = is_open; }
    // The core's answer to a command.
    void replied(const OperatorReply& reply);

    [[nodiscard]] Stamp now() const override;
    [[nodiscard]] bus::DaemonView daemon() const override;
    [[nodiscard]] HostView host() const override;
    [[nodiscard]] std::vector<TargetSummary> targets() const override;
    [[nodiscard]] std::vector<TargetSummary> targets_after(std::string_view after,
                                                           std::uint32_t limit) const override;
    [[nodiscard]] std::optional<TargetSummary> target(std::string_view name) const override;
    [[nodiscard]] std::vector<IncidentRecord> open_incidents() const override;
    [[nodiscard]] std::vector<event::SourceReport> sources() const override;
    [[nodiscard]] std::optional<event::SourceStory> source(std::string_view name) const override;
    [[nodiscard]] std::vector<ProviderView> providers() const override;
    [[nodiscard]] std::vector<PrecisionRecord> precision() const override;
    [[nodiscard]] std::optional<Explanation> explain(std::string_view target) const override;
    void command(OperatorEvent command, std::function<void(OperatorReply)> answer) override;
    void reload(std::uint32_t uid,
                std::string reason,
                std::function<void(bus::ReloadStatus)> answer) override;
    void incidents(bus::Page page, bus::QueryAnswer<std::vector<RestoredIncident>> answer) override;
    void incident(std::uint64_t id,
                  bus::QueryAnswer<std::optional<bus::IncidentStory>> answer) override;
    void actions(bus::Page page, bus::QueryAnswer<std::vector<RestoredAction>> answer) override;
    // For the status page.
    void happenings(WallTime since, bus::QueryAnswer<http::Happenings> answer);
    void operator_commands(bus::Page page,
                           bus::QueryAnswer<std::vector<OperatorRecord>> answer) override;
    void backup(bus::QueryAnswer<bus::SharedFile> answer) override;

private:
    void uses_by_targets(std::size_t source, event::SourceStory& story) const;
    void uses_by_providers(std::size_t source, event::SourceStory& story) const;

    const Engine& engine_;
    const Clock& clock_;
    Ports ports_;
    bool open_ = false;
    std::uint64_t next_ticket_ = 1;
    std::map<std::uint64_t, std::function<void(OperatorReply)>> asking_;
};

}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace primum::bus::testing {

inline constexpr std::int64_t fake_wall_us = 1'795'312'800'000'000;

// A daemon with one ill target, whose ledger answers when the test says so.
class FakeBackend final : public Backend {
public:
    Stamp now() const override { return {instant_from_us(60'000'000), wall_from_us(fake_wall_us)}; }
    DaemonView daemon() const override { return daemon_view; }
    HostView host() const override {
        if (throws) {
            throw std::runtime_error{"out of luck"};
        }
        return host_view;
    }
    std::vector<TargetSummary> targets() const override { return target_list; }
    std::vector<TargetSummary> targets_after(std::string_view after,
                                             std::uint32_t limit) const override {
        std::vector<TargetSummary> page;
        for (const TargetSummary& each : target_list) {
            if (each.name > after && page.size() < limit) {
                page.push_back(each);
            }
        }
        return page;
    }
    std::optional<TargetSummary> target(std::string_view name) const override {
        for (const TargetSummary& each : target_list) {
            if (each.name == name) {
                return each;
            }
        }
        return std::nullopt;
    }
    std::vector<IncidentRecord> open_incidents() const override { return incident_list; }
    std::vector<event::SourceReport> sources() const override {
        event::SourceReport report;
        report.view.name = "metrics";
        report.view.ever = true;
        report.view.error_class = "timeout";
        return {report};
    }
    std::optional<event::SourceStory> source(std::string_view name) const override {
        if (name != "metrics") {
            return std::nullopt;
        }
        return event::SourceStory{sources().front(), {}, {{"gateway", "", "errors", "unknown"}}};
    }
    std::vector<PrecisionRecord> precision() const override {
        PrecisionRecord row{"gateway", Level::retry, "digest", 1, 12, 10, 0, 8, 2, 2, 3, {}, {}};
        PrecisionRecord other{"api", Level::restart, "digest", 1, 0, 0, 0, 0, 0, 0, 0, {}, {}};
        return {other, row};
    }
    std::vector<ProviderView> providers() const override {
        ProviderView view;
        view.name = "upstream";
        view.pointer = {PointerForm::env, "/etc/gw.env", "UPSTREAM"};
        view.current = "west";
        CandidateView west;
        west.record.provider = "upstream";
        west.record.candidate = "west";
        west.record.state = CandidateState::dead;
        west.record.current = west.record.marked = true;
        west.marked_until = instant_from_us(90'000'000);
        view.candidates = {west};
        return {view};
    }
    std::optional<Explanation> explain(std::string_view target) const override {
        for (const TargetSummary& summary : target_list) {
            if (summary.name == target) {
                Explanation explanation;
                explanation.target = summary;
                explanation.at = instant_from_us(59'000'000);
                explanation.next = "restart";
                explanation.next_at = instant_from_us(70'000'000);
                return explanation;
            }
        }
        return std::nullopt;
    }

    void command(OperatorEvent command, std::function<void(OperatorReply)> answer) override {
        commands.push_back(std::move(command));
        if (keep_answers) {
            kept.emplace_back([answer = std::move(answer), this] { answer(reply); });
            return;
        }
        answer(reply);
    }
    void reload(std::uint32_t uid,
                std::string reason,
                std::function<void(ReloadStatus)> answer) override {
        reloads.emplace_back(uid, std::move(reason));
        answer(reload_status);
    }

    void incidents(Page page, QueryAnswer<std::vector<RestoredIncident>> answer) override {
        pages.push_back(page);
        later([this, answer = std::move(answer)] {
            if (ledger_broken) {
                answer(fail(QueryError{"the disk is full"}));
                return;
            }
            answer(std::vector<RestoredIncident>{incident_row()});
        });
    }
    void incident(std::uint64_t id, QueryAnswer<std::optional<IncidentStory>> answer) override {
        later([id, answer = std::move(answer)] {
            std::optional<IncidentStory> story;
            if (id == 7) {
                story.emplace();
                story->incident = incident_row();
                DecisionRecord decision;
                decision.target = "gateway";
                decision.kind = DecisionKind::opened;
                story->decisions.push_back(decision);
            }
            answer(std::move(story));
        });
    }
    void actions(Page page, QueryAnswer<std::vector<RestoredAction>> answer) override {
        pages.push_back(page);
        later([answer = std::move(answer)] {
            RestoredAction action;
            action.action.id = "ledger-3";
            action.action.sequence = 3;
            action.action.target = "gateway";
            answer(std::vector<RestoredAction>{action});
        });
    }

    void operator_commands(Page page, QueryAnswer<std::vector<OperatorRecord>> answer) override {
        pages.push_back(page);
        OperatorRecord record;
        record.verb = "hold";
        record.target = "gateway";
        answer(std::vector<OperatorRecord>{record});
    }
    void backup(QueryAnswer<SharedFile> answer) override {
        if (backup_file < 0) {
            answer(fail(QueryError{"the disk is full"}));
            return;
        }
        answer(std::make_shared<const int>(backup_file));
    }

    static RestoredIncident incident_row() {
        RestoredIncident row;
        row.incident.id = 7;
        row.incident.target = "gateway";
        return row;
    }

    // Gives all answers that were kept.
    void answer_all() {
        for (const auto& answer : std::exchange(kept, {})) {
            answer();
        }
    }

    DaemonView daemon_view{"0.1.0", wall_from_us(fake_wall_us - 1), false, false, {}};
    HostView host_view;
    int backup_file = -1;
    std::vector<IncidentRecord> incident_list;
    std::vector<TargetSummary> target_list{
        {"gateway", "gateway.service", Mode::enforce, Level::restart, Level::retry},
        {"postgres", "postgresql.service"}};
    OperatorReply reply{0, true, "ok", "done", 11};
    ReloadStatus reload_status{
        true, true, wall_from_us(fake_wall_us), "0123456789abcdef", false, {}};
    bool throws = false;
    bool keep_answers = false;
    bool ledger_broken = false;

    std::vector<OperatorEvent> commands;
    std::vector<std::pair<std::uint32_t, std::string>> reloads;
    std::vector<Page> pages;
    std::vector<std::function<void()>> kept;

private:
    void later(std::function<void()> answer) {
        if (keep_answers) {
            kept.push_back(std::move(answer));
        } else {
            answer();
        }
    }
};

}  // namespace primum::bus::testing

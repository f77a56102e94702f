// SPDX-License-Identifier: MIT
#pragma once

#include "event/effect_json.hpp"
#include "event/event_json.hpp"
#include "event/recording_writer.hpp"
#include "rules/loader.hpp"

#include <primum/check.hpp>
#include <primum/engine.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace primum::replay::test {

inline rules::Settings enforcing() {
    rules::Settings settings;
    settings.decision.mode = Mode::enforce;
    return settings;
}

// A unit that is restarted 10 s after it failed, or so long as `wait` says.
inline std::string restart_rules(const std::string& wait = "10s",
                                 const std::string& mode = "enforce") {
    return R"([target.gateway]
unit = "gateway.service"
mode = ")" +
           mode +
           R"("
enforce_up_to = "restart"
warm_up = "1s"
[target.gateway.indicator.unit]
value = "unit_state"
[target.gateway.ladder.restart]
remedy = [{ restart = {} }]
for = ")" + wait +
           "\"\n";
}

inline rules::RulesLoad compile(const std::string& text) {
    auto load = rules::compile_rules({{"rules.toml", text}}, enforcing());
    EXPECT_TRUE(load.errors.empty()) << rules::format_error(load.errors.front());
    PRIMUM_CHECK(load.rules != nullptr);
    return load;
}

// A run of an engine with a ledger and an actuator that answer well, and its recording.
class LiveRun {
public:
    void start(const std::string& rules) {
        RestoreEvent restore;
        restore.state.boot_id = "boot";
        restore.state.ledger_uuid = "uuid";
        engine = Engine{};
        send(restore);
        reload(rules);
    }
    void reload(const std::string& rules) {
        const auto load = compile(rules);
        send(RulesEvent{load.rules->digest, load.text, load.rules});
    }

    void send(EventBody body) {
        std::vector<EventBody> all{std::move(body)};
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Event event{now, std::move(all[i])};
            events.push_back(event);
            lines.push_back(event::write_event(event));
            for (const Effect& effect : engine.advance(event)) {
                effects.push_back(event::write_effect(effect));
                answer(effect, all);
            }
        }
    }

    // Lets time pass, with a tick at every deadline.
    void wait(Duration time) {
        const Instant until = now.t + time;
        while (engine.next_deadline() && *engine.next_deadline() <= until) {
            const Duration step = std::max(*engine.next_deadline() - now.t, Duration{1});
            now = {now.t + step, now.wall + step};
            send(TickEvent{});
        }
        now = {until, now.wall + (until - now.t)};
    }

    // What a segment that begins here begins with.
    [[nodiscard]] std::vector<Event> head() const {
        RestoreEvent restore;
        restore.state.engine = engine.save();
        std::vector<Event> head{{now, restore}};
        for (const Event& event : events) {
            if (const auto* rules = std::get_if<RulesEvent>(&event.body)) {
                head.resize(1);
                head.push_back({now, RulesEvent{rules->digest, rules->text, nullptr}});
            }
        }
        head[0].at = head[1].at = events.back().at;
        return head;
    }

    void unit(const std::string& active_state) {
        UnitEvent state;
        state.unit = "gateway.service";
        state.load_state = "loaded";
        state.active_state = active_state;
        state.sub_state = active_state == "active" ? "running" : active_state;
        state.result = active_state == "failed" ? "signal" : "success";
        state.restart = "no";
        send(state);
    }

    // The unit fails, is restarted, and is well again.
    void tell_a_failure() {
        unit("active");
        wait(std::chrono::minutes{5});
        unit("failed");
        wait(std::chrono::minutes{1});
        unit("active");
        wait(std::chrono::minutes{20});
        send(TickEvent{});
    }

    void write(const std::filesystem::path& path, std::size_t from = 0, std::size_t to = SIZE_MAX) {
        auto writer = event::RecordingWriter::create(path);
        ASSERT_TRUE(writer);
        for (std::size_t i = from; i < std::min(to, lines.size()); ++i) {
            ASSERT_TRUE(writer->add(lines[i]));
            ASSERT_TRUE(i % 3 != 0 || writer->flush());
        }
        ASSERT_TRUE(writer->close());
    }

    Stamp now{instant_from_us(1'000'000), wall_from_us(1'795'312'800'000'000)};
    Engine engine;
    std::vector<Event> events;
    std::vector<std::string> lines;
    std::vector<std::string> effects;

private:
    static void answer(const Effect& effect, std::vector<EventBody>& answers) {
        if (const auto* asked = std::get_if<AskPreflight>(&effect)) {
            answers.emplace_back(PreflightEvent{asked->ticket, Preflight::can});
        } else if (const auto* run = std::get_if<RunAction>(&effect)) {
            answers.emplace_back(ActionEvent{.action = run->action});
            answers.emplace_back(ActionEvent{.action = run->action,
                                             .phase = ActionPhase::finished,
                                             .result = ActionResult::done,
                                             .took = Duration{1'234}});
        } else if (const auto* record = std::get_if<RecordEffect>(&effect)) {
            const auto* action = std::get_if<ActionRecord>(&record->record);
            if (action != nullptr && !action->dry_run) {
                answers.emplace_back(LedgerEvent{.action = action->id});
            }
        }
    }
};

}  // namespace primum::replay::test

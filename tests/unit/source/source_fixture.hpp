// SPDX-License-Identifier: MIT
#pragma once

#include "loop_clock.hpp"
#include "matchers.hpp"
#include "source/http_client.hpp"
#include "source/source.hpp"
#include "source/tools.hpp"
#include "source/workers.hpp"

#include <primum/event.hpp>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::source {

// Both of the loop's turns: its time, and a wall clock that the test sets.
class LoopAndWallClock final : public Clock {
public:
    explicit LoopAndWallClock(systemd::EventLoop& loop) : clock_(loop) {}
    [[nodiscard]] Stamp now() const override { return {clock_.now().t, wall}; }

    WallTime wall;

private:
    LoopClock clock_;
};

// One source on a real loop, with every series of it wanted; keeps what it says by series name.
class SourceTest : public testing::Test {
protected:
    void take(EventBody body) {
        if (const auto* series = std::get_if<SeriesEvent>(&body)) {
            names_[series->id] = series->name;
        } else if (const auto* samples = std::get_if<SamplesEvent>(&body)) {
            last_.clear();
            for (const auto& value : samples->values) {
                last_[names_.at(value.id)] = value.value;
            }
            ++collections_;
        } else if (const auto* sample = std::get_if<SampleEvent>(&body)) {
            singles_.emplace_back(names_.at(sample->id), sample->value);
        } else if (const auto* source = std::get_if<SourceEvent>(&body)) {
            states_.push_back(*source);
        }
    }
    [[nodiscard]] Tools tools() {
        return {loop_,
                clock_,
                client_,
                [this](EventBody body) { take(std::move(body)); },
                nullptr,
                {},
                {},
                &workers_};
    }
    static SourceRule quick_rule(std::string name, SourcePlan plan) {
        SourceRule rule;
        rule.name = std::move(name);
        rule.interval = std::chrono::milliseconds{20};
        rule.timeout = std::chrono::milliseconds{20};
        rule.plan = std::move(plan);
        return rule;
    }
    void watch(std::unique_ptr<Source> source) {
        source_ = std::move(source);
        source_->want({{wants_prefix("")}, {".*"}});
    }
    bool wait_for_collections(std::size_t count) {
        return turn_until(loop_, [&] { return collections_ >= count; });
    }
    bool wait_for_states(std::size_t count) {
        return turn_until(loop_, [&] { return states_.size() >= count; });
    }
    // Of the last collection.
    [[nodiscard]] std::optional<double> value(const std::string& series) const {
        const auto found = last_.find(series);
        return found == last_.end() ? std::nullopt : std::optional{found->second};
    }

    systemd::EventLoop loop_;
    LoopAndWallClock clock_{loop_};
    HttpClient client_{loop_, clock_};
    Workers workers_{loop_};
    std::map<SeriesId, std::string> names_;
    std::map<std::string, double> last_;
    std::vector<std::pair<std::string, double>> singles_;
    std::vector<SourceEvent> states_;
    std::size_t collections_ = 0;
    std::unique_ptr<Source> source_;
};

}  // namespace primum::source

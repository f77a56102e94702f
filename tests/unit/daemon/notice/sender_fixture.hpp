// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/ports.hpp"
#include "samples.hpp"
#include "systemd/event_loop.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace primum::notice {

// A world that writes down what it is asked, and answers when it is told to.
class SenderFixture : public testing::Test {
protected:
    template <class End>
    struct Asked {
        std::string body;
        std::function<void(const End&)> done;
    };

    Ports ports() {
        return {
            .post =
                [this](std::string body, std::function<void(const PostEnd&)> done) {
                    posts_.push_back({std::move(body), std::move(done)});
                },
            .run =
                [this](std::string page, std::function<void(const ProgramEnd&)> done) {
                    runs_.push_back({std::move(page), std::move(done)});
                },
            .explain = [](const std::string&) { return std::optional<Explanation>{}; },
            .unit_of = [](const std::string& target) { return target + ".service"; },
            .count =
                [this](Channel channel, NoticeKind kind, Result result) {
                    counted_.push_back(std::string{name_of(channel)} + " " +
                                       std::string{name_of(kind)} + " " +
                                       std::string{name_of(result)});
                },
            .tell = [this](bool well, std::string message) { told_.emplace_back(well, message); },
            .keep = [this] { ++kept_; },
            .durable = [this] { return durable_; },
        };
    }
    // The timers of the loop are long due by the test's clock; what is asked is asked now.
    void turn() {
        for (int i = 0; i < 8; ++i) {
            loop_.run_once(std::chrono::milliseconds{0});
        }
    }
    void answer_post(PostEnd::How how, std::string detail = {}) {
        ASSERT_FALSE(posts_.empty());
        const auto asked = std::move(posts_.front());
        posts_.pop_front();
        asked.done({how, std::move(detail)});
    }
    void answer_run(ProgramEnd::How how, std::string detail = {}) {
        ASSERT_FALSE(runs_.empty());
        const auto asked = std::move(runs_.front());
        runs_.pop_front();
        asked.done({how, std::move(detail)});
    }
    static std::size_t alerts_in(const std::string& body) {
        std::size_t count = 0;
        for (auto at = body.find("\"labels\""); at != std::string::npos;
             at = body.find("\"labels\"", at + 1)) {
            ++count;
        }
        return count;
    }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    systemd::EventLoop loop_;
    // Far before the loop's own time, so that its timers are due at once.
    ManualClock clock_{{instant_from_us(1'000'000), start_of_test().wall}};
    Origin origin_{"h1", "http://127.0.0.1:9763/", {}};
    std::deque<Asked<PostEnd>> posts_;
    std::deque<Asked<ProgramEnd>> runs_;
    std::vector<std::string> counted_;
    std::vector<std::pair<bool, std::string>> told_;
    int kept_ = 0;
    bool durable_ = true;
    Ports ports_ = ports();
};

}  // namespace primum::notice

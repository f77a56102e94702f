// SPDX-License-Identifier: MIT
// bench_replay make DIR [DAYS]: records a run of the engine: 100 series every 10 s for 30 days.
// bench_replay run DIR: replays it and prints, as JSON, what it took.
// Both print the sum over all effects, which must be the same.
#include "event/effect_json.hpp"
#include "event/event_json.hpp"
#include "event/recording_writer.hpp"
#include "replay/player.hpp"
#include "replay/recorded_events.hpp"
#include "rules/loader.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace primum;

constexpr std::uint32_t targets = 25;
constexpr std::uint32_t series_of_a_target = 4;
constexpr Duration interval = std::chrono::seconds{10};

std::string rules_text() {
    std::string text =
        "[source.fleet]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9/metrics\"\n"
        "interval = \"10s\"\n";
    for (std::uint32_t i = 0; i < targets; ++i) {
        text += fmt::format(R"([target.t{0}]
unit = "t{0}.service"
[target.t{0}.indicator.queue]
source = "fleet"
value = {{ gauge = 'queue{{n="{0}"}}' }}
warning = {{ above = 20 }}
error = {{ above = 30 }}
[target.t{0}.indicator.busy]
source = "fleet"
value = {{ rate = 'busy_seconds_total{{n="{0}"}}', over = "2m" }}
error = {{ above = 0.9 }}
[target.t{0}.indicator.errors]
source = "fleet"
value = {{ ratio = ['errors_total{{n="{0}"}}', 'requests_total{{n="{0}"}}'], over = "2m" }}
error = {{ above = 0.2 }}
critical = {{ above = 0.4 }}
[target.t{0}.ladder.retry]
for = "1m"
remedy = [{{ reload = {{}} }}]
verify = "3m"
[target.t{0}.ladder.restart]
for = "5m"
remedy = [{{ restart = {{}} }}]
verify = "3m"
)",
                            i);
    }
    return text;
}

// FNV-1a over the written effects, and how many there were.
struct Sum {
    std::uint64_t hash = 0xcbf29ce484222325U;
    std::uint64_t count = 0;

    void add(const Effect& effect) {
        for (const char c : event::write_effect(effect)) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        }
        ++count;
    }
};

// What the fleet exposes: a queue, and counters of busy time, errors and requests. Now and then a
// target is ill for a while.
class Fleet {
public:
    const SamplesEvent& collect() {
        for (std::uint32_t i = 0; i < targets; ++i) {
            step(i);
        }
        return samples_;
    }

private:
    void step(std::uint32_t i) {
        if (ill_for_.at(i) > 0) {
            --ill_for_.at(i);
        } else if (random_() % 20'000 == 0) {
            ill_for_.at(i) = 60;
        }
        const double noise = static_cast<double>(random_() % 1'000) / 1'000.0;
        const auto requests = static_cast<double>(50 + random_() % 100);
        auto* const values = &samples_.values.at(std::size_t{i} * series_of_a_target);
        values[0].value = 5.0 + noise * 8.0;
        values[1].value += std::round(noise * 3'000.0) / 1'000.0;
        values[2].value += ill_for_.at(i) > 0 ? requests / 2 : (random_() % 10 == 0 ? 1.0 : 0.0);
        values[3].value += requests;
    }

    static SamplesEvent nothing_yet() {
        SamplesEvent samples{"fleet", {}};
        for (SeriesId id = 0; id < targets * series_of_a_target; ++id) {
            samples.values.push_back({id, 0});
        }
        return samples;
    }

    std::mt19937 random_{1};
    std::array<int, targets> ill_for_{};
    SamplesEvent samples_ = nothing_yet();
};

class Run {
public:
    explicit Run(const std::string& directory)
        : writer_(std::move(*event::RecordingWriter::create(
              directory + "/" + event::format_segment_name({now_.wall, 1})))) {}

    void make(std::uint64_t collections) {
        begin();
        Fleet fleet;
        for (std::uint64_t i = 0; i < collections; ++i) {
            const Stamp next{now_.t + interval, now_.wall + interval};
            tick_until(next.t);
            now_ = next;
            send(fleet.collect());
        }
        PRIMUM_CHECK(writer_.close().has_value());
        fmt::print("{{\"effects\":{},\"sum\":{},\"bytes\":{},\"unpacked_bytes\":{}}}\n",
                   sum_.count,
                   sum_.hash,
                   writer_.size_bytes(),
                   unpacked_);
    }

private:
    void begin() {
        RestoreEvent restore;
        restore.state.boot_id = "boot";
        restore.state.ledger_uuid = "uuid";
        send(restore);
        const auto load = rules::compile_rules({{"fleet.toml", rules_text()}}, {});
        for (const auto& error : load.errors) {
            fmt::print(stderr, "{}\n", rules::format_error(error));
        }
        PRIMUM_CHECK(load.rules != nullptr);
        send(RulesEvent{load.rules->digest, load.text, load.rules});
        const std::array<const char*, series_of_a_target> names{
            "queue", "busy_seconds_total", "errors_total", "requests_total"};
        for (std::uint32_t i = 0; i < targets; ++i) {
            for (std::uint32_t k = 0; k < series_of_a_target; ++k) {
                const std::string name = fmt::format("{}{{n=\"{}\"}}", names.at(k), i);
                send(SeriesEvent{
                    "fleet", i * series_of_a_target + k, name, *event::parse_series_name(name)});
            }
            UnitEvent unit;
            unit.unit = fmt::format("t{}.service", i);
            unit.load_state = "loaded";
            unit.active_state = "active";
            send(unit);
        }
    }

    void tick_until(Instant until) {
        while (engine_.next_deadline() && *engine_.next_deadline() < until) {
            const Duration step = std::max(*engine_.next_deadline() - now_.t, Duration{1});
            now_ = {now_.t + step, now_.wall + step};
            send(TickEvent{});
        }
    }

    void send(EventBody body) {
        const Event event{now_, std::move(body)};
        const std::string line = event::write_event(event);
        unpacked_ += line.size() + 1;
        PRIMUM_CHECK(writer_.add(line).has_value());
        for (const Effect& effect : engine_.advance(event)) {
            sum_.add(effect);
        }
    }

    Stamp now_{instant_from_us(1'000'000), wall_from_us(1'795'312'800'000'000)};
    event::RecordingWriter writer_;
    Engine engine_;
    Sum sum_;
    std::uint64_t unpacked_ = 0;
};

double resident_mb() {
    std::ifstream statm{"/proc/self/statm"};
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    statm >> size >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1'048'576;
}

double seconds_since(const timespec& begin) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec - begin.tv_sec) +
           static_cast<double>(now.tv_nsec - begin.tv_nsec) / 1e9;
}

int run_replay(const std::string& directory) {
    timespec begin{};
    ::clock_gettime(CLOCK_MONOTONIC, &begin);
    auto events = replay::RecordedEvents::open({directory});
    PRIMUM_CHECK(events.has_value());
    replay::Player player;
    Sum sum;
    std::uint64_t samples = 0;
    std::vector<double> resident;
    const std::array<std::uint64_t, 2> marks{10, 50};
    while (true) {
        const auto event = events->next();
        PRIMUM_CHECK(event.has_value());
        if (*event == nullptr) {
            break;
        }
        if (const auto* batch = std::get_if<SamplesEvent>(&(*event)->body)) {
            samples += batch->values.size();
        }
        const auto effects = player.play(**event);
        PRIMUM_CHECK(effects.has_value());
        for (const Effect& effect : *effects) {
            sum.add(effect);
        }
        if (resident.size() < marks.size() &&
            events->read_bytes() * 100 >= events->total_bytes() * marks.at(resident.size())) {
            resident.push_back(resident_mb());
        }
    }
    const double seconds = seconds_since(begin);
    resident.resize(marks.size());
    fmt::print(
        "{{\"effects\":{},\"sum\":{},\"seconds\":{:.3f},\"samples\":{},"
        "\"resident_mb\":[{:.1f},{:.1f},{:.1f}]}}\n",
        sum.count,
        sum.hash,
        seconds,
        samples,
        resident[0],
        resident[1],
        resident_mb());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words{argv + 1, argv + argc};
    if (words.size() == 2 && words[0] == "run") {
        return run_replay(words[1]);
    }
    if ((words.size() == 2 || words.size() == 3) && words[0] == "make") {
        const double days = words.size() == 3 ? std::strtod(words[2].c_str(), nullptr) : 30.0;
        Run{words[1]}.make(static_cast<std::uint64_t>(days * 8'640));
        return 0;
    }
    fmt::print(stderr, "usage: bench_replay make DIR [DAYS] | bench_replay run DIR\n");
    return 64;
}

// SPDX-License-Identifier: MIT
// bench_ingest reader FILE prometheus|openmetrics all|none SECONDS: reads one page again and again.
// bench_ingest watch RULES SECONDS: what primumd does with the sources of a rule file: asks for
// their pages over HTTP, reads them, gives the engine its events and lets it judge.
// Both print, as JSON, what it took.
#include "rules/loader.hpp"
#include "source/collector.hpp"
#include "source/page_format.hpp"
#include "systemd/event_loop.hpp"

#include <primum/check.hpp>
#include <primum/engine.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <unistd.h>

namespace {

std::uint64_t asked_for_memory = 0;  // one thread matters here

}  // namespace

void* operator new(std::size_t bytes) {
    ++asked_for_memory;
    if (void* const memory = std::malloc(bytes)) {
        return memory;
    }
    throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*bytes*/) noexcept {
    std::free(memory);
}

namespace {

using namespace primum;

constexpr std::uint32_t most_series = 1'100'000;
constexpr std::size_t most_bytes = 256UL * 1024 * 1024;

Duration read_clock(clockid_t id) {
    timespec time{};
    clock_gettime(id, &time);
    return std::chrono::duration_cast<Duration>(std::chrono::seconds{time.tv_sec} +
                                                std::chrono::nanoseconds{time.tv_nsec});
}

double cpu_seconds() {
    return std::chrono::duration<double>{read_clock(CLOCK_PROCESS_CPUTIME_ID)}.count();
}

double resident_mb() {
    std::ifstream in("/proc/self/statm");
    double total = 0;
    double resident = 0;
    in >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

class SystemClock final : public Clock {
public:
    [[nodiscard]] Stamp now() const override {
        return {Instant{read_clock(CLOCK_MONOTONIC)}, WallTime{read_clock(CLOCK_REALTIME)}};
    }
};

class WantsAll final : public SeriesMatcher {
public:
    [[nodiscard]] bool matches(const SeriesName& /*series*/) const override { return true; }
};

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    PRIMUM_CHECK(in.good());
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Reads the page once to know it, and then for `seconds` of CPU time.
int read_again(const std::string& page, PageFormat format, bool wanted, double seconds) {
    const double before_mb = resident_mb();
    source::Interner interner{"bench", most_series};
    if (wanted) {
        interner.want({std::make_shared<WantsAll>()});
    }
    source::ExpositionLimits limits;
    limits.page_bytes = most_bytes;
    limits.samples = most_bytes;
    source::ExpositionReader reader;
    std::vector<SampleValue> values;
    const auto read = [&] {
        const auto done = reader.read(format, page, interner, values, limits);
        if (!done) {
            fmt::print(stderr, "{}\n", source::format_error(done.error()));
        }
        PRIMUM_CHECK(done.has_value());
    };
    const double at_first = cpu_seconds();
    read();
    const double first = cpu_seconds() - at_first;
    const auto series = interner.take_news().size();
    read();
    const auto asked = asked_for_memory;
    const double begun = cpu_seconds();
    double took = 0;
    std::uint64_t pages = 0;
    while (took < seconds) {
        read();
        ++pages;
        took = cpu_seconds() - begun;
    }
    const auto allocations = asked_for_memory - asked;
    fmt::print(
        "{{\"pages\":{},\"seconds\":{},\"first_seconds\":{},\"bytes\":{},\"series\":{},"
        "\"allocations\":{},\"memory_mb\":{}}}\n",
        pages,
        took,
        first,
        page.size(),
        series,
        allocations,
        resident_mb() - before_mb);
    return 0;
}

// The circle of primumd without its ledger: sources, events, engine.
class Watch {
public:
    explicit Watch(const std::string& file) {
        auto load = rules::load_rules({file}, {});
        for (const auto& error : load.errors) {
            fmt::print(stderr, "{}\n", rules::format_error(error));
        }
        PRIMUM_CHECK(load.rules != nullptr);
        rules_ = load.rules;
        RestoreEvent restore;
        restore.state.boot_id = "boot";
        restore.state.ledger_uuid = "uuid";
        send(std::move(restore));
        send(RulesEvent{rules_->digest, load.text, rules_});
    }

    int watch(Duration span) {
        source::Collector collector{
            loop_, clock_, [this](EventBody body) { send(std::move(body)); }};
        collector.apply(*rules_);
        const auto end = clock_.now().t + span;
        const auto first_taken_by = clock_.now().t + span / 4;
        bool counting = false;
        double begun = 0;
        std::uint64_t before = 0;
        while (clock_.now().t < end) {
            PRIMUM_CHECK(loop_.run_once(std::chrono::milliseconds{100}));
            if (!counting && clock_.now().t >= first_taken_by) {
                counting = true;
                begun = cpu_seconds();
                before = samples_;
            }
            if (engine_.next_deadline() && *engine_.next_deadline() <= clock_.now().t) {
                send(TickEvent{});
            }
        }
        fmt::print(
            "{{\"samples\":{},\"seconds\":{},\"collections\":{},\"failures\":{},"
            "\"series\":{},\"known\":{},\"memory_mb\":{}}}\n",
            samples_ - before,
            cpu_seconds() - begun,
            collections_,
            failures_,
            series_,
            known(),
            resident_mb());
        return failures_ == 0 ? 0 : 1;
    }

private:
    void send(EventBody body) {
        if (const auto* samples = std::get_if<SamplesEvent>(&body)) {
            samples_ += samples->values.size();
            ++collections_;
        } else if (std::holds_alternative<SeriesEvent>(body)) {
            ++series_;
        } else if (const auto* source = std::get_if<SourceEvent>(&body);
                   source != nullptr && !source->ok) {
            fmt::print(stderr, "{}: {}\n", source->error_class, source->detail);
            ++failures_;
        }
        for (const auto& effect : engine_.advance({clock_.now(), std::move(body)})) {
            if (const auto* rejected = std::get_if<Rejected>(&effect)) {
                fmt::print(stderr, "{}: {}\n", rejected->reason, rejected->detail);
                ++failures_;
            }
        }
    }

    // Indicators that have judged.
    [[nodiscard]] std::size_t known() const {
        std::size_t count = 0;
        for (const auto& target : engine_.targets()) {
            const auto explanation = engine_.explain(target.name);
            for (const auto& indicator : explanation->evidence) {
                count += indicator.last ? 1U : 0U;
            }
        }
        return count;
    }

    static EngineLimits limits() {
        EngineLimits limits;
        limits.series_per_source = most_series;
        return limits;
    }

    SystemClock clock_;
    systemd::EventLoop loop_;
    Engine engine_{limits()};
    std::shared_ptr<const RuleSet> rules_;
    std::uint64_t samples_ = 0;
    std::uint64_t collections_ = 0;
    std::uint64_t series_ = 0;
    std::uint64_t failures_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words{argv + 1, argv + argc};
    if (words.size() == 5 && words[0] == "reader") {
        const auto format =
            words[2] == "openmetrics" ? PageFormat::openmetrics : PageFormat::prometheus;
        return read_again(text_of(words[1]), format, words[3] == "all", std::stod(words[4]));
    }
    if (words.size() == 3 && words[0] == "watch") {
        const std::chrono::duration<double> span{std::stod(words[2])};
        return Watch{words[1]}.watch(std::chrono::duration_cast<Duration>(span));
    }
    fmt::print(stderr,
               "bench_ingest: reader FILE prometheus|openmetrics all|none SECONDS\n"
               "bench_ingest: watch RULES SECONDS\n");
    return 64;
}

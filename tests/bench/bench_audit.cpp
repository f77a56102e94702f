// SPDX-License-Identifier: MIT
// bench_audit make DIR [DAYS]: records a run of the engine, with its ledger: 100 targets with a
// gauge, a ratio and a unit each, every 15 s, of which each is ill now and then.
// Makes DIR/recording-*.jsonl.zst, DIR/ledger.db and DIR/against/*.toml (rules that act later).
#include "event/event_json.hpp"
#include "event/recording_writer.hpp"
#include "ledger/store.hpp"
#include "rules/loader.hpp"

#include <primum/check.hpp>
#include <primum/engine.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace primum;

constexpr std::uint32_t targets = 100;
constexpr std::uint32_t series_of_a_target = 3;
constexpr Duration interval = std::chrono::seconds{15};
constexpr std::uint32_t collections_a_day = 24 * 60 * 4;

// As many files as it takes: one has 64 KiB at most.
constexpr std::uint32_t targets_of_a_file = 50;

std::string file_text(std::uint32_t first, std::string_view wait) {
    std::string text;
    for (std::uint32_t i = first; i < first + targets_of_a_file; ++i) {
        text += fmt::format(R"([target.t{0}]
unit = "t{0}.service"
mode = "{1}"
enforce_up_to = "restart"
cost = {{ source = "fleet", series = 'errors_total{{n="{0}"}}' }}
[target.t{0}.indicator.unit]
value = "unit_state"
[target.t{0}.indicator.latency]
source = "fleet"
value = {{ gauge = 'latency_seconds{{n="{0}"}}' }}
warning = {{ above = 0.3 }}
error = {{ above = 0.5 }}
[target.t{0}.indicator.errors]
source = "fleet"
value = {{ ratio = ['errors_total{{n="{0}"}}', 'requests_total{{n="{0}"}}'], over = "2m" }}
error = {{ above = 0.2 }}
critical = {{ above = 0.4 }}
[target.t{0}.ladder.retry]
for = "{2}"
remedy = [{{ reload = {{}} }}]
verify = "5m"
[target.t{0}.ladder.restart]
for = "3m"
remedy = [{{ restart = {{}} }}]
verify = "5m"
)",
                            i,
                            i % 2 == 0 ? "enforce" : "dry_run",
                            wait);
    }
    return text;
}

std::vector<rules::RuleFile> rule_files(std::string_view wait) {
    std::vector<rules::RuleFile> files{
        {"fleet.toml",
         "[source.fleet]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9/metrics\"\n"
         "interval = \"15s\"\n"}};
    for (std::uint32_t i = 0; i < targets; i += targets_of_a_file) {
        files.push_back({fmt::format("targets-{}.toml", i), file_text(i, wait)});
    }
    return files;
}

rules::RulesLoad compiled(std::string_view wait) {
    rules::Settings settings;
    settings.decision.mode = Mode::enforce;
    settings.decision.host = {60, std::chrono::hours{1}};
    auto load = rules::compile_rules(rule_files(wait), settings);
    for (const auto& error : load.errors) {
        fmt::print(stderr, "{}\n", rules::format_error(error));
    }
    PRIMUM_CHECK(load.rules != nullptr);
    return load;
}

// What the fleet exposes. An illness ends by itself after a while, or with an action that helps.
class Fleet {
public:
    const SamplesEvent& collect() {
        for (std::uint32_t i = 0; i < targets; ++i) {
            step(i);
        }
        return samples_;
    }

    void act(std::uint32_t target) {
        if (random_() % 10 < 7) {
            ill_for_.at(target) = 0;
        }
    }

private:
    void step(std::uint32_t i) {
        auto& ill = ill_for_.at(i);
        if (ill > 0) {
            --ill;
        } else if (random_() % (3 * collections_a_day) == 0) {
            ill = 16 + random_() % 100;  // 4 to 29 minutes, each three days or so
        }
        const double noise = static_cast<double>(random_() % 1'000) / 1'000.0;
        const auto requests = static_cast<double>(500 + random_() % 500);
        auto* const values = &samples_.values.at(std::size_t{i} * series_of_a_target);
        values[0].value = std::round((ill > 0 ? 600.0 + noise * 900.0 : 40 + noise * 60)) / 1'000.0;
        values[1].value += ill > 0 ? std::round(requests / 3) : (random_() % 10 == 0 ? 1.0 : 0.0);
        values[2].value += requests;
    }

    static SamplesEvent nothing_yet() {
        SamplesEvent samples{"fleet", {}};
        for (SeriesId id = 0; id < targets * series_of_a_target; ++id) {
            samples.values.push_back({id, 0});
        }
        return samples;
    }

    std::mt19937 random_{1};
    std::array<std::uint32_t, targets> ill_for_{};
    SamplesEvent samples_ = nothing_yet();
};

ledger::Store new_ledger(const std::string& directory) {
    ledger::StoreOptions options;
    options.path = directory + "/ledger.db";
    options.boot_id = "boot";
    auto store = ledger::Store::open(options);
    PRIMUM_CHECK(store.has_value());
    return std::move(*store);
}

class Run {
public:
    explicit Run(const std::string& directory)
        : store_(new_ledger(directory)),
          writer_(std::move(*event::RecordingWriter::create(
              directory + "/" + event::format_segment_name({now_.wall, 1})))) {}

    void make(std::uint64_t collections) {
        begin();
        for (std::uint64_t i = 0; i < collections; ++i) {
            const Stamp next{now_.t + interval, now_.wall + interval};
            tick_until(next.t);
            now_ = next;
            send(fleet_.collect());
        }
        PRIMUM_CHECK(writer_.close().has_value());
        keep(true);
        fmt::print("{{\"records\":{},\"actions\":{},\"bytes\":{},\"unpacked_bytes\":{}}}\n",
                   records_,
                   actions_,
                   writer_.size_bytes(),
                   unpacked_);
    }

private:
    void begin() {
        RestoreEvent restore;
        restore.state.boot_id = "boot";
        restore.state.ledger_uuid = "uuid";
        send(restore);
        const auto load = compiled("1m");
        send(RulesEvent{load.rules->digest, load.text, load.rules});
        const std::array<const char*, series_of_a_target> names{
            "latency_seconds", "errors_total", "requests_total"};
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
            unit.sub_state = "running";
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
        std::vector<EventBody> all{std::move(body)};
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Event event{now_, std::move(all[i])};
            const std::string line = event::write_event(event);
            unpacked_ += line.size() + 1;
            PRIMUM_CHECK(writer_.add(line).has_value());
            for (Effect& effect : engine_.advance(event)) {
                answer(effect, all);
            }
        }
        keep(false);
    }

    void answer(Effect& effect, std::vector<EventBody>& answers) {
        if (const auto* asked = std::get_if<AskPreflight>(&effect)) {
            answers.emplace_back(
                PreflightEvent{asked->ticket, Preflight::can, Refusal::none, {}, {}, {}});
        } else if (const auto* run = std::get_if<RunAction>(&effect)) {
            ActionEvent news;
            news.action = run->action;
            answers.emplace_back(news);
            news.phase = ActionPhase::finished;
            news.result = ActionResult::done;
            answers.emplace_back(news);
            fleet_.act(static_cast<std::uint32_t>(std::stoul(run->target.substr(1))));
        } else if (auto* record = std::get_if<RecordEffect>(&effect)) {
            if (const auto* action = std::get_if<ActionRecord>(&record->record)) {
                ++actions_;
                if (!action->dry_run) {
                    answers.emplace_back(LedgerEvent{LedgerNews::committed, action->id, {}});
                }
            }
            pending_.push_back(std::move(record->record));
        }
    }

    // Many steps in one transaction: it is not the ledger that is measured.
    void keep(bool all) {
        if (pending_.empty() || (!all && pending_.size() < 1'000)) {
            return;
        }
        records_ += pending_.size();
        PRIMUM_CHECK(store_.append(pending_).has_value());
        pending_.clear();
    }

    Stamp now_{instant_from_us(1'000'000), wall_from_us(1'795'312'800'000'000)};
    ledger::Store store_;
    event::RecordingWriter writer_;
    Engine engine_;
    Fleet fleet_;
    std::vector<Record> pending_;
    std::uint64_t records_ = 0;
    std::uint64_t actions_ = 0;
    std::uint64_t unpacked_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words{argv + 1, argv + argc};
    if ((words.size() == 2 || words.size() == 3) && words[0] == "make") {
        const double days = words.size() == 3 ? std::strtod(words[2].c_str(), nullptr) : 30.0;
        std::filesystem::create_directory(words[1] + "/against");
        for (const rules::RuleFile& file : rule_files("5m")) {
            std::ofstream{words[1] + "/against/" + file.path} << file.text;
        }
        Run{words[1]}.make(static_cast<std::uint64_t>(days * collections_a_day));
        return 0;
    }
    fmt::print(stderr, "usage: bench_audit make DIR [DAYS]\n");
    return 64;
}

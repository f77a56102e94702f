// SPDX-License-Identifier: MIT
// How many steps a second the engine makes on one core, alone and within the simulator with every
// check after every step; and, on request, so many steps without a breach.
#include "replay/sim_exhibit.hpp"
#include "replay/sim_run.hpp"
#include "sim/random_rules.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace primum::sim {
namespace {

using replay::SimExhibit;
using replay::SimOutcome;
using replay::SimSetup;

constexpr Duration length = std::chrono::hours{24};
constexpr std::uint64_t recorded_seeds = 40;
constexpr std::uint64_t progress_every = 1'000'000;

// Of this process, on whatever core it was: other work on the machine does not count.
double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// One mixed world of a seed.
struct Case {
    explicit Case(std::uint64_t seed)
        : exhibit(replay::make_exhibit(*random_rules(seed))),
          timeline(*replay::mixed_timeline({exhibit.rules.get(), 0, seed, length})) {
        setup.exhibit = &exhibit;
        setup.timeline = &timeline;
        setup.seed = seed;
        for (std::uint32_t variant = 0; variant < 3; ++variant) {
            setup.reloads.push_back(variant == 0
                                        ? exhibit.rules
                                        : replay::make_exhibit(*random_rules(seed, variant)).rules);
        }
    }

    SimExhibit exhibit;
    replay::Timeline timeline;
    SimSetup setup;
};

// Keeps every event of a world, run by run of primumd.
class Recorder final : public replay::SimObserver {
public:
    void see(const replay::SimStep& step) override { events_.push_back(step.event); }
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }

private:
    std::vector<Event> events_;
};

struct Figure {
    std::uint64_t steps = 0;
    double seconds = 0;

    [[nodiscard]] double per_second() const {
        return seconds > 0 ? static_cast<double>(steps) / seconds : 0;
    }
};

// The engine alone: the events of mixed worlds, made before, given to fresh engines again.
Figure engine_alone() {
    Figure figure;
    for (std::uint64_t seed = 1; seed <= recorded_seeds; ++seed) {
        Case one{seed};
        Recorder recorder;
        static_cast<void>(replay::simulate(one.setup, {false, false}, &recorder));
        std::unique_ptr<Engine> engine;
        const double begun = cpu_seconds();
        for (const Event& event : recorder.events()) {
            if (std::holds_alternative<RestoreEvent>(event.body)) {
                engine = std::make_unique<Engine>();
            }
            if (engine) {
                static_cast<void>(engine->advance(event));
                static_cast<void>(engine->next_deadline());
            }
        }
        figure.seconds += cpu_seconds() - begun;
        figure.steps += recorder.events().size();
    }
    return figure;
}

// The whole simulator, with all checks; false at the first breach.
bool simulated(std::uint64_t steps, bool tells, Figure& figure) {
    const double begun = cpu_seconds();
    std::uint64_t told = 0;
    for (std::uint64_t seed = 1; figure.steps < steps; ++seed) {
        const Case one{seed};
        const SimOutcome outcome = replay::simulate(one.setup, {});
        figure.steps += outcome.steps;
        figure.seconds = cpu_seconds() - begun;
        if (!outcome.breaches.empty()) {
            std::cout << "\na breach with seed " << seed << ": " << outcome.breaches.front()
                      << '\n';
            return false;
        }
        if (tells && figure.steps / progress_every != told) {
            told = figure.steps / progress_every;
            std::cerr << "\r" << told << " million steps, " << seed << " worlds, "
                      << static_cast<std::uint64_t>(figure.per_second()) << " a second"
                      << std::flush;
        }
    }
    if (tells) {
        std::cerr << '\n';
    }
    return true;
}

void tell(std::string_view what, const Figure& figure) {
    std::cout << what << ": " << figure.steps << " steps in " << figure.seconds
              << " s of one core, " << static_cast<std::uint64_t>(figure.per_second())
              << " steps/s\n";
}

int run(std::uint64_t steps, double least) {
    const Figure alone = engine_alone();
    tell("engine alone", alone);
    Figure whole;
    const bool is_well = simulated(steps, isatty(STDERR_FILENO) == 1, whole);
    tell("simulator with all checks", whole);
    std::cout << (is_well ? "no breach\n" : "");
    const bool is_fast = alone.per_second() >= least;
    if (!is_fast) {
        std::cout << "below the goal of " << static_cast<std::uint64_t>(least) << " steps/s\n";
    }
    return is_well && is_fast ? 0 : 1;
}

}  // namespace
}  // namespace primum::sim

int main(int argc, char** argv) {
    std::uint64_t steps = 5'000'000;
    double least = 1e6;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--steps") {
            steps = std::strtoull(argv[i + 1], nullptr, 10);
        } else if (name == "--least") {
            least = std::strtod(argv[i + 1], nullptr);
        } else {
            std::cerr << "bench_sim [--steps N] [--least STEPS_A_SECOND]\n";
            return 2;
        }
    }
    return primum::sim::run(steps, least);
}

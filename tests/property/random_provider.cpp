// SPDX-License-Identifier: MIT
#include "property/random_provider.hpp"

#include <fmt/format.h>

namespace primum::property {
namespace {

using std::chrono::seconds;
using support::World;

constexpr Duration interval = seconds{5};

World::Values all_well() {
    World::Values values;
    for (const char* name : {"a", "b", "c"}) {
        values.emplace_back(fmt::format("candidate{{name=\"{}\"}}", name), "2");
        values.emplace_back(fmt::format("limited{{name=\"{}\"}}", name), "0");
    }
    return values;
}

// 2 is healthy, 1 degraded, 0 dead; a candidate may be missing.
World::Values drawn(Rng& rng) {
    World::Values values;
    for (const char* name : {"a", "b", "c"}) {
        if (!rng.one_in(10)) {
            values.emplace_back(fmt::format("candidate{{name=\"{}\"}}", name),
                                rng.pick<const char*>({"2", "2", "2", "1", "0", "0", "NaN"}));
        }
        values.emplace_back(fmt::format("limited{{name=\"{}\"}}", name), rng.one_in(5) ? "1" : "0");
    }
    return values;
}

OperatorEvent word_of_a_person(Rng& rng) {
    OperatorEvent command;
    command.ticket = rng.next() % 1000;
    command.verb = rng.pick({OperatorVerb::mark, OperatorVerb::mark, OperatorVerb::note});
    command.provider = rng.one_in(10) ? "nobody" : "up";
    command.candidate = rng.pick<const char*>({"a", "b", "c", "d"});
    command.state = rng.pick({CandidateState::healthy,
                              CandidateState::degraded,
                              CandidateState::rate_limited,
                              CandidateState::dead,
                              CandidateState::unknown});
    command.length = seconds{rng.between(-5, 1200)};
    command.reason = rng.one_in(10) ? "" : "because";
    return command;
}

}  // namespace

std::string provider_text(Rng& rng) {
    std::string text = fmt::format(
        "[source.p]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9/\"\ninterval = \"5s\"\n"
        "[provider.up]\npointer = {{ symlink = \"/etc/up\" }}\norder = [\"a\", \"b\", \"c\"]\n"
        "failback_after = \"{}\"\n",
        rng.pick<const char*>({"20s", "1m", "5m", "30m", "manual"}));
    for (const char* name : {"a", "b", "c"}) {
        text +=
            fmt::format("[provider.up.candidate.{}]\npoints_to = \"/etc/up.d/{}\"\n", name, name);
        if (rng.one_in(6)) {
            continue;  // its state is never known
        }
        text += fmt::format(
            "indicator = {{ source = \"p\", value = {{ gauge = 'candidate{{name=\"{}\"}}' }}, "
            "warning = {{ below = 2 }}, error = {{ below = 1 }}, trip = \"1 of 2\", clear = \"2 of "
            "2\" }}\n",
            name);
        if (rng.one_in(2)) {
            text += fmt::format(
                "rate_limit = {{ source = \"p\", value = {{ gauge = 'limited{{name=\"{}\"}}' }}, "
                "error = {{ above = 0 }}, trip = \"1 of 1\", clear = \"2 of 2\" }}\n",
                name);
        }
    }
    return text;
}

std::string failover_text(Rng& rng) {
    return fmt::format("provider = \"up\", then = \"{}\", timeout = \"20s\"",
                       rng.pick<const char*>({"reload", "restart", "nothing"}));
}

std::vector<Deed> provider_deeds(Rng& rng, Duration calm, Duration end) {
    std::vector<Deed> deeds;
    World::Values values = all_well();
    for (Duration at = interval; at < calm; at += interval) {
        if (rng.one_in(8)) {
            values = rng.one_in(2) ? all_well() : drawn(rng);
        }
        if (!rng.one_in(20)) {
            deeds.push_back({at, [values](World& world) { world.scrape("p", values); }});
        }
        if (rng.one_in(30)) {
            const std::string to = rng.pick<const char*>({"a", "b", "c", ""});
            deeds.push_back({at, [to](World& world) { world.point("up", to); }});
        }
        if (rng.one_in(30)) {
            deeds.push_back(
                {at, [said = word_of_a_person(rng)](World& world) { world.send(said); }});
        }
    }
    for (Duration at = calm; at < end; at += interval) {
        deeds.push_back({at, [](World& world) { world.scrape("p", all_well()); }});
    }
    return deeds;
}

}  // namespace primum::property

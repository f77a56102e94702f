// SPDX-License-Identifier: MIT
// The scenario library: what happens, and what must come of it.
#include "replay/sim_scenario.hpp"

#include "replay/sim_stories.hpp"

#include <algorithm>
#include <array>

namespace primum::replay {
namespace {

std::vector<std::string> nothing_more(const SimPlot& /*plot*/, const SimSummary& /*summary*/) {
    return {};
}

// Where all evidence lies, nothing tells it from a true illness, so it is answered like one: by one
// restart an incident. It takes at most 40 s here, of 6 hours and more.
constexpr double one_restart = 40.0 / (6 * 3600);

constexpr std::array<SimScenario, 14> library{{
    {"blip",
     "one bad collection, or one crash that Restart= mends, now and then",
     "nothing is done",
     blip_timeline,
     blip_unmet},
    {"flap",
     "ill and well again, over and over, each time just long enough to be believed",
     "few actions: no more than one incident is worth",
     flap_timeline,
     flap_unmet},
    {"slow_leak",
     "worse step by step over an hour; a restart cures it",
     "recovers where a restart is enforced",
     slow_leak_timeline,
     slow_leak_unmet},
    {"persistent_failure",
     "the unit fails and nothing cures it",
     "ends exhausted or breaker-latched; no rung has more than its attempts",
     persistent_failure_timeline,
     persistent_failure_unmet},
    {"provider_outage",
     "the provider it is pointed at is dead for hours, then healthy again",
     "recovers where a failover is enforced, and goes back when its failback_after is over",
     provider_outage_timeline,
     provider_outage_unmet},
    {"half_ill_providers",
     "two candidates of its provider are dead now and then; the others all the time",
     "no flapping: no more moves than one for each failback_after",
     half_ill_providers_timeline,
     half_ill_providers_unmet},
    {"dead_source",
     "its sources fail, fall silent or answer with no numbers; the target is well",
     "nothing is done; the sources have incidents of their own",
     dead_source_timeline,
     dead_source_unmet},
    {"lying_source",
     "all its evidence says critical for hours; the target is well",
     "within the budgets, and it ends",
     lying_source_timeline,
     lying_source_unmet,
     false,
     one_restart},
    {"one_liar",
     "one of its sources says critical for hours, the others tell the truth; the target is well",
     "within the budgets, and it ends",
     one_liar_timeline,
     one_liar_unmet},
    {"harmful_remedy",
     "ill, and every remedy makes it worse",
     "no more harm than trips the breaker; what has a way back is taken back",
     harmful_remedy_timeline,
     harmful_remedy_unmet},
    {"mass_failure",
     "all targets ill at once",
     "common_cause: nothing is done while most are ill",
     mass_failure_timeline,
     mass_failure_unmet,
     true},
    {"competing_healer",
     "ill, and another tool restarts its unit again and again",
     "foreign_actor: nothing is done beside it",
     competing_healer_timeline,
     competing_healer_unmet},
    {"post_mortem",
     "log noise and polling conflicts; then a real illness with a fallback that makes it worse",
     "nothing above level 1 from noise; the fallback at most twice, taken back each time, the "
     "breaker latched, one page; a person's rollback still works",
     post_mortem_timeline,
     post_mortem_unmet},
    {"mixed",
     "a random mixture of everything, by seed",
     "the invariants",
     mixed_timeline,
     nothing_more,
     true},
}};

}  // namespace

std::span<const SimScenario> scenarios() {
    return library;
}

const SimScenario* find_scenario(std::string_view name) {
    const auto found = std::find_if(
        library.begin(), library.end(), [&](const SimScenario& each) { return each.name == name; });
    return found == library.end() ? nullptr : &*found;
}

}  // namespace primum::replay

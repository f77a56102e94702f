// SPDX-License-Identifier: MIT
#include "fault_vfs.hpp"
#include "ledger_dump.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

namespace primum::ledger {
namespace {

constexpr std::int64_t late_us = 30 * hour_us;

// One durable step of the ledger's life.
using Step = std::function<bool(Store&)>;

Step appending(std::vector<Record> records) {
    return
        [records = std::move(records)](Store& store) { return store.append(records).has_value(); };
}

std::vector<Step> steps() {
    std::vector<Step> all;
    for (std::uint64_t id = 1; id <= 2; ++id) {
        const auto at = static_cast<std::int64_t>(id * 10);
        DecisionRecord acted;
        acted.incident = id;
        acted.target = "gateway";
        acted.at = stamp(at);
        acted.kind = DecisionKind::acted;
        acted.reason = std::string(300, 'r');
        all.push_back(appending({incident(id, at), action(id, id, at), acted}));
        all.push_back(appending({transition(id, ActionState::started, at + 1)}));
        all.push_back(appending({transition(id, ActionState::finished, at + 2),
                                 OperatorRecord{stamp(at + 2), "hold"},
                                 hold(id, at, late_us * 2)}));
        all.push_back(appending(
            {transition(id, ActionState::verified, at + 3), closed_incident(id, at, at + 4)}));
    }
    all.emplace_back([](Store& store) { return store.prune(stamp(late_us), true).has_value(); });
    all.push_back(appending({incident(9, late_us), action(9, 9, late_us)}));
    return all;
}

// The child: opens, takes all steps with a close in the middle, and tells of each that it was
// acknowledged. Ends with 0, or dies as planned.
[[noreturn]] void live(const std::string& path, const fault::Plan& plan, int acknowledge) {
    fault::set_plan(plan);
    const std::vector<Step> all = steps();
    for (const auto& [from, to] :
         {std::pair{std::size_t{0}, all.size() / 2}, std::pair{all.size() / 2, all.size()}}) {
        auto store = Store::open(crash_options(path, fault::vfs_name));
        if (!store) {
            _exit(1);
        }
        for (std::size_t i = from; i < to; ++i) {
            if (!all[i](*store) || write(acknowledge, "+", 1) != 1) {
                _exit(2);
            }
        }
    }
    // How many operations a whole life takes.
    const std::int64_t operations = fault::operations();
    if (write(acknowledge, &operations, sizeof operations) != sizeof operations) {
        _exit(3);
    }
    _exit(0);
}

struct Death {
    int status = -1;
    std::string told;  // one '+' for each acknowledged step
};

Death live_and_die(const std::string& path, const fault::Plan& plan) {
    std::array<int, 2> ends{};
    PRIMUM_CHECK(pipe(ends.data()) == 0);
    const pid_t child = fork();
    PRIMUM_CHECK(child >= 0);
    if (child == 0) {
        live(path, plan, ends[1]);
    }
    close(ends[1]);
    Death death;
    std::array<char, 256> part{};
    for (ssize_t n = 0; (n = read(ends[0], part.data(), part.size())) > 0;) {
        death.told.append(part.data(), static_cast<std::size_t>(n));
    }
    close(ends[0]);
    int status = 0;
    PRIMUM_CHECK(waitpid(child, &status, 0) == child);
    death.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1'000 + WTERMSIG(status);
    return death;
}

// What the ledger holds after the first i steps, for every i.
std::vector<std::string> expected_dumps(Scratch& scratch) {
    std::vector<std::string> dumps;
    auto store = Store::open(crash_options(scratch.fresh(), ""));
    EXPECT_TRUE(store.has_value());
    dumps.push_back(dump(*store));
    for (const Step& step : steps()) {
        EXPECT_TRUE(step(*store));
        dumps.push_back(dump(*store));
    }
    return dumps;
}

class KillTest : public testing::TestWithParam<fault::Death> {};

TEST_P(KillTest, EveryAcknowledgedStepSurvivesDeathAtEveryOperation) {
    Scratch scratch;
    const std::vector<std::string> expected = expected_dumps(scratch);
    const std::vector<Step> all = steps();
    const Death whole = live_and_die(scratch.fresh(), {});
    ASSERT_EQ(whole.status, 0);
    std::int64_t operations = 0;
    ASSERT_EQ(whole.told.size(), all.size() + sizeof operations);
    std::memcpy(&operations, whole.told.data() + all.size(), sizeof operations);
    ASSERT_GT(operations, 100);
    for (std::int64_t at = 1; at <= operations; ++at) {
        SCOPED_TRACE(fmt::format("death at operation {} of {}", at, operations));
        const std::string path = scratch.fresh();
        const Death death = live_and_die(path, {at, GetParam(), 0, false});
        ASSERT_EQ(death.status, fault::death_status);
        auto store = Store::open(crash_options(path, ""));
        ASSERT_TRUE(store.has_value()) << store.error().message;
        const std::size_t acknowledged = death.told.size();
        const std::string found = dump(*store);
        // The step under way may have become durable, or not.
        const std::size_t present =
            found == expected[acknowledged] ? acknowledged : acknowledged + 1;
        ASSERT_LT(present, expected.size());
        ASSERT_EQ(found, expected[present]);
        const auto chain = store->verify();
        ASSERT_TRUE(chain.has_value());
        ASSERT_TRUE(chain->intact) << chain->first_broken << chain->what;
        const std::string restored = dump_restored(*store, stamp(late_us));
        ASSERT_EQ(dump_restored(*store, stamp(late_us)), restored);
        ASSERT_EQ(dump(*store), found) << "to restore changes nothing";
        for (std::size_t i = present; i < all.size(); ++i) {
            ASSERT_TRUE(all[i](*store)) << "step " << i;
        }
        ASSERT_EQ(dump(*store), expected.back());
        ASSERT_TRUE(store->verify()->intact);
    }
}

std::string name_of_death(const testing::TestParamInfo<fault::Death>& death) {
    constexpr std::array<const char*, 4> names{"none", "killed", "power_loss", "torn"};
    return names.at(static_cast<std::size_t>(death.param));
}

INSTANTIATE_TEST_SUITE_P(Deaths,
                         KillTest,
                         testing::Values(fault::Death::killed,
                                         fault::Death::power_loss,
                                         fault::Death::torn),
                         name_of_death);

}  // namespace
}  // namespace primum::ledger

// SPDX-License-Identifier: MIT
#include "actuator_life.hpp"
#include "ledger/sqlite.hpp"

#include <primum/names.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

namespace primum::actuator::crash {
namespace {

namespace fs = std::filesystem;

constexpr const char* action = "a-1";
constexpr const char* never = "a-2";

class Scratch {
public:
    Scratch() : path_(make_below(fs::temp_directory_path())), fast_(path_) {
        // In memory where there is such a place: what must outlive a death here is the process's.
        std::error_code ignored;
        if (fs::is_directory("/dev/shm", ignored)) {
            fast_ = make_below("/dev/shm");
        }
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
        fs::remove_all(fast_, ignored);
    }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string database() const { return fast_ + "/actuator.db"; }

private:
    static std::string make_below(const fs::path& parent) {
        std::string name = parent / "primum-crash-XXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        return name;
    }

    std::string path_;
    std::string fast_;
};

// A whole life: an action, its rollback, an id that is asked after.
void live(Life& life) {
    life.execute(action);
    life.roll_back(action);
    life.settle(never);
}

bool files_are(Life& life, const std::string& what) {
    for (const auto& file : life.host().files) {
        const auto index = file.substr(file.rfind('-') + 1);
        const auto text = life.host().read(file);
        if (what == "before" ? text != "before " + index + '\n' : text != "known good\n") {
            return false;
        }
    }
    return true;
}

// The last word on the action.
ActionEvent settled(Life& life, const std::string& id) {
    life.settle(id);
    const auto& all = life.told(id).settled;
    if (all.empty()) {
        ADD_FAILURE() << "no answer to settle";
        return {};
    }
    return all.back();
}

// What was told is true for ever (5), and what is settled stays so (6, 12).
void expect_kept(const Told& before, const ActionEvent& now) {
    ASSERT_LE(before.finished.size(), 1U);
    if (before.finished.empty()) {
        return;
    }
    const auto& told = before.finished.front();
    if (told.refusal == Refusal::storage) {
        return;  // nothing was done, and perhaps nothing could be recorded
    }
    if (told.refusal != Refusal::none) {
        EXPECT_EQ(now.settled_as, SettledAs::not_started);
    } else {
        EXPECT_EQ(now.result, told.result);
    }
}

void expect_undone(Life& life, const Told& before, const ActionEvent& now) {
    life.roll_back(action);
    const auto& all = life.told(action).undone;
    ASSERT_FALSE(all.empty());
    const auto& undone = all.back();
    const bool back = undone.phase == ActionPhase::rolled_back;
    if (!before.undone.empty() && before.undone.back().phase == ActionPhase::rolled_back) {
        EXPECT_TRUE(back) << "what was told is true for ever";
    }
    if (back || now.settled_as == SettledAs::not_started) {
        EXPECT_TRUE(files_are(life, "before")) << undone.detail;  // 16
    }
    if (!back && !life.host().files.empty()) {
        EXPECT_TRUE(undone.refusal == Refusal::no_way_back ||
                    undone.refusal == Refusal::unknown_action || !before.undone.empty())
            << undone.detail;
    }
    EXPECT_LE(life.host().count("undo " + std::string(action)), 1U);
}

// After whatever happened: a start, and everything that must hold.
void expect_sound(Place& place, const Told& before, const Told& of_never) {
    ActionEvent first;
    {
        Life life(place, {});
        first = settled(life, action);
        EXPECT_NE(first.settled_as, SettledAs::running);
        const auto acted = life.host().count("act " + std::string(action));
        EXPECT_LE(acted, 1U);
        if (acted > 0) {
            EXPECT_NE(first.settled_as, SettledAs::not_started) << "an effect without an intent";
        }
        if (before.started) {
            life.execute(action);
            EXPECT_EQ(life.told(action).finished.back().refusal, Refusal::seen_before);
        }
        expect_kept(before, first);
        expect_undone(life, before, first);
        EXPECT_LE(life.host().count("act " + std::string(action)), 1U) << "run again";
        if (!of_never.settled.empty()) {
            life.execute(never);
            EXPECT_EQ(life.host().count("act " + std::string(never)), 0U);
        }
    }
    Life again(place, {});
    const auto second = settled(again, action);
    EXPECT_EQ(second.settled_as, first.settled_as);
    EXPECT_EQ(second.result, first.result);
}

class ActuatorCrashTest : public testing::TestWithParam<Kind> {
protected:
    ActuatorCrashTest() : place_(scratch_.path(), scratch_.database(), GetParam()) {
        place_.clean();
        Life life(place_, {});
        live(life);
        storage_ = life.storage_operations();
        effects_ = life.effect_operations();
        EXPECT_EQ(life.told(action).finished.size(), 1U);
        if (!life.told(action).finished.empty()) {
            EXPECT_EQ(life.told(action).finished[0].result, ActionResult::done)
                << life.told(action).finished[0].detail;
        }
        EXPECT_GT(storage_, 20);
        EXPECT_GT(effects_, 0);
    }
    [[nodiscard]] std::int64_t operations(bool storage) const {
        return storage ? storage_ : effects_;
    }
    void tell(const char* what, std::int64_t cases) {
        std::printf("%-16s %-42s %6lld cases\n",
                    std::string(name_of(GetParam().kind)).c_str(),
                    what,
                    static_cast<long long>(cases));
        RecordProperty("cases", static_cast<int>(cases));
    }

    Scratch scratch_;
    Place place_;
    std::int64_t storage_ = 0;
    std::int64_t effects_ = 0;
};

TEST_P(ActuatorCrashTest, AtEveryOperation) {
    std::int64_t cases = 0;
    for (const bool storage : {true, false}) {
        for (const How how : {How::dies, How::fails, How::failing}) {
            for (std::int64_t at = 1; at <= operations(storage); ++at, ++cases) {
                SCOPED_TRACE(std::string(storage ? "storage " : "effect ") + std::to_string(at) +
                             " how " + std::to_string(static_cast<int>(how)));
                place_.clean();
                Told of_action;
                Told of_never;
                {
                    Life life(place_, {storage, at, how});
                    live(life);
                    of_action = life.told(action);
                    of_never = life.told(never);
                }
                expect_sound(place_, of_action, of_never);
                ASSERT_FALSE(HasFailure());
            }
        }
    }
    tell("a fault or a death at each operation", cases);
}

// What a child has told before it was killed, as lines of a file.
void read_told(const std::string& path, Told& of_action, Told& of_never) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string id;
        std::string phase;
        std::string result;
        std::string refusal;
        words >> id >> phase >> result >> refusal;
        ActionEvent event;
        event.action = id;
        event.phase = from_name<ActionPhase>(phase).value_or(ActionPhase::started);
        event.result = from_name<ActionResult>(result).value_or(ActionResult::none);
        event.refusal = from_name<Refusal>(refusal).value_or(Refusal::none);
        (id == action ? of_action : of_never).take(event);
    }
}

// A process of its own, really ended; what was not synced is lost, in two of the three ways.
TEST_P(ActuatorCrashTest, AKilledProcess) {
    std::int64_t cases = 0;
    const auto told_path = scratch_.path() + "/told";
    for (const How how : {How::killed, How::power_loss, How::torn}) {
        for (std::int64_t at = 1; at <= storage_; at += 2, ++cases) {
            SCOPED_TRACE("storage " + std::to_string(at) + " how " +
                         std::to_string(static_cast<int>(how)));
            place_.clean();
            fs::remove(told_path);
            const pid_t child = ::fork();
            ASSERT_GE(child, 0);
            if (child == 0) {
                Life life(place_, {true, at, how}, told_path);
                live(life);
                ::_exit(0);
            }
            int status = 0;
            ASSERT_EQ(::waitpid(child, &status, 0), child);
            ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == fault::death_status);
            Told of_action;
            Told of_never;
            read_told(told_path, of_action, of_never);
            expect_sound(place_, of_action, of_never);
            ASSERT_FALSE(HasFailure());
        }
    }
    tell("a process killed at each other operation", cases);
}

// A death, and another one at an operation of the start after it.
TEST_P(ActuatorCrashTest, TwiceInARow) {
    std::int64_t cases = 0;
    for (const bool storage : {true, false}) {
        const std::int64_t stride = storage ? 3 : 1;
        for (std::int64_t at = 1; at <= operations(storage); at += stride) {
            std::int64_t in_recovery = 1;
            for (std::int64_t second = 1; second <= in_recovery; second += 2, ++cases) {
                SCOPED_TRACE(std::string(storage ? "storage " : "effect ") + std::to_string(at) +
                             ", then " + std::to_string(second));
                place_.clean();
                Told of_action;
                Told of_never;
                {
                    Life life(place_, {storage, at, How::dies});
                    live(life);
                    of_action = life.told(action);
                    of_never = life.told(never);
                }
                {
                    Life life(place_, {true, second, How::dies});
                    life.settle(action);
                    in_recovery = std::max(in_recovery, life.storage_operations());
                }
                expect_sound(place_, of_action, of_never);
                ASSERT_FALSE(HasFailure());
            }
        }
    }
    tell("two deaths, one after the other", cases);
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         ActuatorCrashTest,
                         testing::ValuesIn(kinds()),
                         [](const auto& kind) { return std::string(name_of(kind.param.kind)); });

}  // namespace
}  // namespace primum::actuator::crash

// SPDX-License-Identifier: MIT
#include "files_life.hpp"

#include <primum/names.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>

#include <stdlib.h>
#include <unistd.h>

namespace primum::actuator::crash {

// What GoogleTest calls a kind by in its messages.
void PrintTo(const FileKind& kind, std::ostream* out);
void PrintTo(const FileKind& kind, std::ostream* out) {
    *out << kind.name;
}

namespace {

namespace fs = std::filesystem;

constexpr const char* the_action = "a-1";

class Scratch {
public:
    Scratch() {
        path_ = fs::temp_directory_path() / "primum-files-XXXXXX";
        EXPECT_NE(::mkdtemp(path_.data()), nullptr);
        EXPECT_EQ(::chmod(path_.c_str(), 0755), 0);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

// Where the blow falls.
enum class During : std::uint8_t { action, rollback };

class FilesCrashTest : public testing::TestWithParam<FileKind> {
protected:
    FilesCrashTest() : place_(scratch_.path(), GetParam()) {}

    void SetUp() override {
        if (!place_.jobs().there()) {
            GTEST_SKIP() << "dbus-daemon is not installed";
        }
        place_.clean();
        before_ = place_.state();
        content_before_ = place_.content();
        {
            FilesLife life(place_, {});
            life.execute(the_action);
            ASSERT_EQ(life.told(the_action).finished.size(), 1U);
            const auto& end = life.told(the_action).finished[0];
            ASSERT_EQ(end.result, ActionResult::done) << end.detail;
            operations_[0][0] = life.operations(false);
            operations_[0][1] = life.operations(true);
        }
        after_ = place_.content();
        ASSERT_NE(after_, content_before_);
        FilesLife life(place_, {});
        life.roll_back(the_action);
        ASSERT_EQ(life.told(the_action).undone.back().phase, ActionPhase::rolled_back);
        operations_[1][0] = life.operations(false);
        operations_[1][1] = life.operations(true);
        ASSERT_EQ(place_.state(), before_);
        for (const auto& counts : operations_) {
            ASSERT_GT(counts[0], 5);
            ASSERT_GT(counts[1], 5);
        }
    }
    [[nodiscard]] std::int64_t operations(During during, bool storage) const {
        return operations_[static_cast<std::size_t>(during)][storage ? 1 : 0];
    }

    // From the clean place to the blow.
    Told strike(During during, const Blow& blow) {
        place_.clean();
        Told told;
        if (during == During::rollback) {
            FilesLife life(place_, {});
            life.execute(the_action);
            told = life.told(the_action);
        }
        FilesLife life(place_, blow);
        if (during == During::action) {
            life.execute(the_action);
        } else {
            life.roll_back(the_action);
        }
        const Told& more = life.told(the_action);
        told.started = told.started || more.started;
        told.finished.insert(told.finished.end(), more.finished.begin(), more.finished.end());
        told.undone = more.undone;
        return told;
    }

    // A start after it, and everything that must hold of an action that nobody has undone.
    ActionEvent expect_settled(const Told& told) {
        FilesLife life(place_, {});
        life.settle(the_action);
        if (life.told(the_action).settled.empty()) {
            ADD_FAILURE() << "no answer to settle";
            return {};
        }
        const ActionEvent now = life.told(the_action).settled.back();
        EXPECT_NE(now.settled_as, SettledAs::running);
        const std::string state = place_.state();
        if (now.settled_as == SettledAs::not_started) {
            EXPECT_EQ(state, before_) << "an effect without an intent, or half of one";  // 1
        }
        if (now.settled_as == SettledAs::done) {
            EXPECT_EQ(place_.content(), after_) << "not all of it, and called done";
        }
        if (!told.finished.empty() && told.finished[0].refusal == Refusal::none) {
            EXPECT_EQ(now.result, told.finished[0].result)
                << "what was told is true for ever";  // 5
        }
        EXPECT_LE(place_.jobs().asked.size(), 1U);
        if (told.started) {
            life.execute(the_action);
            EXPECT_EQ(life.told(the_action).finished.back().refusal, Refusal::seen_before);  // 7
            EXPECT_EQ(place_.state(), state);
        }
        return now;
    }

    // A start, a rollback: all as before, also when it is asked for again.
    void expect_undone(const Told& told) {
        ActionEvent first;
        {
            FilesLife life(place_, {});
            life.roll_back(the_action);
            ASSERT_FALSE(life.told(the_action).undone.empty());
            first = life.told(the_action).undone.back();
            EXPECT_EQ(place_.state(), before_) << first.detail;  // 16
            if (first.phase != ActionPhase::rolled_back) {
                const bool known = std::any_of(
                    told.undone.begin(), told.undone.end(), [](const ActionEvent& event) {
                        return event.phase == ActionPhase::rollback_failed;
                    });
                EXPECT_TRUE(known || first.refusal == Refusal::no_way_back ||
                            first.refusal == Refusal::unknown_action)
                    << first.detail;
            }
        }
        const auto jobs = place_.jobs().asked.size();
        FilesLife again(place_, {});
        again.roll_back(the_action);
        ASSERT_FALSE(again.told(the_action).undone.empty());
        EXPECT_EQ(again.told(the_action).undone.back().phase, first.phase);  // 6
        EXPECT_EQ(place_.state(), before_);
        EXPECT_THAT(place_.jobs().asked, testing::SizeIs(jobs));
    }

    void expect_same(const ActionEvent& first) {
        FilesLife life(place_, {});
        life.settle(the_action);
        ASSERT_FALSE(life.told(the_action).settled.empty());
        EXPECT_EQ(life.told(the_action).settled.back().settled_as, first.settled_as);  // 6, 12
        EXPECT_EQ(life.told(the_action).settled.back().result, first.result);
    }

    void tell(const char* what, std::int64_t cases) {
        std::printf("%-16s %-42s %6lld cases\n",
                    GetParam().name.c_str(),
                    what,
                    static_cast<long long>(cases));
        RecordProperty("cases", static_cast<int>(cases));
    }

    Scratch scratch_;
    FilesPlace place_;
    std::string before_;
    std::string content_before_;
    std::string after_;
    std::int64_t operations_[2][2] = {};  // [during][storage]
};

std::string trace_of(const Blow& blow) {
    return std::string(blow.storage ? "storage " : "files ") + std::to_string(blow.at) + " how " +
           std::to_string(static_cast<int>(blow.how));
}

TEST_P(FilesCrashTest, AtEveryOperationOfTheAction) {
    std::int64_t cases = 0;
    for (const bool storage : {false, true}) {
        for (const How how : {How::dies, How::fails, How::failing}) {
            if (storage && how == How::failing) {
                continue;  // its end could never be written
            }
            for (std::int64_t at = 1; at <= operations(During::action, storage); ++at, ++cases) {
                const Blow blow{storage, at, how};
                SCOPED_TRACE(trace_of(blow));
                const Told told = strike(During::action, blow);
                if (how == How::failing) {
                    place_.tidy();
                }
                const ActionEvent first = expect_settled(told);
                expect_undone(told);
                expect_same(first);
                ASSERT_FALSE(HasFailure());
            }
        }
    }
    tell("a fault or a death in the action", cases);
}

TEST_P(FilesCrashTest, AtEveryOperationOfTheRollback) {
    std::int64_t cases = 0;
    std::int64_t left = 0;  // a disk that failed
    for (const bool storage : {false, true}) {
        for (const How how : {How::dies, How::fails}) {
            for (std::int64_t at = 1; at <= operations(During::rollback, storage); ++at, ++cases) {
                const Blow blow{storage, at, how};
                SCOPED_TRACE(trace_of(blow));
                const Told told = strike(During::rollback, blow);
                const bool failed = !told.undone.empty() &&
                                    told.undone.back().phase == ActionPhase::rollback_failed &&
                                    told.undone.back().refusal != Refusal::storage;
                if (failed) {
                    // Told and paged; what is back is back, and nothing is half of either.
                    ++left;
                    if (GetParam().level == Level::failover) {
                        EXPECT_TRUE(place_.content() == content_before_ ||
                                    place_.content() == after_);
                    }
                    continue;
                }
                expect_undone(told);
                ASSERT_FALSE(HasFailure());
            }
        }
    }
    EXPECT_LT(left, operations(During::rollback, false));
    tell("a fault or a death in the rollback", cases);
}

// A death, and another one while that is made good.
TEST_P(FilesCrashTest, TwiceInARow) {
    std::int64_t cases = 0;
    for (const During during : {During::action, During::rollback}) {
        for (std::int64_t at = 1; at <= operations(during, false); ++at) {
            bool reached = true;
            for (std::int64_t second = 1; reached; second += 2, ++cases) {
                SCOPED_TRACE((during == During::action ? "action, files " : "rollback, files ") +
                             std::to_string(at) + ", then " + std::to_string(second));
                const Told told = strike(during, {false, at, How::dies});
                {
                    FilesLife life(place_, {false, second, How::dies});
                    life.roll_back(the_action);
                    reached = life.operations(false) >= second;
                }
                expect_undone(told);
                ASSERT_FALSE(HasFailure());
            }
        }
    }
    tell("two deaths, one after the other", cases);
}

// What a person writes between a death and the rollback stays, whatever is put back beside it.
TEST_P(FilesCrashTest, AnEditAfterADeathIsNotOverwritten) {
    std::int64_t cases = 0;
    const auto edited = [this] {
        for (const auto* name : {"main", "current", "whole", "env", "toml", "json"}) {
            if (fs::is_symlink(place_.path("etc/") + name) ||
                fs::exists(place_.path("etc/") + name)) {
                return place_.path("etc/") + name;
            }
        }
        return std::string{};
    };
    for (const During during : {During::action, During::rollback}) {
        for (std::int64_t at = 1; at <= operations(during, false); at += 2, ++cases) {
            SCOPED_TRACE((during == During::action ? "action, files " : "rollback, files ") +
                         std::to_string(at));
            strike(during, {false, at, How::dies});
            const std::string path = edited();
            fs::remove(path);
            std::ofstream(path) << "mine\n";
            FilesLife life(place_, {});
            life.roll_back(the_action);
            ASSERT_FALSE(life.told(the_action).undone.empty());
            EXPECT_EQ(life.told(the_action).undone.back().phase, ActionPhase::rollback_failed);
            std::string text;
            std::getline(std::ifstream(path), text);
            EXPECT_EQ(text, "mine");
            ASSERT_FALSE(HasFailure());
        }
    }
    tell("an edit between a death and the rollback", cases);
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         FilesCrashTest,
                         testing::ValuesIn(file_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace primum::actuator::crash

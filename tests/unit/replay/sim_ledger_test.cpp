// SPDX-License-Identifier: MIT
#include "replay/sim_ledger.hpp"

#include "event/event_json.hpp"
#include "ledger/store.hpp"
#include "replay/sim_run.hpp"
#include "sim/random_rules.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace primum::replay {
namespace {

std::vector<Record> records_of(const std::vector<Effect>& effects) {
    std::vector<Record> records;
    for (const Effect& effect : effects) {
        if (const auto* recorded = std::get_if<RecordEffect>(&effect)) {
            records.push_back(recorded->record);
        }
    }
    return records;
}

std::string told(RestoredState state) {
    state.ledger_uuid = "same";
    return event::write_event({Stamp{}, RestoreEvent{std::move(state)}});
}

// Writes all that a world records into a Store and into a SimLedger, and compares what they give
// back. The second half is written in another boot.
class Comparison final : public SimObserver {
public:
    Comparison(ledger::StoreOptions options, Duration half) : options_(options), half_(half) {
        open("boot-a");
    }

    void see(const SimStep& step) override {
        if (step.elapsed >= half_ && boot_ == "boot-a") {
            compare(step.event.at);
            open("boot-b");
            compare(step.event.at);
        }
        const auto records = records_of(step.effects);
        if (records.empty()) {
            return;
        }
        const auto done = store_->append(records);
        ASSERT_TRUE(done) << done.error().message;
        for (const Record& record : records) {
            ledger_.put(record, boot_);
        }
        if (++batches_ % 16 == 0) {
            compare(step.event.at);
        }
        last_ = step.event.at;
    }

    void compare(Stamp now) {
        for (const bool synchronised : {true, false}) {
            const auto theirs = store_->restore(now, synchronised);
            ASSERT_TRUE(theirs) << theirs.error().message;
            ASSERT_EQ(told(ledger_.restore(boot_, now, synchronised)), told(*theirs));
        }
        ++compared_;
    }
    [[nodiscard]] int compared() const { return compared_; }
    [[nodiscard]] Stamp last() const { return last_; }

private:
    void open(const std::string& boot) {
        boot_ = options_.boot_id = boot;
        store_.reset();
        auto opened = ledger::Store::open(options_);
        ASSERT_TRUE(opened) << opened.error().message;
        store_.emplace(std::move(*opened));
    }

    ledger::StoreOptions options_;
    Duration half_;
    std::string boot_;
    std::optional<ledger::Store> store_;
    SimLedger ledger_{"same"};
    Stamp last_;
    int batches_ = 0;
    int compared_ = 0;
};

// What a crash takes makes numbers come twice, which the Store rightly refuses.
bool loses_records(const Deed& deed) {
    return deed.kind == DeedKind::crash || deed.kind == DeedKind::ledger;
}

TEST(SimLedgerTest, GivesBackWhatTheStoreGivesBack) {
    int compared = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const support::TempDir dir;
        const SimExhibit exhibit = make_exhibit(*sim::random_rules(seed));
        const SimPlot plot{exhibit.rules.get(), 0, seed, std::chrono::hours{1}};
        auto timeline = mixed_timeline(plot);
        ASSERT_TRUE(timeline);
        std::erase_if(timeline->deeds, loses_records);
        SimSetup setup;
        setup.exhibit = &exhibit;
        setup.timeline = &*timeline;
        setup.seed = seed;
        SimWorld world{setup};
        ledger::StoreOptions options;
        options.path = (dir.path() / "ledger.db").string();
        Comparison comparison{options, timeline->calm / 2};
        world.watch(comparison);
        ASSERT_TRUE(world.run_until(timeline->calm));
        comparison.compare(comparison.last());
        compared += comparison.compared();
    }
    EXPECT_GT(compared, 50);
}

ActionRecord intent(std::uint64_t sequence) {
    ActionRecord action;
    action.sequence = sequence;
    action.id = "u-" + std::to_string(sequence);
    return action;
}

std::vector<std::uint64_t> sequences(const SimLedger& ledger) {
    std::vector<std::uint64_t> found;
    for (const RestoredAction& action : ledger.restore("boot", Stamp{}, true).actions) {
        found.push_back(action.action.sequence);
    }
    return found;
}

TEST(SimLedgerTest, ACrashTakesWhatWaits) {
    SimLedger ledger{"u"};
    ledger.add({RecordEffect{intent(1)}}, false);
    ledger.add({RecordEffect{intent(2)}}, false);
    EXPECT_EQ(ledger.write(1, "boot"), std::vector<std::string>{"u-1"});
    ledger.crash(0, "boot");
    EXPECT_EQ(sequences(ledger), std::vector<std::uint64_t>{1});
    EXPECT_EQ(ledger.waiting(), 0U);
}

TEST(SimLedgerTest, ACrashMayLeaveTheFirstOfWhatWaits) {
    SimLedger ledger{"u"};
    for (std::uint64_t i = 1; i <= 3; ++i) {
        ledger.add({RecordEffect{intent(i)}}, false);
    }
    ledger.crash(2, "boot");
    EXPECT_EQ(sequences(ledger), (std::vector<std::uint64_t>{1, 2}));
}

TEST(SimLedgerTest, ARefusedIntentIsLeftOutAndTheRestIsKept) {
    SimLedger ledger{"u"};
    IncidentRecord incident;
    incident.id = 7;
    ledger.add({RecordEffect{intent(1)}, RecordEffect{incident}}, true);
    EXPECT_TRUE(ledger.write(ledger.newest(), "boot").empty());
    EXPECT_TRUE(sequences(ledger).empty());
    EXPECT_EQ(ledger.restore("boot", Stamp{}, true).incidents.size(), 1U);
}

TEST(SimLedgerTest, ForgetsOnlyWhatNoStartNeeds) {
    SimLedger ledger{"u"};
    ledger.put(intent(1), "boot");
    ledger.put(intent(2), "boot");
    TransitionRecord kept;
    kept.action = "u-2";
    kept.state = ActionState::kept;
    ledger.put(kept, "boot");
    const Stamp later{Instant{std::chrono::hours{48}}, WallTime{std::chrono::hours{48}}};
    ledger.prune("boot", later);
    EXPECT_EQ(sequences(ledger), std::vector<std::uint64_t>{1}) << "its outcome is still owed";
}

}  // namespace
}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "ledger/chain.hpp"

#include "ledger_fixture.hpp"

#include <functional>
#include <set>

namespace primum::ledger {
namespace {

TEST(ChainTest, EveryFieldOfARowChangesItsHash) {
    const ChainRow row{1, transition(1, ActionState::finished, 5), "boot", Sha256{}};
    std::set<Sha256> hashes{chain_hash({}, row)};
    const std::vector<std::function<void(ChainRow&)>> changes{
        [](ChainRow& r) { r.sequence = 2; },
        [](ChainRow& r) { r.transition.action = "x"; },
        [](ChainRow& r) { r.transition.at.t += Duration{1}; },
        [](ChainRow& r) { r.transition.at.wall += Duration{1}; },
        [](ChainRow& r) { r.boot_id = "other"; },
        [](ChainRow& r) { r.transition.state = ActionState::kept; },
        [](ChainRow& r) { r.transition.result = ActionResult::failed; },
        [](ChainRow& r) { r.transition.outcome = Outcome::worse; },
        [](ChainRow& r) { r.transition.reason = "ab"; },
        [](ChainRow& r) { r.transition.detail = "ab"; },
        [](ChainRow& r) { r.transition.took = Duration{1}; },
        [](ChainRow& r) { r.record_hash[0] = std::byte{1}; }};
    for (const auto& change : changes) {
        ChainRow other = row;
        change(other);
        hashes.insert(chain_hash({}, other));
    }
    const Sha256 before{};
    hashes.insert(chain_hash(before, row));
    EXPECT_EQ(hashes.size(), changes.size() + 2);
}

TEST(ChainTest, EveryFieldOfAnIntentChangesItsHash) {
    const ActionRecord intent = action(1, 1, 5);
    std::set<Sha256> hashes{record_hash(intent, "boot"), record_hash(intent, "other")};
    const std::vector<std::function<void(ActionRecord&)>> changes{
        [](ActionRecord& a) { a.id = "x"; },
        [](ActionRecord& a) { a.sequence = 2; },
        [](ActionRecord& a) { a.incident = 2; },
        [](ActionRecord& a) { a.target = "x"; },
        [](ActionRecord& a) { a.unit = "x"; },
        [](ActionRecord& a) { a.level = Level::fallback; },
        [](ActionRecord& a) { a.index = 1; },
        [](ActionRecord& a) { a.kind = "x"; },
        [](ActionRecord& a) { a.plan_digest = "x"; },
        [](ActionRecord& a) { a.dry_run = true; },
        [](ActionRecord& a) { a.streak = 2; },
        [](ActionRecord& a) { a.intended.t += Duration{1}; },
        [](ActionRecord& a) { a.guards.clear(); },
        [](ActionRecord& a) { a.evidence.clear(); }};
    for (const auto& change : changes) {
        ActionRecord other = intent;
        change(other);
        hashes.insert(record_hash(other, "boot"));
    }
    EXPECT_EQ(hashes.size(), changes.size() + 2);
}

}  // namespace
}  // namespace primum::ledger

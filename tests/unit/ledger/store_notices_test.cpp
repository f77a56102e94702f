// SPDX-License-Identifier: MIT
#include "ledger_fixture.hpp"

#include <gmock/gmock.h>

namespace primum::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreNoticesTest : public LedgerFixture {
protected:
    // As another process finds them.
    std::vector<KeptNotice> kept() {
        auto store = Store::open(options());
        return store->notices().value_or(std::vector<KeptNotice>{{"?", "?"}});
    }
    void append(const std::vector<Record>& records, const std::vector<KeptNotice>& notices) {
        auto store = Store::open(options());
        ASSERT_TRUE(store->append(records, notices).has_value());
    }
};

TEST_F(StoreNoticesTest, AreThereUntilTheyAreTakenOut) {
    append({incident(1, 1)}, {{"b", "two"}, {"a", "one"}});
    EXPECT_THAT(kept(), ElementsAre(KeptNotice{"a", "one"}, KeptNotice{"b", "two"}));
    append({}, {{"a", "changed"}, {"b", ""}, {"never", ""}});
    EXPECT_THAT(kept(), ElementsAre(KeptNotice{"a", "changed"}));
}

TEST_F(StoreNoticesTest, ABatchIsWholeOrNotThere) {
    auto store = Store::open(options());
    const std::vector<Record> refused{action(1, 7, 2)};
    const std::vector<KeptNotice> notices{{"a", "one"}};
    ASSERT_FALSE(store->append(refused, notices).has_value());
    EXPECT_THAT(store->notices().value(), IsEmpty());
}

}  // namespace
}  // namespace primum::ledger

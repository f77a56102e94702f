// SPDX-License-Identifier: MIT
#include "ledger/store.hpp"

#include <utility>

namespace primum::ledger {

LedgerResult<void> Store::put(const KeptNotice& notice) {
    if (notice.body.empty()) {
        return execute("DELETE FROM notices WHERE key = ?", notice.key);
    }
    return execute(
        "INSERT INTO notices VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET body = excluded.body",
        notice.key,
        notice.body);
}

LedgerResult<std::vector<KeptNotice>> Store::notices() {
    auto found = database_.prepare("SELECT key, body FROM notices ORDER BY key");
    if (!found) {
        return fail(std::move(found.error()));
    }
    std::vector<KeptNotice> all;
    for (auto row = found->step();; row = found->step()) {
        if (!row) {
            return fail(std::move(row.error()));
        }
        if (!*row) {
            return all;
        }
        all.push_back({std::string{found->text(0)}, std::string{found->text(1)}});
    }
}

}  // namespace primum::ledger

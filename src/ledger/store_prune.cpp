// SPDX-License-Identifier: MIT
#include "ledger/age.hpp"
#include "ledger/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace primum::ledger {
namespace {

// The work of one call.
constexpr std::int64_t incidents_at_once = 50;
constexpr std::int64_t actions_at_once = 200;
constexpr std::int64_t rows_at_once = 1'000;

// Whether an action `s` must stay: young enough for a budget (parameter 5), part of an open
// incident, not finished or verified yet, or with its way back still open.
std::string needed_action() {
    return fmt::format(
        "({} <= ?5 OR EXISTS (SELECT 1 FROM incidents o WHERE o.id = s.incident AND o.open)"
        " OR (NOT s.dry_run AND (s.state IN ('intended', 'started', 'rollback_failed')"
        "  OR (s.state = 'finished' AND s.result = 'done')"
        "  OR (s.state = 'verified' AND s.outcome = 'worse'))))",
        age_of("s.intended"));
}

LedgerResult<std::vector<std::int64_t>> numbers(Statement& statement) {
    std::vector<std::int64_t> found;
    while (true) {
        LedgerResult<bool> row = statement.step();
        if (!row) {
            return fail(std::move(row.error()));
        }
        if (!*row) {
            return found;
        }
        found.push_back(statement.integer(0));
    }
}

}  // namespace

// Carries out one call of Store::prune() inside its transaction.
class Pruner {
public:
    Pruner(Store& store, Stamp now, bool clock_synchronised)
        : store_(store), now_(now), sync_(clock_synchronised) {}

    // How many rows went.
    LedgerResult<std::int64_t> run() {
        auto done = keep_next_ids();
        if (done) {
            done = remove_incidents();
        }
        if (done) {
            done = remove_actions();
        }
        if (done) {
            done = remove_rows();
        }
        if (!done) {
            return fail(std::move(done.error()));
        }
        return removed_;
    }

private:
    struct Checkpoint {
        std::int64_t first = 0;
        std::int64_t last = 0;
        std::vector<std::byte> before;
        std::vector<std::byte> after;
    };

    template <class... Values>
    LedgerResult<std::vector<std::int64_t>> select(std::string_view sql, const Values&... values) {
        LedgerResult<Statement*> statement = store_.statement(sql);
        if (!statement) {
            return fail(std::move(statement.error()));
        }
        (*statement)->reset();
        (*statement)->bind_all(values...);
        return numbers(**statement);
    }

    // select() with the four parameters of age_of() and that of needed_action() first.
    template <class... Values>
    LedgerResult<std::vector<std::int64_t>> select_aged(std::string_view sql,
                                                        const Values&... values) {
        return select(sql,
                      store_.options_.boot_id,
                      to_us(now_.t),
                      sync_,
                      to_us(now_.wall),
                      budget_window.count(),
                      values...);
    }

    template <class... Values>
    LedgerResult<void> remove(std::string_view sql, const Values&... values) {
        auto done = store_.execute(sql, values...);
        if (done) {
            removed_ += store_.database_.changes();
        }
        return done;
    }

    // The next ids must not depend on what is removed.
    LedgerResult<void> keep_next_ids() {
        for (const auto& [table, column] : {std::pair{"actions", "sequence"},
                                            std::pair{"incidents", "id"},
                                            std::pair{"holds", "id"}}) {
            const std::string sql = fmt::format(
                "INSERT INTO meta SELECT 'last_{0}', CAST(max({1}) AS TEXT) FROM {0}"
                " WHERE true HAVING max({1}) IS NOT NULL"
                " ON CONFLICT(name) DO UPDATE SET value ="
                " CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)",
                table,
                column);
            if (auto done = store_.execute(sql); !done) {
                return done;
            }
        }
        return {};
    }

    LedgerResult<void> remove_incidents() {
        const Retention& keep = store_.options_.retention;
        const std::string sql = fmt::format(
            "SELECT id FROM incidents c WHERE NOT open AND {0} > ?5 AND ({0} > ?6 OR id <="
            " (SELECT id FROM incidents ORDER BY id DESC LIMIT 1 OFFSET ?7))"
            " AND NOT EXISTS (SELECT 1 FROM action_states s WHERE s.incident = c.id AND {1})"
            " ORDER BY id LIMIT ?8",
            age_of("closed"),
            needed_action());
        auto incidents = select_aged(sql, keep.age.count(), keep.incidents, incidents_at_once);
        if (!incidents) {
            return fail(std::move(incidents.error()));
        }
        for (const std::int64_t id : *incidents) {
            if (auto done = remove_incident(id); !done) {
                return done;
            }
        }
        return {};
    }

    LedgerResult<void> remove_incident(std::int64_t id) {
        auto actions = select("SELECT sequence FROM actions WHERE incident = ?", id);
        if (!actions) {
            return fail(std::move(actions.error()));
        }
        for (const std::int64_t sequence : *actions) {
            if (auto done = remove_action(sequence); !done) {
                return done;
            }
        }
        auto left = select("SELECT sequence FROM actions WHERE incident = ?", id);
        if (!left || !left->empty()) {
            return left ? LedgerResult<void>{} : fail(std::move(left.error()));
        }
        if (auto done = remove("DELETE FROM decisions WHERE incident = ?", id); !done) {
            return done;
        }
        return remove("DELETE FROM incidents WHERE id = ?", id);
    }

    LedgerResult<void> remove_actions() {
        const Retention& keep = store_.options_.retention;
        const std::string sql = fmt::format(
            "SELECT sequence FROM action_states s WHERE NOT {} AND ({} > ?6 OR"
            " (SELECT min(sequence) FROM action_transitions WHERE action = s.id) <="
            " (SELECT sequence FROM action_transitions ORDER BY sequence DESC LIMIT 1 OFFSET ?7))"
            " ORDER BY sequence LIMIT ?8",
            needed_action(),
            age_of("s.intended"));
        auto actions = select_aged(sql, keep.age.count(), keep.transitions, actions_at_once);
        if (!actions) {
            return fail(std::move(actions.error()));
        }
        for (const std::int64_t sequence : *actions) {
            if (auto done = remove_action(sequence); !done) {
                return done;
            }
        }
        return {};
    }

    // The newest row of the chain stays, and its action with it: the chain goes on from there.
    LedgerResult<void> remove_action(std::int64_t action) {
        auto rows = select(
            "SELECT sequence FROM action_transitions WHERE action ="
            " (SELECT id FROM actions WHERE sequence = ?) ORDER BY sequence",
            action);
        auto newest = store_.database_.integer("SELECT max(sequence) FROM action_transitions");
        if (!rows || !newest) {
            return fail(std::move(rows ? newest.error() : rows.error()));
        }
        if (!rows->empty() && rows->back() == newest->value_or(0)) {
            return {};
        }
        for (const std::int64_t sequence : *rows) {
            if (auto done = remove_transition(sequence); !done) {
                return done;
            }
        }
        if (auto done = remove("DELETE FROM actions WHERE sequence = ?", action); !done) {
            return done;
        }
        return remove("DELETE FROM judgements WHERE action_sequence = ?", action);
    }

    LedgerResult<std::optional<Checkpoint>> checkpoint(std::string_view sql, std::int64_t at) {
        LedgerResult<Statement*> found = store_.statement(sql);
        if (!found) {
            return fail(std::move(found.error()));
        }
        Statement& row = **found;
        row.reset();
        LedgerResult<bool> there = row.bind(1, at).step();
        if (!there) {
            return fail(std::move(there.error()));
        }
        if (!*there) {
            return std::optional<Checkpoint>{};
        }
        const Blob before = row.blob(2);
        Checkpoint checkpoint{row.integer(0), row.integer(1), {before.begin(), before.end()}, {}};
        const Blob after = row.blob(3);
        checkpoint.after.assign(after.begin(), after.end());
        row.reset();
        return std::optional{std::move(checkpoint)};
    }

    // Puts a checkpoint in the place of one row, one with the checkpoints beside it.
    LedgerResult<void> remove_transition(std::int64_t at) {
        auto here = checkpoint(
            "SELECT sequence, sequence, coalesce((SELECT hash FROM action_transitions b"
            " WHERE b.sequence = t.sequence - 1), x''), hash FROM action_transitions t"
            " WHERE sequence = ?",
            at);
        auto left = checkpoint(
            "SELECT first, last, before, after FROM chain_checkpoints WHERE last = ? - 1", at);
        auto right = checkpoint(
            "SELECT first, last, before, after FROM chain_checkpoints WHERE first = ? + 1", at);
        for (auto* part : {&here, &left, &right}) {
            if (!*part) {
                return fail(std::move(part->error()));
            }
        }
        Checkpoint merged = std::move(**here);
        if (*left) {
            merged.first = (*left)->first;
            merged.before = std::move((*left)->before);
        }
        if (*right) {
            merged.last = (*right)->last;
            merged.after = std::move((*right)->after);
        }
        auto done = store_.execute(
            "DELETE FROM chain_checkpoints WHERE first BETWEEN ? AND ?", merged.first, merged.last);
        if (done) {
            done = store_.execute("INSERT INTO chain_checkpoints VALUES(?, ?, ?, ?)",
                                  merged.first,
                                  merged.last,
                                  Blob{merged.before},
                                  Blob{merged.after});
        }
        if (done) {
            done = remove("DELETE FROM action_transitions WHERE sequence = ?", at);
        }
        return done;
    }

    LedgerResult<void> remove_rows() {
        const Retention& keep = store_.options_.retention;
        auto done = remove(
            "DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE id <="
            " (SELECT id FROM decisions ORDER BY id DESC LIMIT 1 OFFSET ?) ORDER BY id LIMIT ?)",
            keep.decisions,
            rows_at_once);
        if (done) {
            done = remove(
                "DELETE FROM operator_commands WHERE id IN (SELECT id FROM operator_commands"
                " WHERE id <= (SELECT id FROM operator_commands ORDER BY id DESC LIMIT 1 OFFSET ?)"
                " ORDER BY id LIMIT ?)",
                keep.operator_commands,
                rows_at_once);
        }
        if (!done) {
            return done;
        }
        // Of holds that are over, of commands, and of judgements on intents that never became
        // durable, by age.
        constexpr auto nameless =
            " AND NOT EXISTS (SELECT 1 FROM actions WHERE sequence = action_sequence)";
        for (const auto& [table, stamp, more] : {std::tuple{"holds", "until", ""},
                                                 std::tuple{"operator_commands", "at", ""},
                                                 std::tuple{"judgements", "at", nameless}}) {
            const std::string sql =
                fmt::format("SELECT id FROM {} WHERE {} > ?6{} ORDER BY id LIMIT ?7",
                            table,
                            age_of(stamp),
                            more);
            auto old = select_aged(sql, keep.age.count(), rows_at_once);
            if (!old) {
                return fail(std::move(old.error()));
            }
            const std::string removal = fmt::format("DELETE FROM {} WHERE id = ?", table);
            for (const std::int64_t id : *old) {
                if (done = remove(removal, id); !done) {
                    return done;
                }
            }
        }
        return {};
    }

    Store& store_;
    Stamp now_;
    bool sync_;
    std::int64_t removed_ = 0;
};

LedgerResult<bool> Store::prune(Stamp now, bool clock_synchronised) {
    LedgerResult<Transaction> transaction = Transaction::begin(database_);
    if (!transaction) {
        return fail(std::move(transaction.error()));
    }
    auto removed = Pruner{*this, now, clock_synchronised}.run();
    if (!removed) {
        return fail(std::move(removed.error()));
    }
    if (auto done = transaction->commit(); !done) {
        return fail(std::move(done.error()));
    }
    return *removed > 0;
}

}  // namespace primum::ledger

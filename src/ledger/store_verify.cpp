// SPDX-License-Identifier: MIT
#include "ledger/chain.hpp"
#include "ledger/columns.hpp"
#include "ledger/store.hpp"

#include <algorithm>
#include <utility>

namespace primum::ledger {
namespace {

struct Gap {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::vector<std::byte> before;
    std::vector<std::byte> after;
};

std::vector<std::byte> copy(Blob blob) {
    return {blob.begin(), blob.end()};
}

bool equal(Blob a, Blob b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

LedgerResult<std::vector<Gap>> read_gaps(Statement& statement) {
    std::vector<Gap> gaps;
    while (true) {
        LedgerResult<bool> row = statement.step();
        if (!row) {
            return fail(std::move(row.error()));
        }
        if (!*row) {
            return gaps;
        }
        gaps.push_back({statement.integer(0),
                        statement.integer(1),
                        copy(statement.blob(2)),
                        copy(statement.blob(3))});
    }
}

// Walks rows in their order, jumping over what retention removed.
class Walk {
public:
    explicit Walk(std::vector<Gap> gaps) : gaps_(std::move(gaps)) {}

    // What is wrong with the row, or nothing.
    std::string_view take(const Statement& row) {
        ChainRow read;
        StoredStamp at;
        RowReader reader{row};
        TransitionRecord& t = read.transition;
        reader.read_all(read.sequence, t.action, at, t.state, t.result, t.outcome, t.reason);
        reader.read_all(t.detail, t.took);
        t.at = at.at;
        read.boot_id = std::move(at.boot_id);
        sequence = read.sequence;
        const Blob intent = row.blob(11);
        const bool has_facts = unpack(row.text(13), read.transition.facts);
        if (!reader.sound() || !has_facts || intent.size() != read.record_hash.size()) {
            return "a value that the ledger never wrote";
        }
        std::copy(intent.begin(), intent.end(), read.record_hash.begin());
        if (const std::string_view wrong = jump(read.sequence); !wrong.empty()) {
            return wrong;
        }
        const Sha256 expected = chain_hash(previous_, read);
        if (!equal(expected, row.blob(12))) {
            return "its content does not match its hash";
        }
        previous_.assign(expected.begin(), expected.end());
        next_ = read.sequence + 1;
        return {};
    }

    std::int64_t sequence = 0;

private:
    std::string_view jump(std::int64_t to) {
        while (next_ < to) {
            if (gap_ == gaps_.size() || gaps_[gap_].first != next_ || gaps_[gap_].last >= to) {
                return "rows before it are missing";
            }
            if (!equal(gaps_[gap_].before, previous_)) {
                return "the checkpoint before it does not match";
            }
            previous_ = gaps_[gap_].after;
            next_ = gaps_[gap_].last + 1;
            ++gap_;
        }
        return next_ == to ? std::string_view{} : "it stands where a checkpoint is";
    }

    std::vector<Gap> gaps_;
    std::size_t gap_ = 0;
    std::int64_t next_ = 1;
    std::vector<std::byte> previous_;
};

}  // namespace

LedgerResult<ChainReport> Store::verify() {
    auto gap_rows = database_.prepare(
        "SELECT first, last, before, after FROM chain_checkpoints ORDER BY first");
    if (!gap_rows) {
        return fail(std::move(gap_rows.error()));
    }
    LedgerResult<std::vector<Gap>> gaps = read_gaps(*gap_rows);
    if (!gaps) {
        return fail(std::move(gaps.error()));
    }
    auto rows = database_.prepare(
        "SELECT sequence, action, at_t_us, at_wall_us, at_boot, state, result, outcome, reason,"
        " detail, took_us, record_hash, hash, facts FROM action_transitions ORDER BY sequence");
    if (!rows) {
        return fail(std::move(rows.error()));
    }
    ChainReport report;
    Walk walk{std::move(*gaps)};
    while (true) {
        LedgerResult<bool> row = rows->step();
        if (!row) {
            return fail(std::move(row.error()));
        }
        if (!*row) {
            return verify_actions(std::move(report));
        }
        ++report.rows;
        if (const std::string_view wrong = walk.take(*rows); !wrong.empty()) {
            report.intact = false;
            report.first_broken = static_cast<std::uint64_t>(walk.sequence);
            report.what = wrong;
            return report;
        }
    }
}

// Each action must be what its intent in the chain says it is.
LedgerResult<ChainReport> Store::verify_actions(ChainReport report) {
    auto actions = database_.prepare(
        "SELECT a.sequence, a.id, coalesce(a.incident, 0), a.target, a.unit, a.level,"
        " a.remedy_index, a.kind, a.plan_digest, a.dry_run, a.streak, a.intended_t_us,"
        " a.intended_wall_us, a.intended_boot, a.guards, a.evidence,"
        " a.candidate, a.provider, a.from_candidate, a.way_back, a.operator_uid, t.sequence, "
        "t.record_hash"
        " FROM actions a LEFT JOIN action_transitions t ON t.sequence ="
        " (SELECT min(sequence) FROM action_transitions WHERE action = a.id AND state = 'intended')"
        " ORDER BY t.sequence");
    if (!actions) {
        return fail(std::move(actions.error()));
    }
    while (true) {
        LedgerResult<bool> row = actions->step();
        if (!row) {
            return fail(std::move(row.error()));
        }
        if (!*row) {
            return verify_precision(std::move(report));
        }
        ActionRecord a;
        StoredStamp intended;
        RowReader reader{*actions};
        reader.read_all(a.sequence, a.id, a.incident, a.target, a.unit, a.level, a.index, a.kind);
        reader.read_all(a.plan_digest, a.dry_run, a.streak, intended, a.guards, a.evidence);
        reader.read_all(a.candidate, a.provider, a.from, a.way_back, a.operator_uid);
        a.intended = intended.at;
        const Sha256 expected = record_hash(a, intended.boot_id);
        if (!reader.sound() || !equal(expected, actions->blob(22))) {
            report.intact = false;
            report.first_broken = static_cast<std::uint64_t>(actions->integer(21));
            report.what = "the action " + a.id + " is not what was intended";
            return report;
        }
    }
}

}  // namespace primum::ledger

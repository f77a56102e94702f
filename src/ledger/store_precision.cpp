// SPDX-License-Identifier: MIT
// Whether actions were called for, and how often each rung was right.
#include "ledger/columns.hpp"
#include "ledger/store.hpp"

#include <fmt/format.h>

#include <utility>

namespace primum::ledger {
namespace {

constexpr std::string_view judgement_columns =
    "action, action_sequence, incident, target, level, dry_run, digest, judged, judged_by, reason,"
    " uid, at_t_us, at_wall_us, at_boot";

void read_row(RowReader& row, JudgementRecord& j) {
    StoredStamp at;
    row.read_all(j.action, j.sequence, j.incident, j.target, j.level, j.dry_run, j.digest);
    row.read_all(j.judged, j.by, j.reason, j.uid, at);
    j.at = at.at;
}

void read_row(RowReader& row, PrecisionRecord& p) {
    StoredStamp at;
    row.read_all(p.target, p.level, p.digest, p.first_action, p.detected, p.would_act, p.acted);
    row.read_all(p.justified, p.unjustified, p.recovered_anyway, p.labelled);
    p.since.t = instant_from_us(row.integer());
    p.since.wall = wall_from_us(row.integer());
    row.read(at);
    p.at = at.at;
}

template <class T>
LedgerResult<std::vector<T>> collect(Statement& statement) {
    std::vector<T> items;
    while (true) {
        LedgerResult<bool> row = statement.step();
        if (!row) {
            return fail(std::move(row.error()));
        }
        if (!*row) {
            return items;
        }
        RowReader reader{statement};
        read_row(reader, items.emplace_back());
        if (!reader.sound()) {
            statement.reset();
            return fail(LedgerError{ErrorKind::corrupt, 0, "a row that the ledger never wrote"});
        }
    }
}

bool contradicts_itself(const PrecisionRecord& p) {
    const auto sum = [](std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} + b; };
    return sum(p.justified, p.unjustified) > sum(p.would_act, p.acted) ||
           p.labelled > sum(p.justified, p.unjustified) || p.recovered_anyway > p.would_act;
}

}  // namespace

LedgerResult<void> Store::put(const JudgementRecord& record) {
    return execute("INSERT INTO judgements VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   record.action,
                   record.sequence,
                   record.incident,
                   record.target,
                   name_of(record.level),
                   record.dry_run,
                   record.digest,
                   name_of(record.judged),
                   name_of(record.by),
                   record.reason,
                   record.uid,
                   to_us(record.at.t),
                   to_us(record.at.wall),
                   options_.boot_id);
}

LedgerResult<void> Store::put(const PrecisionRecord& record) {
    return execute(
        "INSERT OR REPLACE INTO precision"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        record.target,
        name_of(record.level),
        record.digest,
        record.first_action,
        record.detected,
        record.would_act,
        record.acted,
        record.justified,
        record.unjustified,
        record.recovered_anyway,
        record.labelled,
        to_us(record.since.t),
        to_us(record.since.wall),
        to_us(record.at.t),
        to_us(record.at.wall),
        options_.boot_id);
}

LedgerResult<void> Store::restore_precision(RestoredState& state) {
    const std::string newest = fmt::format(
        "SELECT {} FROM judgements WHERE id IN (SELECT max(id) FROM judgements"
        " GROUP BY action_sequence ORDER BY action_sequence DESC LIMIT ?) ORDER BY action_sequence",
        judgement_columns);
    auto rows = statement(newest);
    if (!rows) {
        return fail(std::move(rows.error()));
    }
    (*rows)->reset();
    (*rows)->bind_all(options_.restored_judgements);
    auto judgements = collect<JudgementRecord>(**rows);
    if (!judgements) {
        return fail(std::move(judgements.error()));
    }
    auto counts = precision();
    if (!counts) {
        return fail(std::move(counts.error()));
    }
    state.judgements = std::move(*judgements);
    state.precision = std::move(*counts);
    return {};
}

LedgerResult<std::vector<PrecisionRecord>> Store::precision() {
    auto rows = statement("SELECT * FROM precision ORDER BY target, level LIMIT ?");
    if (!rows) {
        return fail(std::move(rows.error()));
    }
    (*rows)->reset();
    (*rows)->bind_all(options_.restored_learnt);
    return collect<PrecisionRecord>(**rows);
}

LedgerResult<std::vector<JudgementRecord>> Store::judgements(std::uint64_t first,
                                                             std::uint64_t last) {
    const std::string sql = fmt::format(
        "SELECT {} FROM judgements WHERE id IN (SELECT max(id) FROM judgements WHERE"
        " action_sequence BETWEEN ? AND ? GROUP BY action_sequence ORDER BY action_sequence"
        " LIMIT 1000) ORDER BY action_sequence",
        judgement_columns);
    auto rows = statement(sql);
    if (!rows) {
        return fail(std::move(rows.error()));
    }
    (*rows)->reset();
    (*rows)->bind_all(first, last);
    return collect<JudgementRecord>(**rows);
}

// One at a time: the actions of an incident may lie far apart.
LedgerResult<void> Store::add_judgements(std::vector<RestoredAction>& actions) {
    for (RestoredAction& each : actions) {
        auto found = judgements(each.action.sequence, each.action.sequence);
        if (!found) {
            return fail(std::move(found.error()));
        }
        if (!found->empty() && found->front().action == each.action.id) {
            each.judgement = std::move(found->front());
        }
    }
    return {};
}

// Counts that no run of primum can have come to.
LedgerResult<ChainReport> Store::verify_precision(ChainReport report) {
    auto counts = precision();
    if (!counts) {
        return fail(std::move(counts.error()));
    }
    for (const PrecisionRecord& each : *counts) {
        if (contradicts_itself(each)) {
            report.intact = false;
            report.what = fmt::format(
                "the precision of {} at {} contradicts itself", each.target, name_of(each.level));
            return report;
        }
    }
    return report;
}

}  // namespace primum::ledger

// SPDX-License-Identifier: MIT
// What is on record, given back as the records that it was made of.
#include "ledger/columns.hpp"
#include "ledger/store.hpp"

#include <array>
#include <utility>

namespace primum::ledger {
namespace {

using Take = std::function<void(const Record&)>;

void read_incident(RowReader& row, IncidentRecord& i) {
    StoredStamp opened;
    StoredStamp closed;
    row.read_all(i.id, i.target, opened, closed, i.open, i.dry_run, i.level, i.peak, i.reason);
    i.opened = opened.at;
    i.closed = closed.at;
}

void read_action(RowReader& row, ActionRecord& a) {
    StoredStamp intended;
    row.read_all(a.sequence, a.id, a.incident, a.target, a.unit, a.level, a.index, a.kind);
    row.read_all(a.candidate, a.dry_run, intended, a.evidence, a.operator_uid);
    a.intended = intended.at;
}

void read_transition(RowReader& row, TransitionRecord& t) {
    StoredStamp at;
    row.read_all(t.action, at, t.state, t.result, t.outcome, t.reason, t.detail, t.took);
    t.at = at.at;
}

void read_decision(RowReader& row, DecisionRecord& d) {
    StoredStamp at;
    row.read_all(d.incident, d.target, at, d.kind, d.level, d.reason, d.detail, d.dry_run);
    row.read_all(d.action, d.guards, d.evidence);
    d.at = at.at;
}

void read_judgement(RowReader& row, JudgementRecord& j) {
    StoredStamp at;
    row.read_all(j.action, j.sequence, j.incident, j.target, j.level, j.dry_run, j.digest);
    row.read_all(j.judged, j.by, j.reason, j.uid, at);
    j.at = at.at;
}

void read_operator(RowReader& row, OperatorRecord& o) {
    StoredStamp at;
    row.read_all(at, o.verb, o.target, o.incident, o.uid, o.reason, o.accepted, o.message);
    row.read_all(o.action, o.level, o.label);
    o.at = at.at;
}

template <class T>
LedgerResult<void> each(Database& database,
                        std::string_view sql,
                        void (*read)(RowReader&, T&),
                        const Take& take) {
    auto rows = database.prepare(sql);
    if (!rows) {
        return fail(std::move(rows.error()));
    }
    while (true) {
        LedgerResult<bool> there = rows->step();
        if (!there) {
            return fail(std::move(there.error()));
        }
        if (!*there) {
            return {};
        }
        RowReader reader{*rows};
        T value;
        read(reader, value);
        if (!reader.sound()) {
            return fail(LedgerError{ErrorKind::corrupt, 0, "a row that the ledger never wrote"});
        }
        take(Record{std::move(value)});
    }
}

}  // namespace

LedgerResult<void> Store::each_record(const Take& take) {
    auto done = each<IncidentRecord>(
        database_,
        "SELECT id, target, opened_t_us, opened_wall_us, opened_boot, closed_t_us,"
        " closed_wall_us, closed_boot, open, dry_run, level, peak, reason FROM incidents"
        " ORDER BY id",
        read_incident,
        take);
    if (done) {
        done = each<ActionRecord>(
            database_,
            "SELECT sequence, id, coalesce(incident, 0), target, unit, level, remedy_index, kind,"
            " candidate, dry_run, intended_t_us, intended_wall_us, intended_boot, evidence,"
            " operator_uid FROM actions ORDER BY sequence",
            read_action,
            take);
    }
    if (done) {
        done = each<TransitionRecord>(
            database_,
            "SELECT action, at_t_us, at_wall_us, at_boot, state, result, outcome, reason, detail,"
            " took_us FROM action_transitions ORDER BY sequence",
            read_transition,
            take);
    }
    if (done) {
        done = each<DecisionRecord>(
            database_,
            "SELECT coalesce(incident, 0), target, at_t_us, at_wall_us, at_boot, kind, level,"
            " reason, detail, dry_run, action, guards, evidence FROM decisions ORDER BY id",
            read_decision,
            take);
    }
    if (done) {
        done = each<JudgementRecord>(
            database_,
            "SELECT action, action_sequence, incident, target, level, dry_run, digest, judged,"
            " judged_by, reason, uid, at_t_us, at_wall_us, at_boot FROM judgements ORDER BY id",
            read_judgement,
            take);
    }
    if (done) {
        done = each<OperatorRecord>(
            database_,
            "SELECT at_t_us, at_wall_us, at_boot, verb, target, incident, uid, reason, accepted,"
            " message, action, level, label FROM operator_commands ORDER BY id",
            read_operator,
            take);
    }
    return done;
}

}  // namespace primum::ledger

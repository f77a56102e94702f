// SPDX-License-Identifier: MIT
#include "ledger/age.hpp"
#include "ledger/chain.hpp"
#include "ledger/columns.hpp"
#include "ledger/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace primum::ledger {
namespace {

constexpr std::string_view incident_columns =
    "id, target, opened_t_us, opened_wall_us, opened_boot, updated_t_us, updated_wall_us,"
    "updated_boot, closed_t_us, closed_wall_us, closed_boot, open, dry_run, level, peak, phase,"
    "reason, spent, helped, attempts, dry_attempts, exhausted_code,"
    "paged, in_other_hands, held_back_t_us, held_back_wall_us, changes,"
    "sev, sev_since_t_us, sev_since_wall_us, acknowledged_t_us, acknowledged_wall_us, "
    "acknowledged_by, overdue";

constexpr std::string_view action_columns =
    "sequence, id, coalesce(incident, 0), target, unit, level, remedy_index, kind, plan_digest,"
    "dry_run, streak, intended_t_us, intended_wall_us, intended_boot, guards, evidence, state,"
    "result, outcome, ended_t_us, ended_wall_us, ended_boot, candidate,"
    "provider, from_candidate, way_back, operator_uid";

void read_row(RowReader& row, RestoredIncident& value) {
    IncidentRecord& i = value.incident;
    row.read_all(i.id, i.target, value.opened, value.updated, value.closed, i.open, i.dry_run);
    row.read_all(i.level, i.peak, i.phase, i.reason, i.spent, i.helped, i.attempts);
    row.read_all(i.dry_attempts, i.exhausted_code, i.paged, i.in_other_hands);
    i.held_back_since.t = instant_from_us(row.integer());
    i.held_back_since.wall = wall_from_us(row.integer());
    row.read_all(i.changes, i.sev);
    i.sev_since.t = instant_from_us(row.integer());
    i.sev_since.wall = wall_from_us(row.integer());
    i.acknowledged.t = instant_from_us(row.integer());
    i.acknowledged.wall = wall_from_us(row.integer());
    row.read_all(i.acknowledged_by, i.overdue);
    i.opened = value.opened.at;
    i.updated = value.updated.at;
    i.closed = value.closed.at;
}

void read_row(RowReader& row, RestoredAction& value) {
    ActionRecord& a = value.action;
    row.read_all(a.sequence, a.id, a.incident, a.target, a.unit, a.level, a.index, a.kind);
    row.read_all(a.plan_digest, a.dry_run, a.streak, value.intended, a.guards, a.evidence);
    row.read_all(value.state, value.result, value.outcome, value.ended, a.candidate);
    row.read_all(a.provider, a.from, a.way_back, a.operator_uid);
    a.intended = value.intended.at;
}

void read_row(RowReader& row, RestoredHold& value) {
    HoldRecord& h = value.hold;
    row.read_all(h.id, h.target, h.disable, h.uid, h.reason, value.from, value.until, h.released);
    h.from = value.from.at;
    h.until = value.until.at;
}

void read_row(RowReader& row, DecisionRecord& d) {
    StoredStamp at;
    row.read_all(d.incident, d.target, at, d.kind, d.level, d.reason, d.detail, d.dry_run);
    row.read_all(d.action, d.guards, d.evidence);
    d.at = at.at;
}

void read_row(RowReader& row, TransitionRecord& t) {
    StoredStamp at;
    row.read_all(t.action, at, t.state, t.result, t.outcome, t.reason, t.detail, t.took);
    row.read(t.facts);
    t.at = at.at;
}

void read_row(RowReader& row, OperatorRecord& o) {
    StoredStamp at;
    row.read_all(at, o.verb, o.target, o.incident, o.uid, o.reason, o.accepted, o.message);
    row.read_all(o.action, o.level, o.label, o.caller.pid, o.caller.unit, o.caller.session);
    o.at = at.at;
}

void read_row(RowReader& row, BaselineRecord& b) {
    StoredStamp at;
    row.read_all(b.target, b.indicator, b.digest, b.samples, b.state, at);
    b.at = at.at;
}

void read_row(RowReader& row, RestoredBreaker& value) {
    BreakerRecord& b = value.breaker;
    row.read_all(b.target, b.tripped, b.reason, b.detail, b.uid, b.incident, value.at);
    b.at = value.at.at;
}

void read_row(RowReader& row, TrialRecord& t) {
    StoredStamp at;
    row.read_all(t.target, t.level, t.index, t.plan_digest, t.improved, t.unchanged, t.worse);
    row.read_all(t.demoted, at);
    t.at = at.at;
}

void read_row(RowReader& row, RestoredProvider& value) {
    ProviderRecord& p = value.provider;
    row.read_all(p.provider, p.candidate, p.state, p.note, p.current, p.marked, p.uid);
    row.read(p.fell_again);
    p.last_checked.t = instant_from_us(row.integer());
    p.last_checked.wall = wall_from_us(row.integer());
    row.read_all(value.until, value.at);
    p.until = value.until.at;
    p.at = value.at.at;
}

// All rows of a bound statement.
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

std::uint64_t before_of(const Page& page) {
    return page.before == 0 ? static_cast<std::uint64_t>(INT64_MAX) : page.before;
}

std::uint32_t limit_of(const Page& page) {
    return std::min<std::uint32_t>(page.limit, 1'000);
}

}  // namespace

template <class T, class... Values>
LedgerResult<std::vector<T>> Store::select(std::string_view sql, const Values&... values) {
    LedgerResult<Statement*> prepared = statement(sql);
    if (!prepared) {
        return fail(std::move(prepared.error()));
    }
    (*prepared)->reset();
    (*prepared)->bind_all(values...);
    return collect<T>(**prepared);
}

LedgerResult<std::uint64_t> Store::next_id(std::string_view table, std::string_view column) {
    const std::string sql = fmt::format(
        "SELECT 1 + max(coalesce((SELECT max({1}) FROM {0}), 0),"
        "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'last_{0}'), 0))",
        table,
        column);
    auto next = database_.integer(sql);
    if (!next) {
        return fail(std::move(next.error()));
    }
    return static_cast<std::uint64_t>(next->value_or(1));
}

LedgerResult<void> Store::restore_ids(RestoredState& state) {
    auto action = next_id("actions", "sequence");
    auto incident = next_id("incidents", "id");
    auto hold = next_id("holds", "id");
    for (auto* next : {&action, &incident, &hold}) {
        if (!*next) {
            return fail(std::move(next->error()));
        }
    }
    state.next_action = *action;
    state.next_incident = *incident;
    state.next_hold = *hold;
    return {};
}

LedgerResult<RestoredState> Store::restore(Stamp now, bool clock_synchronised) {
    RestoredState state;
    state.boot_id = options_.boot_id;
    state.clock_synchronised = clock_synchronised;
    state.ledger_uuid = uuid_;
    if (auto done = restore_ids(state); !done) {
        return fail(std::move(done.error()));
    }
    const std::string incident_sql = fmt::format(
        "SELECT {0} FROM incidents WHERE open OR id IN (SELECT id FROM incidents WHERE NOT open"
        " AND {1} < ?5 ORDER BY id DESC LIMIT ?6) ORDER BY id",
        incident_columns,
        age_of("closed"));
    // The newest of those that are over, and all that are not: a budget or a cooldown needs the
    // one, an outcome is owed to the other. And the failovers that a failback may have to undo, and
    // those whose way back somebody may have taken meanwhile.
    const std::string action_sql = fmt::format(
        "SELECT {0} FROM action_states s WHERE"
        " (NOT dry_run AND (state IN ('intended', 'started')"
        "  OR (state = 'finished' AND result = 'done')))"
        " OR sequence IN (SELECT sequence FROM actions a WHERE {1} < ?5"
        "  OR EXISTS (SELECT 1 FROM incidents i WHERE i.id = a.incident AND i.open)"
        "  ORDER BY sequence DESC LIMIT ?6)"
        " OR sequence IN (SELECT sequence FROM action_states f WHERE f.provider <> ''"
        "  AND NOT f.dry_run AND f.result = 'done' AND f.state IN ('verified', 'kept')"
        "  ORDER BY sequence DESC LIMIT 64)"
        " OR sequence IN (SELECT sequence FROM action_states w WHERE w.way_back <> 'none'"
        "  AND NOT w.dry_run AND w.state IN ('finished', 'verified', 'kept', 'rollback_failed')"
        "  AND {1} < {2} ORDER BY sequence DESC LIMIT 32)"
        " ORDER BY sequence",
        action_columns,
        age_of("intended"),
        Duration{way_back_kept}.count());
    // A hold of another boot has lasted as long as the wall clock says, and not at all when that
    // is in doubt.
    constexpr std::string_view hold_sql =
        "SELECT * FROM (SELECT * FROM holds WHERE NOT released AND"
        " iif(until_boot = ?1, until_t_us > ?2, iif(?3, until_wall_us > ?4, 1))"
        " ORDER BY id DESC LIMIT ?5) ORDER BY id";
    const std::int64_t t = to_us(now.t);
    const std::int64_t wall = to_us(now.wall);
    const std::int64_t window = budget_window.count();
    const bool sync = clock_synchronised;
    const std::string& boot = options_.boot_id;
    auto incidents = select<RestoredIncident>(
        incident_sql, boot, t, sync, wall, window, options_.restored_incidents);
    if (!incidents) {
        return fail(std::move(incidents.error()));
    }
    auto actions =
        select<RestoredAction>(action_sql, boot, t, sync, wall, window, options_.restored_actions);
    if (!actions) {
        return fail(std::move(actions.error()));
    }
    auto holds = select<RestoredHold>(hold_sql, boot, t, sync, wall, options_.restored_holds);
    if (!holds) {
        return fail(std::move(holds.error()));
    }
    state.incidents = std::move(*incidents);
    state.actions = std::move(*actions);
    state.holds = std::move(*holds);
    if (auto done = restore_learnt(state); !done) {
        return fail(std::move(done.error()));
    }
    return state;
}

LedgerResult<void> Store::restore_learnt(RestoredState& state) {
    const std::uint32_t most = options_.restored_learnt;
    auto baselines =
        select<BaselineRecord>("SELECT * FROM baselines ORDER BY target, indicator LIMIT ?", most);
    if (!baselines) {
        return fail(std::move(baselines.error()));
    }
    auto breakers = select<RestoredBreaker>("SELECT * FROM breakers ORDER BY target LIMIT ?", most);
    if (!breakers) {
        return fail(std::move(breakers.error()));
    }
    auto trials = select<TrialRecord>(
        "SELECT * FROM trials ORDER BY target, level, remedy_index LIMIT ?", most);
    if (!trials) {
        return fail(std::move(trials.error()));
    }
    auto providers = select<RestoredProvider>(
        "SELECT * FROM provider_states ORDER BY provider, candidate LIMIT ?", most);
    if (!providers) {
        return fail(std::move(providers.error()));
    }
    state.providers = std::move(*providers);
    state.baselines = std::move(*baselines);
    state.breakers = std::move(*breakers);
    state.trials = std::move(*trials);
    return restore_precision(state);
}

LedgerResult<std::vector<RestoredIncident>> Store::incidents(Page page) {
    const std::string sql = fmt::format(
        "SELECT {} FROM incidents WHERE id < ? ORDER BY id DESC LIMIT ?", incident_columns);
    return select<RestoredIncident>(sql, before_of(page), limit_of(page));
}

LedgerResult<std::vector<RestoredAction>> Store::actions(Page page) {
    const std::string sql = fmt::format(
        "SELECT {} FROM action_states WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
        action_columns);
    auto actions = select<RestoredAction>(sql, before_of(page), limit_of(page));
    if (!actions) {
        return actions;
    }
    if (auto done = add_judgements(*actions); !done) {
        return fail(std::move(done.error()));
    }
    return actions;
}

// By the id, newest first, until one is too old: the wall clock may have jumped, the id has not.
LedgerResult<std::vector<DecisionRecord>> Store::decisions_since(WallTime since,
                                                                 std::uint32_t limit) {
    auto newest = select<DecisionRecord>(
        "SELECT coalesce(incident, 0), target, at_t_us, at_wall_us, at_boot, kind, level, reason,"
        " detail, dry_run, action, '', evidence FROM (SELECT * FROM decisions ORDER BY id DESC"
        " LIMIT ?) WHERE at_wall_us >= ? ORDER BY id",
        std::uint64_t{limit},
        to_us(since));
    return newest;
}

LedgerResult<std::vector<OperatorRecord>> Store::operator_commands(Page page) {
    return select<OperatorRecord>(
        "SELECT at_t_us, at_wall_us, at_boot, verb, target, incident, uid, reason, accepted,"
        " message, action, level, label, pid, unit, session FROM operator_commands WHERE id < ? "
        "ORDER BY id DESC LIMIT ?",
        before_of(page),
        limit_of(page));
}

LedgerResult<std::optional<IncidentStory>> Store::incident(std::uint64_t id) {
    const std::string incident_sql =
        fmt::format("SELECT {} FROM incidents WHERE id = ?", incident_columns);
    auto found = select<RestoredIncident>(incident_sql, id);
    if (!found) {
        return fail(std::move(found.error()));
    }
    if (found->empty()) {
        return std::optional<IncidentStory>{};
    }
    IncidentStory story;
    story.incident = std::move(found->front());
    // The newest of a story that is too long, in the order they happened.
    auto decisions = select<DecisionRecord>(
        "SELECT coalesce(incident, 0), target, at_t_us, at_wall_us, at_boot, kind, level, reason,"
        " detail, dry_run, action, guards, evidence FROM (SELECT * FROM decisions WHERE"
        " incident = ? ORDER BY id DESC LIMIT 1000) ORDER BY id",
        id);
    if (!decisions) {
        return fail(std::move(decisions.error()));
    }
    const std::string action_sql =
        fmt::format("SELECT {} FROM action_states WHERE incident = ? ORDER BY sequence LIMIT 1000",
                    action_columns);
    auto actions = select<RestoredAction>(action_sql, id);
    if (!actions) {
        return fail(std::move(actions.error()));
    }
    auto transitions = select<TransitionRecord>(
        "SELECT action, at_t_us, at_wall_us, at_boot, state, result, outcome, reason, detail,"
        " took_us, facts FROM action_transitions WHERE action IN (SELECT id FROM actions WHERE"
        " incident = ?) ORDER BY sequence LIMIT 10000",
        id);
    if (!transitions) {
        return fail(std::move(transitions.error()));
    }
    if (auto done = add_judgements(*actions); !done) {
        return fail(std::move(done.error()));
    }
    story.decisions = std::move(*decisions);
    story.actions = std::move(*actions);
    story.transitions = std::move(*transitions);
    return std::optional{std::move(story)};
}

}  // namespace primum::ledger

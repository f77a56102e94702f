// SPDX-License-Identifier: MIT
#include "ledger/schema.hpp"

#include <array>

namespace primum::ledger {
namespace {

// Enumerators are stored by name. A stamp is t_us, wall_us and the boot that t_us belongs to; a
// stamp that is not there is all zero and empty. References are checked at commit, for the records
// of one step come in the engine's order.
constexpr const char* version_1 = R"sql(
CREATE TABLE meta(
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents(
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    opened_t_us INTEGER NOT NULL, opened_wall_us INTEGER NOT NULL, opened_boot TEXT NOT NULL,
    updated_t_us INTEGER NOT NULL, updated_wall_us INTEGER NOT NULL, updated_boot TEXT NOT NULL,
    closed_t_us INTEGER NOT NULL, closed_wall_us INTEGER NOT NULL, closed_boot TEXT NOT NULL,
    open INTEGER NOT NULL,
    dry_run INTEGER NOT NULL,
    level TEXT NOT NULL,
    peak TEXT NOT NULL,
    phase TEXT NOT NULL,
    reason TEXT NOT NULL,
    spent INTEGER NOT NULL,
    helped TEXT NOT NULL,
    attempts TEXT NOT NULL,
    dry_attempts TEXT NOT NULL,
    exhausted_code TEXT NOT NULL,
    paged INTEGER NOT NULL,
    in_other_hands INTEGER NOT NULL
) STRICT;
CREATE INDEX incidents_open ON incidents(id) WHERE open;

CREATE TABLE decisions(
    id INTEGER PRIMARY KEY,
    incident INTEGER REFERENCES incidents(id) DEFERRABLE INITIALLY DEFERRED,
    target TEXT NOT NULL,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    action TEXT NOT NULL,
    guards TEXT NOT NULL,
    evidence TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_incident ON decisions(incident, id);

CREATE TABLE actions(
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    incident INTEGER REFERENCES incidents(id) DEFERRABLE INITIALLY DEFERRED,
    target TEXT NOT NULL,
    unit TEXT NOT NULL,
    level TEXT NOT NULL,
    remedy_index INTEGER NOT NULL,
    kind TEXT NOT NULL,
    plan_digest TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    streak INTEGER NOT NULL,
    intended_t_us INTEGER NOT NULL, intended_wall_us INTEGER NOT NULL, intended_boot TEXT NOT NULL,
    guards TEXT NOT NULL,
    evidence TEXT NOT NULL
) STRICT;
CREATE INDEX actions_incident ON actions(incident, sequence);

CREATE TABLE action_transitions(
    sequence INTEGER PRIMARY KEY,
    action TEXT NOT NULL REFERENCES actions(id) DEFERRABLE INITIALLY DEFERRED,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    took_us INTEGER NOT NULL,
    record_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX action_transitions_action ON action_transitions(action, sequence);

-- Stands for the transitions first..last that retention removed: the hash before and after them.
CREATE TABLE chain_checkpoints(
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    before BLOB NOT NULL,
    after BLOB NOT NULL
) STRICT;

CREATE TRIGGER action_transitions_no_update BEFORE UPDATE ON action_transitions
BEGIN SELECT RAISE(ABORT, 'action_transitions is append-only'); END;
CREATE TRIGGER action_transitions_no_delete BEFORE DELETE ON action_transitions
WHEN NOT EXISTS (SELECT 1 FROM chain_checkpoints WHERE old.sequence BETWEEN first AND last)
BEGIN SELECT RAISE(ABORT, 'action_transitions is append-only'); END;

-- Each action with where it stands: its last state, how it finished, what verification found.
CREATE VIEW action_states AS
SELECT a.*, last.state AS state,
    coalesce(finished.result, 'none') AS result,
    coalesce(verified.outcome, 'none') AS outcome,
    coalesce(finished.at_t_us, 0) AS ended_t_us,
    coalesce(finished.at_wall_us, 0) AS ended_wall_us,
    coalesce(finished.at_boot, '') AS ended_boot
FROM actions a
JOIN action_transitions last ON last.sequence =
    (SELECT max(sequence) FROM action_transitions WHERE action = a.id)
LEFT JOIN action_transitions finished ON finished.sequence =
    (SELECT max(sequence) FROM action_transitions WHERE action = a.id AND state = 'finished')
LEFT JOIN action_transitions verified ON verified.sequence =
    (SELECT max(sequence) FROM action_transitions WHERE action = a.id AND state = 'verified');

CREATE TABLE holds(
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    disable INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    reason TEXT NOT NULL,
    from_t_us INTEGER NOT NULL, from_wall_us INTEGER NOT NULL, from_boot TEXT NOT NULL,
    until_t_us INTEGER NOT NULL, until_wall_us INTEGER NOT NULL, until_boot TEXT NOT NULL,
    released INTEGER NOT NULL
) STRICT;

CREATE TABLE operator_commands(
    id INTEGER PRIMARY KEY,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL,
    verb TEXT NOT NULL,
    target TEXT NOT NULL,
    incident INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    reason TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    message TEXT NOT NULL
) STRICT;

CREATE TABLE provider_states(
    provider TEXT NOT NULL,
    candidate TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    checked_t_us INTEGER NOT NULL, checked_wall_us INTEGER NOT NULL, checked_boot TEXT NOT NULL,
    PRIMARY KEY(provider, candidate)
) STRICT, WITHOUT ROWID;

CREATE TABLE baselines(
    source TEXT NOT NULL,
    series TEXT NOT NULL,
    samples INTEGER NOT NULL,
    state BLOB NOT NULL,
    updated_t_us INTEGER NOT NULL, updated_wall_us INTEGER NOT NULL, updated_boot TEXT NOT NULL,
    PRIMARY KEY(source, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE slots(
    name TEXT PRIMARY KEY,
    action TEXT NOT NULL,
    taken_t_us INTEGER NOT NULL, taken_wall_us INTEGER NOT NULL, taken_boot TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// A baseline belongs to an indicator, whose value may be made of many series. What has been tried
// is counted with its plan, and doing nothing under level 'steady'.
constexpr const char* version_2 = R"sql(
ALTER TABLE incidents ADD COLUMN held_back_t_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN held_back_wall_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;

DROP TABLE baselines;
CREATE TABLE baselines(
    target TEXT NOT NULL,
    indicator TEXT NOT NULL,
    digest TEXT NOT NULL,
    samples INTEGER NOT NULL,
    state TEXT NOT NULL,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL,
    PRIMARY KEY(target, indicator)
) STRICT, WITHOUT ROWID;

CREATE TABLE breakers(
    target TEXT PRIMARY KEY,
    tripped INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    uid INTEGER NOT NULL,
    incident INTEGER NOT NULL,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE trials(
    target TEXT NOT NULL,
    level TEXT NOT NULL,
    remedy_index INTEGER NOT NULL,
    plan_digest TEXT NOT NULL,
    improved INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    worse INTEGER NOT NULL,
    demoted INTEGER NOT NULL,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL,
    PRIMARY KEY(target, level, remedy_index)
) STRICT, WITHOUT ROWID;
)sql";

// What the actuator found and kept stands with the step it was told in.
constexpr const char* version_3 = R"sql(
ALTER TABLE actions ADD COLUMN candidate TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN from_candidate TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN way_back TEXT NOT NULL DEFAULT 'none';
CREATE INDEX actions_failover ON actions(sequence) WHERE provider <> '';
ALTER TABLE action_transitions ADD COLUMN facts TEXT NOT NULL DEFAULT '';

DROP TABLE provider_states;
CREATE TABLE provider_states(
    provider TEXT NOT NULL,
    candidate TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    current INTEGER NOT NULL,
    marked INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    fell_again INTEGER NOT NULL,
    checked_t_us INTEGER NOT NULL, checked_wall_us INTEGER NOT NULL,
    until_t_us INTEGER NOT NULL, until_wall_us INTEGER NOT NULL, until_boot TEXT NOT NULL,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL,
    PRIMARY KEY(provider, candidate)
) STRICT, WITHOUT ROWID;
)sql";

// How grave an incident is, and who has seen it; who a command came from.
constexpr const char* version_4 = R"sql(
ALTER TABLE incidents ADD COLUMN sev TEXT NOT NULL DEFAULT 'SEV-3';
ALTER TABLE incidents ADD COLUMN sev_since_t_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN sev_since_wall_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN acknowledged_t_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN acknowledged_wall_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN acknowledged_by INTEGER NOT NULL DEFAULT 4294967295;
ALTER TABLE incidents ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator_commands ADD COLUMN action TEXT NOT NULL DEFAULT '';
ALTER TABLE operator_commands ADD COLUMN level TEXT NOT NULL DEFAULT 'steady';
ALTER TABLE operator_commands ADD COLUMN label TEXT NOT NULL DEFAULT 'none';
ALTER TABLE operator_commands ADD COLUMN pid INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator_commands ADD COLUMN unit TEXT NOT NULL DEFAULT '';
ALTER TABLE operator_commands ADD COLUMN session TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN operator_uid INTEGER NOT NULL DEFAULT 4294967295;
CREATE INDEX operator_commands_action ON operator_commands(action, id) WHERE action <> '';
)sql";

// What people are still to be told, or are being told: the outbox of the notices.
constexpr const char* version_5 = R"sql(
CREATE TABLE notices(
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// Whether actions were called for, each judgement a row; and how often each rung was right.
constexpr const char* version_6 = R"sql(
CREATE TABLE judgements(
    id INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    action_sequence INTEGER NOT NULL,
    incident INTEGER NOT NULL,
    target TEXT NOT NULL,
    level TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    digest TEXT NOT NULL,
    judged TEXT NOT NULL,
    judged_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    uid INTEGER NOT NULL,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL
) STRICT;
CREATE INDEX judgements_action ON judgements(action_sequence, id);
CREATE TRIGGER judgements_no_update BEFORE UPDATE ON judgements
BEGIN SELECT RAISE(ABORT, 'judgements is append-only'); END;
CREATE TRIGGER judgements_no_delete BEFORE DELETE ON judgements
WHEN EXISTS (SELECT 1 FROM actions WHERE sequence = old.action_sequence)
BEGIN SELECT RAISE(ABORT, 'judgements is append-only'); END;

CREATE TABLE precision(
    target TEXT NOT NULL,
    level TEXT NOT NULL,
    digest TEXT NOT NULL,
    first_action INTEGER NOT NULL,
    detected INTEGER NOT NULL,
    would_act INTEGER NOT NULL,
    acted INTEGER NOT NULL,
    justified INTEGER NOT NULL,
    unjustified INTEGER NOT NULL,
    recovered_anyway INTEGER NOT NULL,
    labelled INTEGER NOT NULL,
    since_t_us INTEGER NOT NULL, since_wall_us INTEGER NOT NULL,
    at_t_us INTEGER NOT NULL, at_wall_us INTEGER NOT NULL, at_boot TEXT NOT NULL,
    PRIMARY KEY(target, level)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array<const char*, 6> migrations{
    version_1, version_2, version_3, version_4, version_5, version_6};

}  // namespace

std::span<const char* const> schema_migrations() {
    return migrations;
}

}  // namespace primum::ledger

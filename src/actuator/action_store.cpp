// SPDX-License-Identifier: MIT
#include "actuator/action_store.hpp"

#include "actuator/lines.hpp"

#include <primum/names.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace primum::actuator {
namespace {

constexpr std::array<const char*, 3> migrations{
    R"sql(
CREATE TABLE actions (
  id                TEXT PRIMARY KEY,
  state             TEXT NOT NULL CHECK (state IN ('started', 'finished', 'tombstone')),
  target            TEXT NOT NULL,
  unit              TEXT NOT NULL,
  level             TEXT NOT NULL,
  kind              TEXT NOT NULL,
  operator_uid      INTEGER NOT NULL,
  boot_id           TEXT NOT NULL,
  started_us        INTEGER NOT NULL,
  started_wall_us   INTEGER NOT NULL,
  finished_us       INTEGER NOT NULL,
  finished_wall_us  INTEGER NOT NULL,
  timeout_us        INTEGER NOT NULL,
  invocation_before TEXT NOT NULL,
  invocation_after  TEXT NOT NULL,
  job               TEXT NOT NULL,
  result            TEXT NOT NULL,
  refusal           TEXT NOT NULL,
  detail            TEXT NOT NULL,
  late_result       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_by_state ON actions (state);
CREATE INDEX actions_by_start ON actions (started_wall_us);
)sql",
    // What an earlier version started may have had its effect.
    R"sql(
ALTER TABLE actions ADD COLUMN acting        INTEGER NOT NULL DEFAULT 1;
ALTER TABLE actions ADD COLUMN order_text    TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN way_back      TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN evidence      TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN snapshots     TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN stored_before INTEGER NOT NULL DEFAULT 4294967295;
ALTER TABLE actions ADD COLUMN stored_after  INTEGER NOT NULL DEFAULT 4294967295;
ALTER TABLE actions ADD COLUMN lost_state    INTEGER NOT NULL DEFAULT 0;
CREATE TABLE rollbacks (
  action            TEXT PRIMARY KEY REFERENCES actions (id) ON DELETE CASCADE,
  state             TEXT NOT NULL CHECK (state IN ('started', 'done', 'failed')),
  acting            INTEGER NOT NULL,
  code              TEXT NOT NULL,
  detail            TEXT NOT NULL,
  conflict          TEXT NOT NULL,
  invocation_before TEXT NOT NULL,
  boot_id           TEXT NOT NULL,
  started_us        INTEGER NOT NULL,
  started_wall_us   INTEGER NOT NULL,
  finished_us       INTEGER NOT NULL,
  finished_wall_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rollbacks_by_state ON rollbacks (state);
)sql",
    R"sql(
CREATE TABLE probes (
  id    INTEGER PRIMARY KEY CHECK (id = 0),
  count INTEGER NOT NULL
) STRICT;
)sql"};

constexpr std::array<std::string_view, 3> state_names{"started", "finished", "tombstone"};

constexpr std::string_view columns =
    "id, state, target, unit, level, kind, operator_uid, boot_id, started_us, started_wall_us, "
    "finished_us, finished_wall_us, timeout_us, invocation_before, invocation_after, job, result, "
    "refusal, detail, late_result, acting, order_text, way_back, evidence, snapshots, "
    "stored_before, stored_after, lost_state";

auto failed(const ledger::LedgerError& error) {
    return fail(StoreError{error.message, error.kind == ledger::ErrorKind::refused});
}

std::string select(std::string_view where) {
    return "SELECT " + std::string(columns) + " FROM actions WHERE " + std::string(where);
}

StoredState state_of(std::string_view name) {
    for (std::size_t i = 0; i < state_names.size(); ++i) {
        if (state_names[i] == name) {
            return static_cast<StoredState>(i);
        }
    }
    return StoredState::tombstone;  // the schema's CHECK allows no other
}

Stamp stamp(std::int64_t t_us, std::int64_t wall_us) {
    return {instant_from_us(t_us), wall_from_us(wall_us)};
}

StoredAction row_of(const ledger::Statement& row) {
    StoredAction action;
    action.id = row.text(0);
    action.state = state_of(row.text(1));
    action.target = row.text(2);
    action.unit = row.text(3);
    action.level = from_name<Level>(row.text(4)).value_or(Level::retry);
    action.kind = from_name<RemedyKind>(row.text(5)).value_or(RemedyKind::restart);
    action.operator_uid = static_cast<std::uint32_t>(row.integer(6));
    action.boot_id = row.text(7);
    action.started = stamp(row.integer(8), row.integer(9));
    action.finished = stamp(row.integer(10), row.integer(11));
    action.timeout = Duration{row.integer(12)};
    action.invocation_before = row.text(13);
    action.invocation_after = row.text(14);
    action.job = row.text(15);
    action.result = from_name<ActionResult>(row.text(16)).value_or(ActionResult::ambiguous);
    action.refusal = from_name<Refusal>(row.text(17)).value_or(Refusal::none);
    action.detail = row.text(18);
    action.late_result = row.text(19);
    action.acting = row.integer(20) != 0;
    action.order = row.text(21);
    action.way_back = row.text(22);
    action.facts.evidence = row.text(23);
    action.facts.snapshots = lines_of(row.text(24));
    action.facts.stored_before = static_cast<std::uint32_t>(row.integer(25));
    action.facts.stored_after = static_cast<std::uint32_t>(row.integer(26));
    action.facts.lost_state = row.integer(27) != 0;
    return action;
}

StoreResult<void> done(const ledger::LedgerResult<void>& ran) {
    return ran.has_value() ? StoreResult<void>{} : failed(ran.error());
}

}  // namespace

StoreResult<ActionStore> ActionStore::open(const std::string& path,
                                           std::string boot_id,
                                           const std::string& vfs) {
    ledger::OpenOptions options;
    options.vfs = vfs;
    auto database = ledger::Database::open(path, options);
    if (!database.has_value()) {
        return failed(database.error());
    }
    const auto migrated = database->migrate(migrations);
    if (!migrated.has_value()) {
        return failed(migrated.error());
    }
    return ActionStore{std::move(*database), std::move(boot_id)};
}

StoreResult<std::vector<StoredAction>> ActionStore::read(ledger::Statement& statement) {
    std::vector<StoredAction> actions;
    for (;;) {
        const auto more = statement.step();
        if (!more.has_value()) {
            return failed(more.error());
        }
        if (!*more) {
            return actions;
        }
        actions.push_back(row_of(statement));
    }
}

StoreResult<void> ActionStore::probe() {
    auto statement = database_.prepare(
        "INSERT INTO probes VALUES (0, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    const auto ran = statement->run();
    return ran.has_value() ? StoreResult<void>{} : failed(ran.error());
}

StoreResult<std::optional<StoredAction>> ActionStore::find(const std::string& id) {
    auto statement = database_.prepare(select("id = ?1"));
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(id);
    auto rows = read(*statement);
    if (!rows.has_value()) {
        return fail(rows.error());
    }
    return rows->empty() ? std::optional<StoredAction>{} : std::move(rows->front());
}

StoreResult<std::vector<StoredAction>> ActionStore::unfinished() {
    auto statement = database_.prepare(select("state = 'started' ORDER BY id"));
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    return read(*statement);
}

StoreResult<std::optional<StoredAction>> ActionStore::latest_on(const std::string& unit) {
    auto statement = database_.prepare(
        select("unit = ?1 AND boot_id = ?2 AND state <> 'tombstone' AND refusal = 'none' "
               "ORDER BY started_us DESC LIMIT 1"));
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(unit, boot_id_);
    auto rows = read(*statement);
    if (!rows.has_value()) {
        return fail(rows.error());
    }
    return rows->empty() ? std::optional<StoredAction>{} : std::move(rows->front());
}

StoreResult<void> ActionStore::start(const StoredAction& action) {
    auto statement = database_.prepare("INSERT INTO actions (" + std::string(columns) +
                                       ") VALUES (?1, 'started', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                                       "0, 0, ?10, ?11, '', '', 'none', 'none', '', '', 0, ?12, "
                                       "'', '', '', 4294967295, 4294967295, 0)");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(action.id,
                        action.target,
                        action.unit,
                        name_of(action.level),
                        name_of(action.kind),
                        action.operator_uid,
                        boot_id_,
                        to_us(action.started.t),
                        to_us(action.started.wall),
                        std::int64_t{action.timeout.count()},
                        action.invocation_before,
                        action.order);
    return done(statement->run());
}

StoreResult<void> ActionStore::begin(const std::string& id,
                                     const std::string& way_back,
                                     const ActionFacts& facts) {
    auto statement = database_.prepare(
        "UPDATE actions SET acting = 1, way_back = ?2, evidence = ?3, snapshots = ?4, "
        "stored_before = ?5 WHERE id = ?1 AND state = 'started'");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(
        id, way_back, facts.evidence, as_lines(facts.snapshots), facts.stored_before);
    const auto ran = statement->run();
    if (ran.has_value() && database_.changes() != 1) {
        return fail(StoreError{"the action is not there, or has an end", true});
    }
    return done(ran);
}

StoreResult<void> ActionStore::note_job(const std::string& id, const std::string& job) {
    auto statement = database_.prepare("UPDATE actions SET job = ?2 WHERE id = ?1");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(id, job);
    return done(statement->run());
}

StoreResult<void> ActionStore::finish(const std::string& id, const ActionEnd& end) {
    auto statement = database_.prepare(
        "UPDATE actions SET state = 'finished', finished_us = ?2, finished_wall_us = ?3, "
        "invocation_after = ?4, result = ?5, refusal = ?6, detail = ?7, evidence = ?8, "
        "snapshots = ?9, stored_before = ?10, stored_after = ?11, lost_state = ?12 "
        "WHERE id = ?1 AND state = 'started'");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(id,
                        to_us(end.at.t),
                        to_us(end.at.wall),
                        end.invocation_after,
                        name_of(end.result),
                        name_of(end.refusal),
                        end.detail,
                        end.facts.evidence,
                        as_lines(end.facts.snapshots),
                        end.facts.stored_before,
                        end.facts.stored_after,
                        end.facts.lost_state);
    return done(statement->run());
}

StoreResult<void> ActionStore::note_late(const std::string& id, const std::string& late_result) {
    auto statement = database_.prepare("UPDATE actions SET late_result = ?2 WHERE id = ?1");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(id, late_result);
    return done(statement->run());
}

StoreResult<void> ActionStore::bury(const std::string& id, Stamp at) {
    auto statement = database_.prepare("INSERT OR IGNORE INTO actions (" + std::string(columns) +
                                       ") VALUES (?1, 'tombstone', '', '', 'steady', '', 0, ?2, "
                                       "?3, ?4, ?3, ?4, 0, '', '', '', 'none', 'none', '', '', 0, "
                                       "'', '', '', '', 4294967295, 4294967295, 0)");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(id, boot_id_, to_us(at.t), to_us(at.wall));
    return done(statement->run());
}

StoreResult<std::uint32_t> ActionStore::count(Duration per,
                                              Stamp now,
                                              const std::string& target,
                                              std::optional<Level> level) {
    // What was refused after its start (nothing was done) counts too: an intent is an intent.
    auto statement = database_.prepare(
        "SELECT count(*) FROM actions WHERE state <> 'tombstone' "
        "AND ((boot_id = ?1 AND started_us > ?2) OR (boot_id <> ?1 AND started_wall_us > ?3)) "
        "AND (?4 = '' OR target = ?4) AND (?5 = '' OR level = ?5)");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(boot_id_,
                        to_us(now.t - per),
                        to_us(now.wall - per),
                        target,
                        level.has_value() ? name_of(*level) : std::string_view{});
    const auto row = statement->step();
    if (!row.has_value()) {
        return failed(row.error());
    }
    return static_cast<std::uint32_t>(statement->integer(0));
}

StoreResult<std::uint32_t> ActionStore::count_buried(Duration per, Stamp now) {
    auto statement = database_.prepare(
        "SELECT count(*) FROM actions WHERE state = 'tombstone' "
        "AND ((boot_id = ?1 AND started_us > ?2) OR (boot_id <> ?1 AND started_wall_us > ?3))");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(boot_id_, to_us(now.t - per), to_us(now.wall - per));
    const auto row = statement->step();
    if (!row.has_value()) {
        return failed(row.error());
    }
    return static_cast<std::uint32_t>(statement->integer(0));
}

StoreResult<void> ActionStore::prune(Duration keep, Stamp now) {
    auto statement = database_.prepare(
        "DELETE FROM actions WHERE state <> 'started' "
        "AND ((boot_id = ?1 AND finished_us <= ?2) OR (boot_id <> ?1 AND finished_wall_us <= ?3)) "
        "AND id NOT IN (SELECT action FROM rollbacks WHERE state = 'started')");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(boot_id_, to_us(now.t - keep), to_us(now.wall - keep));
    return done(statement->run());
}

StoreResult<ActionStore*> LazyStore::get() {
    if (!store_.has_value()) {
        auto opened = ActionStore::open(path_, boot_id_, vfs_);
        if (!opened.has_value()) {
            return fail(StoreError{"the actuator's database " + path_ +
                                   " cannot be used: " + opened.error().message});
        }
        store_.emplace(std::move(*opened));
    }
    return &*store_;
}

}  // namespace primum::actuator

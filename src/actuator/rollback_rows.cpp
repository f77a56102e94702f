// SPDX-License-Identifier: MIT
#include "actuator/action_store.hpp"
#include "actuator/lines.hpp"
#include "remedy/way_back.hpp"

#include <primum/names.hpp>

#include <array>

namespace primum::actuator {
namespace {

constexpr std::array<std::string_view, 3> state_names{"started", "done", "failed"};

auto failed(const ledger::LedgerError& error) {
    return fail(StoreError{error.message, error.kind == ledger::ErrorKind::refused});
}

StoredRollback row_of(const ledger::Statement& row) {
    StoredRollback rollback;
    rollback.action = row.text(0);
    rollback.state = row.text(1) == state_names[0]   ? RollbackState::started
                     : row.text(1) == state_names[1] ? RollbackState::done
                                                     : RollbackState::failed;
    rollback.acting = row.integer(2) != 0;
    rollback.code = from_name<Refusal>(row.text(3)).value_or(Refusal::none);
    rollback.detail = row.text(4);
    rollback.conflict = row.text(5);
    rollback.invocation_before = row.text(6);
    rollback.boot_id = row.text(7);
    rollback.started = {instant_from_us(row.integer(8)), wall_from_us(row.integer(9))};
    rollback.finished = {instant_from_us(row.integer(10)), wall_from_us(row.integer(11))};
    return rollback;
}

// The snapshots of one action; false: its way back cannot be read.
bool add_needed(std::set<std::string>& needed,
                std::string_view way_back,
                const std::vector<std::string>& snapshots) {
    needed.insert(snapshots.begin(), snapshots.end());
    if (way_back.empty()) {
        return true;
    }
    const auto record = remedy::read_way_back(way_back);
    if (!record.has_value()) {
        return false;
    }
    for (const auto& file : record->files) {
        needed.insert(file.before);
        needed.insert(file.after);
    }
    return true;
}

}  // namespace

StoreResult<std::vector<StoredRollback>> ActionStore::read_rollbacks(std::string_view where,
                                                                     const std::string& action) {
    auto statement = database_.prepare(
        "SELECT action, state, acting, code, detail, conflict, invocation_before, boot_id, "
        "started_us, started_wall_us, finished_us, finished_wall_us FROM rollbacks WHERE " +
        std::string(where));
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(action);
    std::vector<StoredRollback> rollbacks;
    for (;;) {
        const auto more = statement->step();
        if (!more.has_value()) {
            return failed(more.error());
        }
        if (!*more) {
            return rollbacks;
        }
        rollbacks.push_back(row_of(*statement));
    }
}

StoreResult<std::optional<StoredRollback>> ActionStore::find_rollback(const std::string& action) {
    auto rows = read_rollbacks("action = ?1", action);
    if (!rows.has_value()) {
        return fail(rows.error());
    }
    return rows->empty() ? std::optional<StoredRollback>{} : std::move(rows->front());
}

StoreResult<std::vector<StoredRollback>> ActionStore::unfinished_rollbacks() {
    return read_rollbacks("state = 'started' AND ?1 = '' ORDER BY action", {});
}

StoreResult<void> ActionStore::put_rollback(const StoredRollback& rollback) {
    auto statement = database_.prepare(
        "INSERT INTO rollbacks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
        "ON CONFLICT (action) DO UPDATE SET state = excluded.state, acting = excluded.acting, "
        "code = excluded.code, detail = excluded.detail, conflict = excluded.conflict, "
        "invocation_before = excluded.invocation_before, boot_id = excluded.boot_id, "
        "started_us = excluded.started_us, started_wall_us = excluded.started_wall_us, "
        "finished_us = excluded.finished_us, finished_wall_us = excluded.finished_wall_us "
        "WHERE state = 'started' OR (state = 'failed' AND acting = 0)");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(rollback.action,
                        state_names[static_cast<std::size_t>(rollback.state)],
                        rollback.acting,
                        name_of(rollback.code),
                        rollback.detail,
                        rollback.conflict,
                        rollback.invocation_before,
                        boot_id_,
                        to_us(rollback.started.t),
                        to_us(rollback.started.wall),
                        to_us(rollback.finished.t),
                        to_us(rollback.finished.wall));
    const auto ran = statement->run();
    if (!ran.has_value()) {
        return failed(ran.error());
    }
    if (database_.changes() != 1) {
        return fail(StoreError{"the rollback has an end", true});
    }
    return {};
}

StoreResult<std::optional<std::set<std::string>>> ActionStore::needed_snapshots(Stamp now) {
    auto statement = database_.prepare(
        "SELECT way_back, snapshots FROM actions WHERE state = 'started' "
        "OR id IN (SELECT action FROM rollbacks WHERE state = 'started') "
        "OR (state = 'finished' AND ((boot_id = ?1 AND started_us > ?2) OR "
        "(boot_id <> ?1 AND started_wall_us > ?3)) "
        "AND id NOT IN (SELECT action FROM rollbacks WHERE state = 'done'))");
    if (!statement.has_value()) {
        return failed(statement.error());
    }
    statement->bind_all(boot_id_, to_us(now.t - way_back_kept), to_us(now.wall - way_back_kept));
    std::set<std::string> needed;
    for (;;) {
        const auto more = statement->step();
        if (!more.has_value()) {
            return failed(more.error());
        }
        if (!*more) {
            needed.erase("");
            return std::optional{std::move(needed)};
        }
        if (!add_needed(needed, statement->text(0), lines_of(statement->text(1)))) {
            return std::optional<std::set<std::string>>{};
        }
    }
}

}  // namespace primum::actuator

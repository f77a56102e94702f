// SPDX-License-Identifier: MIT
#include "ledger/store.hpp"

#include "ledger/chain.hpp"
#include "ledger/columns.hpp"
#include "ledger/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <variant>

#include <sys/random.h>

namespace primum::ledger {
namespace {

// A random UUID (RFC 4122, version 4).
LedgerResult<std::string> make_uuid() {
    std::array<std::byte, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return fail(LedgerError{ErrorKind::io, 0, "no random numbers to be had"});
    }
    bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
    bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
    std::string text = to_hex(bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
        text.insert(dash, 1, '-');
    }
    return text;
}

std::string advice(const LedgerError& error) {
    switch (error.kind) {
        case ErrorKind::corrupt:
            return ": it was left as it is; move it aside to begin a new one";
        case ErrorKind::locked:
            return ": another process has it open";
        case ErrorKind::io:
            return ": check the disk and the directory";
        default:
            return "";
    }
}

}  // namespace

LedgerResult<Store> Store::open(StoreOptions options) {
    const OpenOptions how{options.vfs, true, 512, options.checkpoint_pages};
    LedgerResult<Database> database = Database::open(options.path, how);
    if (!database) {
        LedgerError error = std::move(database.error());
        error.message = fmt::format("ledger {}{}", error.message, advice(error));
        return fail(std::move(error));
    }
    Store store{std::move(options), std::move(*database)};
    auto ready = store.database_.migrate(schema_migrations());
    if (ready) {
        ready = store.load_uuid();
    }
    if (!ready) {
        LedgerError error = std::move(ready.error());
        error.message =
            fmt::format("ledger {}: {}{}", store.options_.path, error.message, advice(error));
        return fail(std::move(error));
    }
    return store;
}

LedgerResult<void> Store::load_uuid() {
    auto found = database_.prepare("SELECT value FROM meta WHERE name = 'uuid'");
    if (!found) {
        return fail(std::move(found.error()));
    }
    auto row = found->step();
    if (!row) {
        return fail(std::move(row.error()));
    }
    if (*row) {
        uuid_.assign(found->text(0));
        return {};
    }
    LedgerResult<std::string> minted = make_uuid();
    if (!minted) {
        return fail(std::move(minted.error()));
    }
    auto insert = database_.prepare("INSERT INTO meta(name, value) VALUES('uuid', ?)");
    if (!insert) {
        return fail(std::move(insert.error()));
    }
    auto done = insert->bind_all(*minted).run();
    if (done) {
        uuid_ = std::move(*minted);
    }
    return done;
}

LedgerResult<Statement*> Store::statement(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        LedgerResult<Statement> made = database_.prepare(sql);
        if (!made) {
            return fail(std::move(made.error()));
        }
        found = statements_.emplace(std::string{sql}, std::move(*made)).first;
    }
    return &found->second;
}

LedgerResult<void> Store::append(std::span<const Record> records,
                                 std::span<const KeptNotice> notices) {
    LedgerResult<Transaction> transaction = Transaction::begin(database_);
    if (!transaction) {
        return fail(std::move(transaction.error()));
    }
    for (const Record& record : records) {
        auto done = std::visit([this](const auto& item) { return put(item); }, record);
        if (!done) {
            return done;
        }
    }
    for (const KeptNotice& notice : notices) {
        if (auto done = put(notice); !done) {
            return done;
        }
    }
    return transaction->commit();
}

LedgerResult<void> Store::keep_rules(const std::string& text) {
    return execute(
        "INSERT INTO meta VALUES('rules', ?) ON CONFLICT(name) DO UPDATE SET"
        " value = excluded.value",
        text);
}

LedgerResult<std::optional<std::string>> Store::kept_rules() {
    auto found = database_.prepare("SELECT value FROM meta WHERE name = 'rules'");
    if (!found) {
        return fail(std::move(found.error()));
    }
    auto row = found->step();
    if (!row) {
        return fail(std::move(row.error()));
    }
    return *row ? std::optional{std::string{found->text(0)}} : std::nullopt;
}

LedgerResult<void> Store::probe() {
    return execute(
        "INSERT INTO meta VALUES('probe', '1') ON CONFLICT(name) DO UPDATE SET"
        " value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)");
}

// A moment that was written once keeps the boot it was written in, as long as it is the same one.
LedgerResult<void> Store::put(const IncidentRecord& record) {
    constexpr std::string_view sql = R"sql(
INSERT INTO incidents VALUES(?1, ?2, ?3, ?4, ?18, ?5, ?6, ?18, ?7, ?8, ?19,
    ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?20, ?21, ?22, ?23, ?24, ?25, ?26,
    ?27, ?28, ?29, ?30, ?31, ?32, ?33)
ON CONFLICT(id) DO UPDATE SET
    target = excluded.target,
    updated_t_us = excluded.updated_t_us,
    updated_wall_us = excluded.updated_wall_us,
    updated_boot = excluded.updated_boot,
    closed_t_us = iif(closed_wall_us = excluded.closed_wall_us, closed_t_us, excluded.closed_t_us),
    closed_boot = iif(closed_wall_us = excluded.closed_wall_us, closed_boot, excluded.closed_boot),
    closed_wall_us = excluded.closed_wall_us,
    open = excluded.open, dry_run = excluded.dry_run, level = excluded.level,
    peak = excluded.peak, phase = excluded.phase, reason = excluded.reason,
    spent = excluded.spent, helped = excluded.helped, attempts = excluded.attempts,
    dry_attempts = excluded.dry_attempts, exhausted_code = excluded.exhausted_code,
    paged = excluded.paged, in_other_hands = excluded.in_other_hands,
    held_back_t_us = excluded.held_back_t_us, held_back_wall_us = excluded.held_back_wall_us,
    changes = excluded.changes, sev = excluded.sev,
    sev_since_t_us = excluded.sev_since_t_us, sev_since_wall_us = excluded.sev_since_wall_us,
    acknowledged_t_us = excluded.acknowledged_t_us,
    acknowledged_wall_us = excluded.acknowledged_wall_us,
    acknowledged_by = excluded.acknowledged_by, overdue = excluded.overdue
)sql";
    const bool closed = record.closed != Stamp{};
    return execute(sql,
                   record.id,
                   record.target,
                   to_us(record.opened.t),
                   to_us(record.opened.wall),
                   to_us(record.updated.t),
                   to_us(record.updated.wall),
                   to_us(record.closed.t),
                   to_us(record.closed.wall),
                   record.open,
                   record.dry_run,
                   name_of(record.level),
                   name_of(record.peak),
                   name_of(record.phase),
                   record.reason,
                   std::uint32_t{record.spent},
                   name_of(record.helped),
                   pack(record.attempts),
                   options_.boot_id,
                   closed ? options_.boot_id : std::string{},
                   pack(record.dry_attempts),
                   record.exhausted_code,
                   record.paged,
                   record.in_other_hands,
                   to_us(record.held_back_since.t),
                   to_us(record.held_back_since.wall),
                   record.changes,
                   name_of(record.sev),
                   to_us(record.sev_since.t),
                   to_us(record.sev_since.wall),
                   to_us(record.acknowledged.t),
                   to_us(record.acknowledged.wall),
                   record.acknowledged_by,
                   record.overdue);
}

LedgerResult<void> Store::put(const DecisionRecord& record) {
    constexpr std::string_view sql = R"sql(
INSERT INTO decisions VALUES(NULL, nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
    ?13)
)sql";
    return execute(sql,
                   record.incident,
                   record.target,
                   to_us(record.at.t),
                   to_us(record.at.wall),
                   options_.boot_id,
                   name_of(record.kind),
                   name_of(record.level),
                   record.reason,
                   record.detail,
                   record.dry_run,
                   record.action,
                   pack(record.guards),
                   pack(record.evidence));
}

LedgerResult<void> Store::put(const ActionRecord& record) {
    constexpr std::string_view sql = R"sql(
INSERT INTO actions VALUES(?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
    ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
)sql";
    auto done = execute(sql,
                        record.sequence,
                        record.id,
                        record.incident,
                        record.target,
                        record.unit,
                        name_of(record.level),
                        record.index,
                        record.kind,
                        record.plan_digest,
                        record.dry_run,
                        record.streak,
                        to_us(record.intended.t),
                        to_us(record.intended.wall),
                        options_.boot_id,
                        pack(record.guards),
                        pack(record.evidence),
                        record.candidate,
                        record.provider,
                        record.from,
                        name_of(record.way_back),
                        record.operator_uid);
    if (!done) {
        return done;
    }
    TransitionRecord intent;
    intent.action = record.id;
    intent.at = record.intended;
    intent.state = ActionState::intended;
    return put_transition(intent, record_hash(record, options_.boot_id));
}

LedgerResult<void> Store::put(const TransitionRecord& record) {
    return put_transition(record, Sha256{});
}

LedgerResult<void> Store::put_transition(const TransitionRecord& record, const Sha256& intent) {
    auto last =
        statement("SELECT sequence, hash FROM action_transitions ORDER BY sequence DESC LIMIT 1");
    if (!last) {
        return fail(std::move(last.error()));
    }
    auto found = (*last)->step();
    if (!found) {
        return fail(std::move(found.error()));
    }
    ChainRow row{1, record, options_.boot_id, intent};
    std::vector<std::byte> previous;
    if (*found) {
        row.sequence = (*last)->integer(0) + 1;
        const Blob hash = (*last)->blob(1);
        previous.assign(hash.begin(), hash.end());
        (*last)->reset();
    }
    const Sha256 hash = chain_hash(previous, row);
    return execute(
        "INSERT INTO action_transitions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.sequence,
        record.action,
        to_us(record.at.t),
        to_us(record.at.wall),
        options_.boot_id,
        name_of(record.state),
        name_of(record.result),
        name_of(record.outcome),
        record.reason,
        record.detail,
        std::int64_t{record.took.count()},
        Blob{intent},
        Blob{hash},
        pack(record.facts));
}

LedgerResult<void> Store::put(const HoldRecord& record) {
    constexpr std::string_view sql = R"sql(
INSERT INTO holds VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?10, ?8, ?9, ?10, ?11)
ON CONFLICT(id) DO UPDATE SET
    reason = excluded.reason,
    until_t_us = iif(until_wall_us = excluded.until_wall_us, until_t_us, excluded.until_t_us),
    until_boot = iif(until_wall_us = excluded.until_wall_us, until_boot, excluded.until_boot),
    until_wall_us = excluded.until_wall_us,
    released = excluded.released
)sql";
    return execute(sql,
                   record.id,
                   record.target,
                   record.disable,
                   record.uid,
                   record.reason,
                   to_us(record.from.t),
                   to_us(record.from.wall),
                   to_us(record.until.t),
                   to_us(record.until.wall),
                   options_.boot_id,
                   record.released);
}

LedgerResult<void> Store::put(const OperatorRecord& record) {
    return execute(
        "INSERT INTO operator_commands"
        " VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        to_us(record.at.t),
        to_us(record.at.wall),
        options_.boot_id,
        record.verb,
        record.target,
        record.incident,
        record.uid,
        record.reason,
        record.accepted,
        record.message,
        record.action,
        name_of(record.level),
        name_of(record.label),
        record.caller.pid,
        record.caller.unit,
        record.caller.session);
}

LedgerResult<void> Store::put(const BaselineRecord& record) {
    return execute("INSERT OR REPLACE INTO baselines VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                   record.target,
                   record.indicator,
                   record.digest,
                   record.samples,
                   record.state,
                   to_us(record.at.t),
                   to_us(record.at.wall),
                   options_.boot_id);
}

LedgerResult<void> Store::put(const BreakerRecord& record) {
    return execute("INSERT OR REPLACE INTO breakers VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   record.target,
                   record.tripped,
                   record.reason,
                   record.detail,
                   record.uid,
                   record.incident,
                   to_us(record.at.t),
                   to_us(record.at.wall),
                   options_.boot_id);
}

LedgerResult<void> Store::put(const TrialRecord& record) {
    return execute("INSERT OR REPLACE INTO trials VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   record.target,
                   name_of(record.level),
                   record.index,
                   record.plan_digest,
                   record.improved,
                   record.unchanged,
                   record.worse,
                   record.demoted,
                   to_us(record.at.t),
                   to_us(record.at.wall),
                   options_.boot_id);
}

// A mark keeps the boot it was made in, as long as it is the same one.
LedgerResult<void> Store::put(const ProviderRecord& record) {
    constexpr std::string_view sql = R"sql(
INSERT INTO provider_states VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?15, ?13,
    ?14, ?15)
ON CONFLICT(provider, candidate) DO UPDATE SET
    state = excluded.state, note = excluded.note, current = excluded.current,
    marked = excluded.marked, uid = excluded.uid, fell_again = excluded.fell_again,
    checked_t_us = excluded.checked_t_us, checked_wall_us = excluded.checked_wall_us,
    until_t_us = iif(until_wall_us = excluded.until_wall_us, until_t_us, excluded.until_t_us),
    until_boot = iif(until_wall_us = excluded.until_wall_us, until_boot, excluded.until_boot),
    until_wall_us = excluded.until_wall_us,
    at_t_us = excluded.at_t_us, at_wall_us = excluded.at_wall_us, at_boot = excluded.at_boot
)sql";
    return execute(sql,
                   record.provider,
                   record.candidate,
                   name_of(record.state),
                   record.note,
                   record.current,
                   record.marked,
                   record.uid,
                   record.fell_again,
                   to_us(record.last_checked.t),
                   to_us(record.last_checked.wall),
                   to_us(record.until.t),
                   to_us(record.until.wall),
                   to_us(record.at.t),
                   to_us(record.at.wall),
                   options_.boot_id);
}

}  // namespace primum::ledger

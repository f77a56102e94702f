// SPDX-License-Identifier: MIT
#include "ledger/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <climits>

#include <gcrypt.h>

namespace primum::ledger {
namespace {

ErrorKind kind_of(int code) {
    switch (code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return ErrorKind::locked;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorKind::corrupt;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG:
            return ErrorKind::refused;
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_NOMEM:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_PROTOCOL:
        case SQLITE_NOLFS:
        case SQLITE_INTERRUPT:
        case SQLITE_ABORT:
            return ErrorKind::io;
        default:
            return ErrorKind::misuse;
    }
}

LedgerError error_of(sqlite3* handle, int code) {
    if (handle == nullptr) {
        return {kind_of(code), code, sqlite3_errstr(code)};
    }
    // A sticky bind error is not the handle's last one.
    const bool last = (sqlite3_errcode(handle) & 0xFF) == (code & 0xFF);
    return {kind_of(code), code, last ? sqlite3_errmsg(handle) : sqlite3_errstr(code)};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

void Statement::keep(int code) {
    if (bind_code_ == SQLITE_OK) {
        bind_code_ = code;
    }
}

Statement& Statement::bind(int index, std::int64_t value) {
    keep(sqlite3_bind_int64(statement_.get(), index, value));
    return *this;
}

Statement& Statement::bind(int index, std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) {
        keep(SQLITE_TOOBIG);
        return *this;
    }
    return bind(index, static_cast<std::int64_t>(value));
}

Statement& Statement::bind(int index, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    keep(sqlite3_bind_text64(
        statement_.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(int index, Blob blob) {
    const void* data = blob.data() == nullptr ? "" : static_cast<const void*>(blob.data());
    keep(sqlite3_bind_blob64(statement_.get(), index, data, blob.size(), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind_null(int index) {
    keep(sqlite3_bind_null(statement_.get(), index));
    return *this;
}

LedgerResult<bool> Statement::step() {
    const int code = bind_code_ != SQLITE_OK ? bind_code_ : sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        reset();
        return false;
    }
    LedgerError error = error_of(sqlite3_db_handle(statement_.get()), code);
    reset();
    return fail(std::move(error));
}

LedgerResult<void> Statement::run() {
    LedgerResult<bool> row = step();
    if (!row) {
        return fail(std::move(row.error()));
    }
    if (*row) {
        reset();
    }
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bind_code_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return data == nullptr
               ? std::string_view{}
               : std::string_view{static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Blob Statement::blob(int column) const {
    const std::string_view bytes = text(column);
    return std::as_bytes(std::span{bytes.data(), bytes.size()});
}

bool Statement::is_text(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_TEXT;
}

bool Statement::is_blob(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_BLOB;
}

int Statement::columns() const {
    return sqlite3_column_count(statement_.get());
}

std::string_view Statement::name(int column) const {
    const char* const name = sqlite3_column_name(statement_.get(), column);
    return name == nullptr ? std::string_view{} : std::string_view{name};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* handle) const noexcept {
    sqlite3_close_v2(handle);
}

LedgerResult<Database> Database::open(const std::string& path, const OpenOptions& options) {
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(
        path.c_str(), &handle, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
    Database database{handle};
    LedgerResult<void> ready;
    if (code != SQLITE_OK) {
        ready = fail(error_of(handle, code));
    } else {
        ready = database.prepare_connection(options);
    }
    if (!ready) {
        LedgerError error = std::move(ready.error());
        error.message = fmt::format("{}: {}", path, error.message);
        return fail(std::move(error));
    }
    return database;
}

LedgerResult<void> Database::prepare_connection(const OpenOptions& options) {
    // Until the file is known to be sound, not even closing it may write to it.
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    const std::string first = fmt::format(
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
        "PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{};"
        "PRAGMA wal_autocheckpoint={};",
        options.cache_kib,
        options.checkpoint_pages);
    if (auto done = exec(first.c_str()); !done) {
        return done;
    }
    LedgerResult<Statement> check = prepare("PRAGMA quick_check(1)");
    if (!check) {
        return fail(std::move(check.error()));
    }
    LedgerResult<bool> row = check->step();
    if (!row) {
        return fail(std::move(row.error()));
    }
    if (*row && check->text(0) != "ok") {
        return fail(LedgerError{
            ErrorKind::corrupt, SQLITE_CORRUPT, fmt::format("damaged: {}", check->text(0))});
    }
    check->reset();
    LedgerResult<Statement> mode = prepare("PRAGMA journal_mode=WAL");
    if (!mode) {
        return fail(std::move(mode.error()));
    }
    row = mode->step();
    if (!row) {
        return fail(std::move(row.error()));
    }
    if (!*row || mode->text(0) != "wal") {
        return fail(LedgerError{ErrorKind::io, 0, "the file system does not take a WAL"});
    }
    mode->reset();
    // A write, so that the exclusive lock is held from here on in every case.
    auto done = exec(
        "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA journal_size_limit=4194304; BEGIN IMMEDIATE; COMMIT");
    if (done) {
        sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    }
    return done;
}

LedgerResult<void> Database::exec(const char* sql) {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return fail(error(code));
    }
    return {};
}

LedgerResult<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(),
                                        sql.data(),
                                        static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT,
                                        &statement,
                                        nullptr);
    if (code != SQLITE_OK) {
        return fail(error(code));
    }
    return Statement{statement};
}

LedgerResult<std::optional<std::int64_t>> Database::integer(std::string_view sql) {
    LedgerResult<Statement> statement = prepare(sql);
    if (!statement) {
        return fail(std::move(statement.error()));
    }
    LedgerResult<bool> row = statement->step();
    if (!row) {
        return fail(std::move(row.error()));
    }
    if (!*row || statement->is_null(0)) {
        return std::optional<std::int64_t>{};
    }
    return std::optional{statement->integer(0)};
}

LedgerResult<void> Database::migrate(std::span<const char* const> migrations) {
    auto version = integer("PRAGMA user_version");
    auto tables = integer("SELECT count(*) FROM sqlite_schema");
    if (!version || !tables) {
        return fail(std::move(version ? tables.error() : version.error()));
    }
    const auto wanted = static_cast<std::int64_t>(migrations.size());
    const std::int64_t found = version->value_or(0);
    if (found > wanted || found < 0) {
        return fail(LedgerError{
            ErrorKind::newer,
            0,
            fmt::format(
                "schema version {}, this program knows {}: use the newer program", found, wanted)});
    }
    if (found == 0 && tables->value_or(0) != 0) {
        return fail(LedgerError{ErrorKind::corrupt, 0, "a database, but not one of primum's"});
    }
    for (std::int64_t next = found; next < wanted; ++next) {
        LedgerResult<Transaction> transaction = Transaction::begin(*this);
        if (!transaction) {
            return fail(std::move(transaction.error()));
        }
        const std::string stamp = fmt::format("PRAGMA user_version={}", next + 1);
        auto done = exec(migrations[static_cast<std::size_t>(next)]);
        if (done) {
            done = exec(stamp.c_str());
        }
        if (done) {
            done = transaction->commit();
        }
        if (!done) {
            return done;
        }
    }
    return {};
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_.get());
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

LedgerError Database::error(int code) const {
    return error_of(handle_.get(), code);
}

LedgerResult<Transaction> Transaction::begin(Database& database) {
    if (auto begun = database.exec("BEGIN IMMEDIATE"); !begun) {
        return fail(std::move(begun.error()));
    }
    return Transaction{database};
}

Transaction::~Transaction() {
    if (database_ != nullptr && database_->in_transaction()) {
        // When this fails too, SQLite has rolled back by itself.
        static_cast<void>(database_->exec("ROLLBACK").has_value());
    }
}

LedgerResult<void> Transaction::commit() {
    auto done = database_->exec("COMMIT");
    if (done) {
        database_ = nullptr;
    }
    return done;
}

Sha256 sha256(std::span<const std::byte> data) {
    static const bool ready = [] {
        gcry_check_version(nullptr);
        gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
        gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
        return true;
    }();
    static_cast<void>(ready);
    Sha256 digest{};
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest.data(), data.data(), data.size());
    return digest;
}

std::string to_hex(std::span<const std::byte> data) {
    std::string text;
    text.reserve(data.size() * 2);
    for (const std::byte byte : data) {
        fmt::format_to(std::back_inserter(text), "{:02x}", std::to_integer<unsigned>(byte));
    }
    return text;
}

}  // namespace primum::ledger

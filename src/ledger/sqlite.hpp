// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace primum::ledger {

enum class ErrorKind : std::uint8_t {
    io,       // the storage failed: full, read-only, I/O error, cannot be opened; may pass
    locked,   // another process has the database
    corrupt,  // what is stored cannot be read or trusted
    newer,    // written by a newer version
    refused,  // the record contradicts what is stored (constraint); trying again will not help
    misuse,   // ours: the statement does not fit the schema
};

struct LedgerError {
    ErrorKind kind = ErrorKind::io;
    int code = 0;         // SQLite's extended result code, 0 where none
    std::string message;  // for people
};

template <class T>
using LedgerResult = Result<T, LedgerError>;

using Blob = std::span<const std::byte>;

// One prepared statement. Errors of bind() are kept and given back by step().
class Statement {
public:
    Statement() = default;

    // Parameters are numbered from 1. Text and blobs are copied.
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::uint64_t value);
    Statement& bind(int index, std::int32_t value) { return bind(index, std::int64_t{value}); }
    Statement& bind(int index, std::uint32_t value) { return bind(index, std::int64_t{value}); }
    Statement& bind(int index, bool value) { return bind(index, std::int64_t{value ? 1 : 0}); }
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, const char* text) { return bind(index, std::string_view{text}); }
    Statement& bind(int index, const std::string& text) {
        return bind(index, std::string_view{text});
    }
    Statement& bind(int index, Blob blob);
    Statement& bind_null(int index);
    // Binds 1, 2, … in order.
    template <class... Values>
    Statement& bind_all(const Values&... values) {
        int index = 0;
        (bind(++index, values), ...);
        return *this;
    }

    // True: a row is there. False: done, and the statement is ready to be bound again.
    // After an error it is ready too.
    LedgerResult<bool> step();
    // For statements that give no rows.
    LedgerResult<void> run();
    // Ready to be bound again; bindings are cleared.
    void reset();

    // Columns of the present row, numbered from 0. Text and blobs live until the next step.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] Blob blob(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] bool is_text(int column) const;
    [[nodiscard]] bool is_blob(int column) const;
    [[nodiscard]] int columns() const;
    [[nodiscard]] std::string_view name(int column) const;

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    void keep(int code);

    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bind_code_ = 0;
};

struct OpenOptions {
    std::string vfs;     // empty: the default one
    bool create = true;  // make the file where there is none
    // Page cache, in KiB.
    std::uint32_t cache_kib = 512;
    // The WAL is written back into the file when it has so many pages.
    std::uint32_t checkpoint_pages = 1'000;
};

// One connection, the only one to its file (locking_mode=EXCLUSIVE), in WAL mode with
// synchronous=FULL and foreign keys on: a commit that returned is durable. One thread at a time.
class Database {
public:
    // Opens, takes the lock and checks the file's integrity; changes nothing in a file that is
    // not sound. kind: locked, corrupt or io.
    static LedgerResult<Database> open(const std::string& path, const OpenOptions& options = {});

    LedgerResult<void> exec(const char* sql);
    LedgerResult<Statement> prepare(std::string_view sql);
    // The first column of the first row; nullopt where there is no row or it is NULL.
    LedgerResult<std::optional<std::int64_t>> integer(std::string_view sql);

    // Takes the schema from `user_version` to the number of migrations, each in a transaction of
    // its own. A file with more than that is refused as `newer`; one that holds tables but no
    // version is not ours and refused as `corrupt`.
    LedgerResult<void> migrate(std::span<const char* const> migrations);

    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool in_transaction() const;
    // The error of the last call, as ours.
    [[nodiscard]] LedgerError error(int code) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    explicit Database(sqlite3* handle) : handle_(handle) {}
    LedgerResult<void> prepare_connection(const OpenOptions& options);

    std::unique_ptr<sqlite3, Close> handle_;
};

// BEGIN IMMEDIATE … COMMIT; what was not committed is rolled back on destruction.
class Transaction {
public:
    static LedgerResult<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    // Durable when it returns without an error. Ends the transaction either way.
    LedgerResult<void> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_ = nullptr;
};

using Sha256 = std::array<std::byte, 32>;
// SHA-256 by libgcrypt.
[[nodiscard]] Sha256 sha256(std::span<const std::byte> data);
[[nodiscard]] std::string to_hex(std::span<const std::byte> data);

}  // namespace primum::ledger

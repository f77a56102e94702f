// SPDX-License-Identifier: MIT
#include "ledger/sqlite.hpp"

#include "ledger_fixture.hpp"

#include <fstream>
#include <iterator>

namespace primum::ledger {
namespace {

using SqliteTest = LedgerFixture;

std::string bytes_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string bytes;
    for (char c = 0; file.get(c);) {
        bytes += c;
    }
    return bytes;
}

void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream{path, std::ios::binary} << bytes;
}

TEST_F(SqliteTest, KeepsEveryKindOfValue) {
    auto database = Database::open(path());
    ASSERT_TRUE(database.has_value()) << database.error().message;
    ASSERT_TRUE(database->exec("CREATE TABLE t(a INTEGER, b TEXT, c BLOB, d TEXT)").has_value());
    auto insert = database->prepare("INSERT INTO t VALUES(?, ?, ?, ?)");
    ASSERT_TRUE(insert.has_value());
    const std::string text{"a\0b", 3};
    const Sha256 blob = sha256({});
    ASSERT_TRUE(insert->bind_all(std::int64_t{INT64_MIN}, text, Blob{blob}).run().has_value());
    auto select = database->prepare("SELECT * FROM t");
    ASSERT_TRUE(select->step().value());
    EXPECT_EQ(select->integer(0), INT64_MIN);
    EXPECT_EQ(select->text(1), text);
    EXPECT_TRUE(std::equal(blob.begin(), blob.end(), select->blob(2).begin()));
    EXPECT_TRUE(select->is_null(3));
    EXPECT_FALSE(select->step().value());
}

TEST_F(SqliteTest, KeepsTheErrorOfABinding) {
    auto database = Database::open(path());
    auto statement = database->prepare("SELECT ?");
    EXPECT_EQ(statement->bind(1, UINT64_MAX).step().error().kind, ErrorKind::refused);
    EXPECT_EQ(statement->bind(2, 1).step().error().kind, ErrorKind::misuse);
    EXPECT_TRUE(statement->bind(1, 1).step().value());
}

TEST_F(SqliteTest, SecondConnectionIsLockedOut) {
    auto first = Database::open(path());
    ASSERT_TRUE(first.has_value());
    auto second = Database::open(path());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().kind, ErrorKind::locked);
}

TEST_F(SqliteTest, RollsBackWhatIsNotCommitted) {
    auto database = Database::open(path());
    ASSERT_TRUE(database->exec("CREATE TABLE t(a INTEGER)").has_value());
    {
        auto transaction = Transaction::begin(*database);
        ASSERT_TRUE(transaction.has_value());
        ASSERT_TRUE(database->exec("INSERT INTO t VALUES(1)").has_value());
    }
    EXPECT_EQ(database->integer("SELECT count(*) FROM t").value(), 0);
    auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(database->exec("INSERT INTO t VALUES(1)").has_value());
    ASSERT_TRUE(transaction->commit().has_value());
    EXPECT_EQ(database->integer("SELECT count(*) FROM t").value(), 1);
}

TEST_F(SqliteTest, MigratesStepByStepAndRefusesANewerFile) {
    constexpr std::array<const char*, 2> steps{"CREATE TABLE a(x)", "ALTER TABLE a ADD y"};
    {
        auto database = Database::open(path());
        ASSERT_TRUE(database->migrate(std::span{steps}.first(1)).has_value());
        ASSERT_TRUE(database->migrate(steps).has_value());
        ASSERT_TRUE(database->migrate(steps).has_value());
        EXPECT_EQ(database->integer("PRAGMA user_version").value(), 2);
        EXPECT_TRUE(database->exec("INSERT INTO a(y) VALUES(1)").has_value());
    }
    auto database = Database::open(path());
    EXPECT_EQ(database->migrate(std::span{steps}.first(1)).error().kind, ErrorKind::newer);
}

TEST_F(SqliteTest, AFailedMigrationLeavesTheVersionBefore) {
    constexpr std::array<const char*, 2> steps{"CREATE TABLE a(x)", "CREATE TABLE b(x); nonsense"};
    auto database = Database::open(path());
    EXPECT_FALSE(database->migrate(steps).has_value());
    EXPECT_EQ(database->integer("PRAGMA user_version").value(), 1);
    EXPECT_EQ(database->integer("SELECT count(*) FROM sqlite_schema").value(), 1);
}

TEST_F(SqliteTest, LeavesAFileThatIsNoDatabaseAsItIs) {
    const std::string bytes(8'192, 'x');
    write_bytes(path(), bytes);
    auto database = Database::open(path());
    ASSERT_FALSE(database.has_value());
    EXPECT_EQ(database.error().kind, ErrorKind::corrupt);
    EXPECT_EQ(bytes_of(path()), bytes);
}

TEST_F(SqliteTest, LeavesADamagedDatabaseAsItIs) {
    {
        auto database = Database::open(path());
        ASSERT_TRUE(database->exec("CREATE TABLE t(a TEXT); CREATE INDEX i ON t(a)").has_value());
        auto insert = database->prepare("INSERT INTO t VALUES(?)");
        auto transaction = Transaction::begin(*database);
        for (int i = 0; i < 500; ++i) {
            ASSERT_TRUE(
                insert->bind(1, std::to_string(i) + std::string(50, 'x')).run().has_value());
        }
        ASSERT_TRUE(transaction->commit().has_value());
    }
    std::string bytes = bytes_of(path());
    ASSERT_GT(bytes.size(), 20'000U);
    for (std::size_t i = 8'192; i < 12'288; ++i) {
        bytes[i] = '\x5A';
    }
    write_bytes(path(), bytes);
    auto database = Database::open(path());
    ASSERT_FALSE(database.has_value());
    EXPECT_EQ(database.error().kind, ErrorKind::corrupt);
    EXPECT_EQ(bytes_of(path()), bytes);
}

TEST_F(SqliteTest, SaysWhenTheDirectoryIsMissing) {
    auto database = Database::open("/nonexistent/ledger.sqlite");
    ASSERT_FALSE(database.has_value());
    EXPECT_EQ(database.error().kind, ErrorKind::io);
    EXPECT_NE(database.error().message.find("/nonexistent/ledger.sqlite"), std::string::npos);
}

TEST_F(SqliteTest, WritesAheadAndInFull) {
    auto database = Database::open(path());
    EXPECT_EQ(database->integer("PRAGMA synchronous").value(), 2);
    EXPECT_EQ(database->integer("PRAGMA foreign_keys").value(), 1);
    auto mode = database->prepare("PRAGMA journal_mode");
    ASSERT_TRUE(mode->step().value());
    EXPECT_EQ(mode->text(0), "wal");
}

// The digest of "abc" of FIPS 180-2.
TEST(Sha256Test, IsSha256) {
    const std::string_view text = "abc";
    EXPECT_EQ(to_hex(sha256(std::as_bytes(std::span{text}))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace primum::ledger

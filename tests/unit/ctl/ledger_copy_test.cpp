// SPDX-License-Identifier: MIT
#include "ledger/store.hpp"
#include "run_fixture.hpp"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;

class LedgerCopyTest : public RunFixture {
protected:
    LedgerCopyTest() {
        std::filesystem::create_directories(root / "state");
        write_file("primum.toml", "state_dir = \"" + (root / "state").string() + "\"\n");
        world.settings_file = (root / "primum.toml").string();
        ledger::StoreOptions options;
        options.path = (root / "state/ledger.db").string();
        options.boot_id = "boot";
        auto store = ledger::Store::open(options);
        EXPECT_TRUE(store.has_value());
        HoldRecord hold;
        hold.id = 1;
        hold.target = "gateway";
        hold.reason = "a \"reason\"";
        EXPECT_TRUE(store->append(std::vector<Record>{hold}).has_value());
        const auto file = store->backup();
        EXPECT_TRUE(file.has_value());
        client.file = "/proc/self/fd/" + std::to_string(*file);
        write_file("state/primumd.lock");
    }
};

TEST_F(LedgerCopyTest, VerifiesWhatPrimumdGives) {
    EXPECT_EQ(run_words({"ledger", "verify"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("sound"));
    EXPECT_EQ(client.requests.front().method, "BackupLedger");
    EXPECT_EQ(run_words({"ledger", "verify", "--json"}), Exit::ok);
    EXPECT_TRUE(document(out.str()).root()["ok"].flag());
}

TEST_F(LedgerCopyTest, ReadsTheFileUnderTheLockWhileNoPrimumdRuns) {
    client.file.clear();
    EXPECT_EQ(run_words({"ledger", "export"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr(R"("table":"holds","row":{"id":1,"target":"gateway")"));
    EXPECT_THAT(out.str(), HasSubstr(R"("reason":"a \"reason\"")"));
    const int lock = open((root / "state/primumd.lock").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
    EXPECT_EQ(run_words({"ledger", "export"}), Exit::unreachable) << "a primumd runs and hangs";
    close(lock);
}

TEST_F(LedgerCopyTest, ABackupIsALedgerAndOverwritesNothing) {
    const std::string to = (root / "backup.db").string();
    EXPECT_EQ(run_words({"ledger", "backup", "--output", to}), Exit::ok);
    EXPECT_EQ(run_words({"ledger", "verify", "--database", to}), Exit::ok);
    EXPECT_NE(run_words({"ledger", "backup", "--output", to}), Exit::ok);
    write_file("broken.db", "this is no ledger at all, whatever it says of itself");
    EXPECT_EQ(run_words({"ledger", "verify", "--database", (root / "broken.db").string()}),
              Exit::bad_data);
}

TEST_F(LedgerCopyTest, SaysWhatItMayNotRead) {
    EXPECT_EQ(run_words({"ledger", "verify", "--database", "/nowhere"}), Exit::no_input);
    client.file.clear();
    client.refuse("org.primum.Error.NotAuthorized", "no");
    EXPECT_EQ(run_words({"ledger", "verify"}), Exit::denied);
}

}  // namespace
}  // namespace primum::ctl

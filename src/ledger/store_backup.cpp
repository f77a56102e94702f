// SPDX-License-Identifier: MIT
#include "ledger/export.hpp"
#include "ledger/store.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace primum::ledger {

LedgerResult<int> Store::backup() {
    const std::string path = options_.path + ".backup";
    const auto failed = [&](const char* what) {
        const int number = errno;
        return fail(LedgerError{
            ErrorKind::io,
            0,
            fmt::format("{} {}: {}", what, path, std::generic_category().message(number))});
    };
    if (unlink(path.c_str()) != 0 && errno != ENOENT) {  // what a crash may have left
        return failed("cannot remove");
    }
    auto statement = database_.prepare("VACUUM INTO ?");
    if (!statement) {
        return fail(std::move(statement.error()));
    }
    if (auto copied = statement->bind_all(path).run(); !copied) {
        unlink(path.c_str());
        return fail(std::move(copied.error()));
    }
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        return failed("cannot open");
    }
    if (unlink(path.c_str()) != 0) {
        close(file);
        return failed("cannot remove");
    }
    return file;
}

LedgerResult<std::vector<std::string>> table_names(Database& database) {
    auto statement = database.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "ORDER BY name");
    if (!statement) {
        return fail(std::move(statement.error()));
    }
    std::vector<std::string> names;
    while (true) {
        const auto row = statement->step();
        if (!row) {
            return fail(row.error());
        }
        if (!*row) {
            return names;
        }
        names.emplace_back(statement->text(0));
    }
}

LedgerResult<void> for_each_row(Database& database,
                                const std::string& table,
                                const std::function<void(const Statement&)>& take) {
    auto statement = database.prepare(fmt::format("SELECT * FROM \"{}\"", table));
    if (!statement) {
        return fail(std::move(statement.error()));
    }
    while (true) {
        const auto row = statement->step();
        if (!row) {
            return fail(row.error());
        }
        if (!*row) {
            return {};
        }
        take(*statement);
    }
}

}  // namespace primum::ledger

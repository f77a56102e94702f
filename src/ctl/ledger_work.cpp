// SPDX-License-Identifier: MIT
#include "ctl/ledger_copy.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "ledger/export.hpp"
#include "ledger/store.hpp"

#include <fmt/format.h>

#include <fstream>
#include <ostream>

#include <sys/stat.h>

namespace primum::ctl {
namespace {

// Of the verbs' JSON: {"v":1,"ok":…} and the members that `fill` writes.
template <class Fill>
std::string answer_json(bool ok, Fill fill) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("ok");
    writer.value(ok);
    fill(writer);
    writer.end_object();
    return json + "\n";
}

std::string boot_id() {
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(file, id);
    return id;
}

Exit verify(const Command& command, const std::filesystem::path& copy, Surroundings& world) {
    ledger::StoreOptions options;
    options.path = copy.string();
    options.boot_id = boot_id();
    auto store = ledger::Store::open(options);
    if (!store) {
        return tell_problem(store.error().message, Exit::bad_data, command.json, world);
    }
    const auto report = store->verify();
    if (!report) {
        return tell_problem(report.error().message, Exit::bad_data, command.json, world);
    }
    if (command.json) {
        world.out << answer_json(report->intact, [&](event::JsonWriter& writer) {
            writer.key("uuid");
            writer.value(store->uuid());
            writer.key("transitions");
            writer.value(report->rows);
            writer.key("first_broken");
            writer.value(report->first_broken);
            writer.key("what");
            writer.value(report->what);
        });
    } else if (report->intact) {
        world.out << fmt::format(
            "ledger {}: sound; the chain of {} steps fits\n", store->uuid(), report->rows);
    }
    if (!report->intact) {
        world.err << fmt::format("primumctl: ledger {}: the chain breaks at step {}: {}\n",
                                 store->uuid(),
                                 report->first_broken,
                                 printable(report->what));
        return Exit::bad_data;
    }
    return Exit::ok;
}

void write_value(event::JsonWriter& writer, const ledger::Statement& row, int column) {
    if (row.is_null(column)) {
        writer.raw("null");
    } else if (row.is_blob(column)) {
        writer.value(ledger::to_hex(row.blob(column)));
    } else if (row.is_text(column)) {
        writer.value(row.text(column));
    } else {
        writer.value(row.integer(column));
    }
}

std::string row_line(const std::string& table, const ledger::Statement& row) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("table");
    writer.value(table);
    writer.key("row");
    writer.begin_object();
    for (int column = 0; column < row.columns(); ++column) {
        writer.key(row.name(column));
        write_value(writer, row, column);
    }
    writer.end_object();
    writer.end_object();
    return json + "\n";
}

ledger::LedgerResult<std::uint64_t> write_tables(const std::filesystem::path& copy,
                                                 std::ostream& out) {
    ledger::OpenOptions options;
    options.create = false;
    auto database = ledger::Database::open(copy.string(), options);
    if (!database) {
        return fail(database.error());
    }
    const auto tables = ledger::table_names(*database);
    if (!tables) {
        return fail(tables.error());
    }
    std::uint64_t rows = 0;
    for (const std::string& table : *tables) {
        const auto done = ledger::for_each_row(*database, table, [&](const ledger::Statement& row) {
            out << row_line(table, row);
            ++rows;
        });
        if (!done) {
            return fail(done.error());
        }
    }
    return rows;
}

Exit export_tables(const Command& command, const std::filesystem::path& copy, Surroundings& world) {
    std::ofstream file;
    if (!command.output.empty()) {
        umask(077);
        file.open(command.output, std::ios::binary | std::ios::trunc);
        if (!file) {
            return tell_problem(
                command.output + ": cannot be written", Exit::no_input, command.json, world);
        }
    }
    std::ostream& out = command.output.empty() ? world.out : file;
    const auto rows = write_tables(copy, out);
    out.flush();
    if (!rows || !out) {
        return tell_problem(
            rows ? command.output + ": not all could be written" : rows.error().message,
            Exit::bad_data,
            command.json && !command.output.empty(),
            world);
    }
    if (command.output.empty()) {
        return Exit::ok;
    }
    world.out << (command.json ? answer_json(true,
                                             [&](event::JsonWriter& writer) {
                                                 writer.key("output");
                                                 writer.value(command.output);
                                                 writer.key("rows");
                                                 writer.value(*rows);
                                             })
                               : fmt::format("{} rows are in {}\n", *rows, command.output));
    return Exit::ok;
}

Exit back_up(const Command& command, Surroundings& world) {
    if (const Exit exit = copy_ledger(command, command.output, world); exit != Exit::ok) {
        return exit;
    }
    std::error_code ignored;
    const auto size =
        static_cast<std::uint64_t>(std::filesystem::file_size(command.output, ignored));
    world.out << (command.json
                      ? answer_json(true,
                                    [&](event::JsonWriter& writer) {
                                        writer.key("output");
                                        writer.value(command.output);
                                        writer.key("size_bytes");
                                        writer.value(size);
                                    })
                      : fmt::format("the ledger is in {} ({} bytes); 'primumctl ledger verify "
                                    "--database {}' checks it\n",
                                    command.output,
                                    size,
                                    command.output));
    return Exit::ok;
}

}  // namespace

Exit work_on_ledger(const Command& command, Surroundings& world) {
    if (command.verb == Verb::ledger_backup) {
        return back_up(command, world);
    }
    const auto scratch = ScratchDirectory::make();
    if (!scratch.has_value()) {
        return tell_problem(scratch.error(), Exit::internal, command.json, world);
    }
    const std::filesystem::path copy = scratch->path() / "ledger.db";
    if (const Exit exit = copy_ledger(command, copy, world); exit != Exit::ok) {
        return exit;
    }
    return command.verb == Verb::ledger_verify ? verify(command, copy, world)
                                               : export_tables(command, copy, world);
}

}  // namespace primum::ctl

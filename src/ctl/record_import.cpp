// SPDX-License-Identifier: MIT
// A recording of a table: what a run of primumd would have recorded, had it seen these values.
#include "ctl/csv_table.hpp"
#include "ctl/score.hpp"
#include "ctl/text.hpp"
#include "ctl/utc_time.hpp"
#include "event/event_json.hpp"
#include "event/recording_writer.hpp"
#include "rules/loader.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

namespace primum::ctl {
namespace {

// The first row stands so long after the boot.
constexpr Duration first_row = std::chrono::seconds{1};

// Where the lines go. The error says what could not be written.
using Sink = std::function<Result<void, std::string>(const std::string& line)>;

std::string label_text(const std::string& value) {
    std::string text;
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            text += '\\';
        }
        text += c;
    }
    return text;
}

// Of one column its series' own name; of several each column is a label of it.
std::string series_name(const std::string& series,
                        const std::vector<std::string>& columns,
                        std::size_t column) {
    return columns.size() == 1
               ? series
               : fmt::format("{}{{column=\"{}\"}}", series, label_text(columns[column]));
}

// "load.csv:3:2: what", without the column where the whole line is meant.
std::string place_text(const std::string& table, const TableError& error) {
    return fmt::format("{}:{}{}: {}",
                       table,
                       error.line,
                       error.column == 0 ? "" : fmt::format(":{}", error.column),
                       error.what);
}

// Gives the events of a table to a sink, one line each.
class Import {
public:
    Import(const ImportOptions& options, CsvTable& table, Sink sink)
        : options_(options), table_(table), sink_(std::move(sink)) {}

    // The error is for people.
    Result<void, std::string> run() {
        while (true) {
            const auto row = table_.next();
            if (!row) {
                return fail(place_text(options_.table, row.error()));
            }
            if (*row == nullptr) {
                return rows_ > 0 ? Result<void, std::string>{}
                                 : fail(options_.table + ": there is no row in it");
            }
            if (auto done = take(**row); !done) {
                return done;
            }
        }
    }

    [[nodiscard]] std::uint64_t rows() const { return rows_; }
    [[nodiscard]] std::uint64_t values() const { return values_; }

private:
    Result<void, std::string> take(const TableRow& row) {
        if (rows_++ == 0) {
            begin_ = row.at;
            if (auto done = begin(); !done) {
                return done;
            }
        }
        SamplesEvent samples;
        samples.source = options_.source;
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            if (row.values[i]) {
                samples.values.push_back({static_cast<SeriesId>(i), *row.values[i]});
            }
        }
        values_ += samples.values.size();
        return write(row.at, std::move(samples));
    }

    Result<void, std::string> begin() {
        RestoreEvent restore;
        restore.state.boot_id = "imported";
        restore.state.ledger_uuid = "imported";
        const auto none = rules::compile_rules({}, {});
        auto done = write(begin_, std::move(restore));
        if (done) {
            done = write(begin_, RulesEvent{none.rules->digest, none.text, none.rules});
        }
        if (done && !options_.unit.empty()) {
            UnitEvent unit;
            unit.unit = options_.unit;
            unit.load_state = "loaded";
            unit.active_state = "active";
            unit.sub_state = "running";
            unit.result = "success";
            done = write(begin_, std::move(unit));
        }
        for (std::size_t i = 0; done && i < table_.columns().size(); ++i) {
            const std::string name = series_name(options_.series, table_.columns(), i);
            const auto parsed = event::parse_series_name(name);
            if (!parsed) {
                return fail(fmt::format("\"{}\" is no name of a series", name));
            }
            done = write(begin_,
                         SeriesEvent{options_.source, static_cast<SeriesId>(i), name, *parsed});
        }
        return done;
    }

    Result<void, std::string> write(WallTime at, EventBody body) {
        const Instant t{first_row + std::chrono::duration_cast<Duration>(at - begin_)};
        return sink_(event::write_event({{t, at}, std::move(body)}));
    }

    const ImportOptions& options_;
    CsvTable& table_;
    Sink sink_;
    WallTime begin_;
    std::uint64_t rows_ = 0;
    std::uint64_t values_ = 0;
};

// The file that is made; it goes where it is not finished.
class Output {
public:
    explicit Output(std::filesystem::path path) : path_(std::move(path)) {}
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output() {
        if (made_ && !finished_) {
            std::error_code ignored;
            std::filesystem::remove(path_, ignored);
        }
    }

    Result<void, std::string> open() {
        std::error_code ignored;
        if (std::filesystem::exists(path_, ignored)) {
            return fail(path_.string() + ": it is there already; choose another name");
        }
        if (path_.extension() == ".zst") {
            auto made = event::RecordingWriter::create(path_);
            if (!made) {
                return fail(made.error().message);
            }
            packed_.emplace(std::move(*made));
        } else {
            plain_.open(path_, std::ios::binary);
            if (!plain_) {
                return fail(path_.string() + ": cannot be written");
            }
        }
        made_ = true;
        return {};
    }

    Result<void, std::string> add(const std::string& line) {
        if (packed_) {
            auto done = packed_->add(line);
            return done ? Result<void, std::string>{} : fail(done.error().message);
        }
        plain_ << line << '\n';
        return plain_ ? Result<void, std::string>{} : fail(path_.string() + ": cannot be written");
    }

    Result<void, std::string> finish() {
        if (packed_) {
            if (auto done = packed_->close(); !done) {
                return fail(done.error().message);
            }
        } else {
            plain_.close();
            if (!plain_) {
                return fail(path_.string() + ": cannot be written");
            }
        }
        finished_ = true;
        return {};
    }

private:
    std::filesystem::path path_;
    std::optional<event::RecordingWriter> packed_;
    std::ofstream plain_;
    bool made_ = false;
    bool finished_ = false;
};

}  // namespace

Exit import_record(const ImportOptions& options, bool json, Surroundings& world) {
    const auto failed = [&](const std::string& what, Exit exit = Exit::bad_data) {
        return tell_problem(printable(what), exit, json, world);
    };
    if (json && options.output.empty()) {
        return failed("--json needs an --output: the recording itself would stand on stdout",
                      Exit::usage);
    }
    if (!event::parse_series_name(options.series)) {
        return failed(fmt::format("--series: \"{}\" is no name of a series", options.series),
                      Exit::usage);
    }
    std::ifstream file{options.table, std::ios::binary};
    if (!file) {
        return failed(options.table + ": there is no such file to be read", Exit::no_input);
    }
    auto table = CsvTable::open(file);
    if (!table) {
        return failed(place_text(options.table, table.error()));
    }
    std::optional<Output> output;
    if (!options.output.empty()) {
        output.emplace(options.output);
        if (auto opened = output->open(); !opened) {
            return failed(opened.error(), Exit::usage);
        }
    }
    Import import_of{options, *table, [&](const std::string& line) -> Result<void, std::string> {
                         if (output) {
                             return output->add(line);
                         }
                         world.out << line << '\n';
                         return {};
                     }};
    auto done = import_of.run();
    if (done && output) {
        done = output->finish();
    }
    if (!done) {
        return failed(done.error());
    }
    if (json) {
        world.out << fmt::format(
                         R"({{"v":1,"rows":{},"values":{}}})", import_of.rows(), import_of.values())
                  << "\n";
    } else if (output) {
        world.out << fmt::format("{} rows, {} values: {}\n",
                                 import_of.rows(),
                                 import_of.values(),
                                 printable(options.output));
    }
    return Exit::ok;
}

}  // namespace primum::ctl

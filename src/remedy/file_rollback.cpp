// SPDX-License-Identifier: MIT
#include "remedy/file_rollback.hpp"

#include "remedy/file_change.hpp"
#include "remedy/reload.hpp"
#include "remedy/restart.hpp"
#include "remedy/tree_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace primum::remedy {
namespace {

struct Work {
    Tools tools;
    WayBackRecord way_back;
};

// Why the files cannot be put back now, all conflicts together.
std::optional<FileError> look_for_conflicts(SnapshotStore& snapshots, const WayBackRecord& record) {
    FileError conflict;
    std::size_t found = 0;
    for (const FileBack& file : record.files) {
        const auto now = snapshots.identify(file.path);
        if (!now) {
            return now.error();
        }
        if (*now != file.before && *now != file.after) {
            ++found;
            conflict.message += (found == 1 ? "" : ", ") + file.path;
            conflict.diff += snapshots.difference(file.after, file.path);
        } else if (const auto sound =
                       file.before.empty() ? FileResult<void>{} : snapshots.check(file.before);
                   !sound) {
            return sound.error();
        }
    }
    if (found == 0) {
        return std::nullopt;
    }
    conflict.refusal = Refusal::conflict;
    conflict.message += found == 1 ? " was changed by somebody since" : " were changed since";
    conflict.diff.resize(std::min(conflict.diff.size(), max_diff_bytes));
    return conflict;
}

std::optional<FileError> look_by_hand(SnapshotStore& snapshots, const WayBackRecord& record) {
    for (const FileBack& file : record.files) {
        const auto now = snapshots.identify(file.path);
        const auto sound = file.before.empty() ? FileResult<void>{} : snapshots.check(file.before);
        if (!now || !sound) {
            return now ? sound.error() : now.error();
        }
    }
    return std::nullopt;
}

// Last changed first. A failure leaves those that are back already where they are.
Report put_back(SnapshotStore& snapshots, const WayBackRecord& record) {
    Report report;
    report.result = ActionResult::done;
    const auto& files = record.files;
    for (std::size_t i = files.size(); i-- > 0;) {
        const auto put = snapshots.put(files[i].before, files[i].path, files[i].after);
        if (!put) {
            report = refused_report(put.error());
            if (i + 1 < files.size()) {
                report.refusal = Refusal::none;
                report.detail += fmt::format(
                    "; {} of {} files are back already", files.size() - i - 1, files.size());
            }
            return report;
        }
    }
    report.detail = files.size() == 1 ? files.front().path + " is as it was"
                                      : fmt::format("{} files are as they were", files.size());
    return report;
}

// The newer state stays beside the old one.
Report put_back_aside(SnapshotStore& snapshots, const WayBackRecord& record) {
    Report report;
    report.result = ActionResult::done;
    for (const FileBack& file : record.files) {
        const std::string aside =
            std::filesystem::path{file.path}.filename().string() + ".primum-kept-" + record.action;
        const auto now = snapshots.identify(file.path);
        const auto put = now ? snapshots.put(file.before, file.path, *now, aside)
                             : FileResult<void>{fail(now.error())};
        if (!put) {
            const std::string so_far = report.detail;
            report = refused_report(put.error());
            if (!so_far.empty()) {
                report.refusal = Refusal::none;
                report.detail += "; before that " + so_far;
            }
            return report;
        }
        report.detail += report.detail.empty() ? "" : ", ";
        report.detail += *now == file.before || now->empty()
                             ? file.path + " is as it was"
                             : fmt::format("{} is as it was, the newer state is {}",
                                           file.path,
                                           file.path + ".primum-kept-" + record.action);
    }
    return report;
}

// Why the unit is left alone once its files are back; empty: it is not.
std::string left_alone(const systemd::UnitFacts& unit, Then then) {
    if (unit.active_state == "inactive" || unit.active_state == "deactivating" ||
        (then == Then::reload && unit.active_state != "active")) {
        return unit.id + " is " + unit.active_state + " and is left so";
    }
    return {};
}

class FileRollback : public Execution {
public:
    FileRollback(const Tools& tools, WayBackRecord way_back)
        : work_(std::make_shared<Work>(Work{tools, std::move(way_back)})) {}

    void prepare(std::function<void(const Prepared&)> done) override {
        if (!work_->way_back.by_hand) {
            const auto error = look_for_conflicts(work_->tools.snapshots, work_->way_back);
            done(error ? refused_before(*error) : Prepared{});
            return;
        }
        ask_whether_stopped([weak = std::weak_ptr{work_}, done](std::optional<FileError> error) {
            const auto live = weak.lock();
            if (live != nullptr && !error) {
                error = look_by_hand(live->tools.snapshots, live->way_back);
            }
            done(error ? refused_before(*error) : Prepared{});
        });
    }

    void run(std::function<void(const Report&)> done) override {
        if (!work_->way_back.by_hand) {
            run_files(std::move(done));
            return;
        }
        ask_whether_stopped([weak = std::weak_ptr{work_}, done](std::optional<FileError> error) {
            if (const auto live = weak.lock()) {
                done(error ? refused_report(*error)
                           : put_back_aside(live->tools.snapshots, live->way_back));
            }
        });
    }

private:
    void ask_whether_stopped(std::function<void(std::optional<FileError>)> done) {
        work_->tools.manager.facts(
            work_->way_back.unit,
            [weak = std::weak_ptr{work_},
             done = std::move(done)](const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                if (weak.expired()) {
                    return;
                }
                if (!unit.has_value()) {
                    done(FileError{
                        Refusal::bus, "systemd did not answer: " + unit.error().message, {}});
                    return;
                }
                const bool stopped =
                    unit->active_state == "inactive" || unit->active_state == "failed";
                if (!stopped || unit->job_id != 0) {
                    done(
                        FileError{Refusal::not_applicable,
                                  fmt::format("{} is {}: stop it first",
                                              unit->id,
                                              stopped ? "about to be started" : unit->active_state),
                                  {}});
                    return;
                }
                done(std::nullopt);
            });
    }

    void run_files(std::function<void(const Report&)> done) {
        const Report files = put_back(work_->tools.snapshots, work_->way_back);
        if (files.result != ActionResult::done || work_->way_back.then == Then::nothing) {
            done(files);
            return;
        }
        work_->tools.manager.facts(work_->way_back.unit,
                                   [weak = std::weak_ptr{work_}, files, done = std::move(done)](
                                       const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                                       if (const auto live = weak.lock()) {
                                           run_job_of(*live, files, unit, done);
                                       }
                                   });
    }

    static void run_job_of(const Work& work,
                           const Report& files,
                           const systemd::ManagerResult<systemd::UnitFacts>& unit,
                           const std::function<void(const Report&)>& done) {
        Report report = files;
        if (!unit.has_value()) {
            report.result = ActionResult::failed;
            report.detail += "; systemd did not answer: " + unit.error().message;
            done(report);
            return;
        }
        if (const auto why = left_alone(*unit, work.way_back.then); !why.empty()) {
            report.detail += "; " + why;
            done(report);
            return;
        }
        Order order;
        order.action = work.way_back.action;
        order.target = work.way_back.target;
        order.unit = work.way_back.unit;
        order.invocation = unit->invocation_id;
        run_then(work.tools, work.way_back.then, order, [files, done](const Report& job) {
            Report whole = job;
            whole.refusal = Refusal::none;
            whole.detail = files.detail + "; " + job.detail;
            done(whole);
        });
    }

    std::shared_ptr<Work> work_;
};

enum class Found { after, before, mixed };

Found look_at(SnapshotStore& snapshots, const std::vector<FileBack>& files) {
    bool all_after = true;
    bool all_before = true;
    for (const FileBack& file : files) {
        // What a swap that was killed has left; where it stays, the next one removes it.
        static_cast<void>(snapshots.tidy(file.path));
        const auto now = snapshots.identify(file.path);
        all_after = all_after && now && *now == file.after;
        all_before = all_before && now && *now == file.before;
    }
    return all_after ? Found::after : all_before ? Found::before : Found::mixed;
}

}  // namespace

std::unique_ptr<Execution> make_file_rollback(const Tools& tools, WayBackRecord way_back) {
    return std::make_unique<FileRollback>(tools, std::move(way_back));
}

void judge_left_files(const Tools& tools,
                      const Order& order,
                      const WayBackRecord& way_back,
                      const systemd::UnitFacts& unit,
                      std::function<void(const Report&)> done) {
    Report report;
    report.invocation_after = unit.invocation_id;
    switch (look_at(tools.snapshots, way_back.files)) {
        case Found::before:
            report.result = ActionResult::failed;
            report.detail = "nothing was changed";
            done(report);
            return;
        case Found::mixed:
            report.detail = "some of the files are neither as before nor as they were to become";
            done(report);
            return;
        case Found::after:
            break;
    }
    if (way_back.then == Then::nothing) {
        report.result = ActionResult::done;
        report.detail = "the files are replaced";
        done(report);
        return;
    }
    judge_left_job(tools,
                   order,
                   way_back.then == Then::restart ? judge_restart : judge_reload,
                   unit,
                   [done = std::move(done)](const Report& job) {
                       Report whole = job;
                       whole.detail = "the files are replaced; " + job.detail;
                       done(whole);
                   });
}

}  // namespace primum::remedy

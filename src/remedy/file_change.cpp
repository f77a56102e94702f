// SPDX-License-Identifier: MIT
#include "remedy/file_change.hpp"

#include <fmt/format.h>

#include <utility>

namespace primum::remedy {
namespace {

// Puts back what stands there as `after`; what does not was never changed.
bool take_back(SnapshotStore& snapshots, const FileBack& file) {
    const auto now = snapshots.identify(file.path);
    return now && (*now != file.after || snapshots.put(file.before, file.path, file.after));
}

std::optional<Objection> file_objection(const systemd::ManagerResult<systemd::UnitFacts>& unit,
                                        const std::string& invocation,
                                        Then then,
                                        const std::string& active_before) {
    auto why = objection(unit, invocation);
    if (why || then == Then::nothing) {
        return why;
    }
    if (then == Then::reload && unit->active_state != "active") {
        return Objection{Refusal::not_applicable,
                         unit->id + " is " + unit->active_state + " by now"};
    }
    if (active_before == "active" && unit->active_state == "inactive") {
        return Objection{Refusal::stopped_by_person, unit->id + " was stopped meanwhile"};
    }
    return std::nullopt;
}

}  // namespace

Prepared refused_before(const FileError& error) {
    Prepared prepared;
    prepared.refusal = error.refusal;
    prepared.detail = error.message;
    prepared.facts.conflict = error.diff;
    return prepared;
}

Report refused_report(const FileError& error) {
    Report report;
    report.result = ActionResult::failed;
    report.refusal = error.refusal;
    report.detail = error.message;
    report.facts.conflict = error.diff;
    return report;
}

std::optional<Report> change_files(SnapshotStore& snapshots, const std::vector<FileBack>& files) {
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto put = snapshots.put(files[i].after, files[i].path, files[i].before);
        if (put) {
            continue;
        }
        Report report = refused_report(put.error());
        bool all_back = true;
        for (std::size_t j = i + 1; j-- > 0;) {
            if (!take_back(snapshots, files[j])) {
                all_back = false;
                report.detail += fmt::format("; {} could not be put back", files[j].path);
            }
        }
        if (!all_back) {
            report.refusal = Refusal::none;
        }
        return report;
    }
    return std::nullopt;
}

void run_then(const Tools& tools,
              Then then,
              const Order& order,
              std::function<void(const Report&)> done) {
    if (then == Then::nothing) {
        Report report;
        report.result = ActionResult::done;
        done(report);
        return;
    }
    run_job(tools.manager,
            then == Then::restart ? systemd::JobVerb::restart : systemd::JobVerb::reload,
            order,
            std::move(done));
}

FileChange::FileChange(const Tools& tools, Order order, Then then)
    : work_(std::make_shared<Work>(Work{tools, std::move(order), then, {}, {}, false})) {}

void FileChange::finish_prepare(const std::shared_ptr<Work>& work,
                                std::function<void(const Prepared&)> done) {
    Prepared prepared;
    prepared.begun = work->begun;
    prepared.way_back.action = work->order.action;
    prepared.way_back.target = work->order.target;
    prepared.way_back.unit = work->order.unit;
    prepared.way_back.files = work->files;
    prepared.way_back.then = work->then;
    prepared.way_back.timeout = work->order.rule.timeout;
    for (const FileBack& file : work->files) {
        if (!file.before.empty()) {
            prepared.facts.snapshots.push_back(file.before);
        }
    }
    if (work->then == Then::nothing) {
        done(prepared);
        return;
    }
    work->tools.manager.facts(work->order.unit,
                              [weak = std::weak_ptr{work}, prepared, done = std::move(done)](
                                  const systemd::ManagerResult<systemd::UnitFacts>& unit) mutable {
                                  const auto live = weak.lock();
                                  if (live == nullptr) {
                                      return;
                                  }
                                  if (unit.has_value()) {
                                      live->active_before = unit->active_state;
                                  } else {
                                      prepared = {};
                                      prepared.refusal = Refusal::bus;
                                      prepared.detail =
                                          "systemd did not answer: " + unit.error().message;
                                  }
                                  done(prepared);
                              });
}

void FileChange::run(std::function<void(const Report&)> done) {
    if (work_->then == Then::nothing) {
        change(*work_, std::move(done));
        return;
    }
    work_->tools.manager.facts(
        work_->order.unit,
        [weak = std::weak_ptr{work_},
         done = std::move(done)](const systemd::ManagerResult<systemd::UnitFacts>& unit) {
            const auto live = weak.lock();
            if (live == nullptr) {
                return;
            }
            if (const auto why =
                    file_objection(unit, live->order.invocation, live->then, live->active_before)) {
                done(refused(*why));
                return;
            }
            change(*live, done);
        });
}

void FileChange::change(Work& work, std::function<void(const Report&)> done) {
    if (const auto failed = change_files(work.tools.snapshots, work.files)) {
        done(*failed);
        return;
    }
    std::string what = work.files.size() == 1
                           ? work.files.front().path + " is replaced"
                           : fmt::format("{} files are replaced", work.files.size());
    run_then(work.tools,
             work.then,
             work.order,
             [what = std::move(what), done = std::move(done)](const Report& job) {
                 Report report = job;
                 report.refusal = Refusal::none;  // the files are changed, whatever the job did
                 report.detail = job.detail.empty() ? what : what + "; " + job.detail;
                 done(report);
             });
}

}  // namespace primum::remedy

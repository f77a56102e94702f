// SPDX-License-Identifier: MIT
#include "remedy/config_fallback.hpp"

#include "remedy/file_change.hpp"
#include "remedy/job_remedy.hpp"
#include "remedy/program.hpp"
#include "rules/protected.hpp"
#include "systemd/transient.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

FileError refuse(Refusal code, std::string message) {
    return FileError{code, std::move(message), {}};
}

FileResult<FileBack> prepare_file(SnapshotStore& snapshots, const ReplacedFile& file) {
    if (rules::is_protected_file(file.path)) {
        return fail(
            refuse(Refusal::unsafe_path, file.path + " is protected: no remedy writes there"));
    }
    const auto before = snapshots.keep(file.path);
    if (!before) {
        return fail(before.error());
    }
    const auto after = snapshots.keep_as(file.good, *before);
    if (!after) {
        return fail(after.error());
    }
    return FileBack{file.path, *before, *after};
}

FileResult<std::vector<FileBack>> prepare_files(SnapshotStore& snapshots,
                                                const FallbackPlan& plan) {
    std::vector<FileBack> files;
    for (const ReplacedFile& file : plan.files) {
        auto prepared = prepare_file(snapshots, file);
        if (!prepared) {
            return fail(prepared.error());
        }
        if (!plan.check.empty() && prepared->before.empty()) {
            return fail(refuse(
                Refusal::not_applicable,
                "nothing stands at " + file.path + ", so the check cannot be shown the new one"));
        }
        files.push_back(std::move(*prepared));
    }
    if (std::all_of(files.begin(), files.end(), [](const FileBack& file) {
            return file.before == file.after;
        })) {
        return fail(refuse(Refusal::not_applicable, "what stands there is the known-good already"));
    }
    return files;
}

class ConfigFallback : public FileChange {
public:
    ConfigFallback(const Tools& tools, Order order, FallbackPlan plan)
        : FileChange(tools, std::move(order), plan.then),
          plan_(std::move(plan)),
          check_(tools.loop, tools.clock, tools.manager) {}
    ~ConfigFallback() override { clear_laid_out(); }

    void prepare(std::function<void(const Prepared&)> done) override {
        auto files = prepare_files(work_->tools.snapshots, plan_);
        if (!files) {
            done(refused_before(files.error()));
            return;
        }
        work_->files = std::move(*files);
        if (plan_.check.empty()) {
            finish_prepare(work_, std::move(done));
        } else {
            start_check(std::move(done));
        }
    }

    // Of the check; a job of systemd's is left to it.
    bool stop() override {
        if (laid_out_ == 0) {
            return false;
        }
        check_.stop();
        return true;
    }

private:
    [[nodiscard]] std::string laid_out_name(std::size_t index) const {
        return fmt::format("{}-{}", work_->order.action, index);
    }

    void clear_laid_out() {
        for (; laid_out_ > 0; --laid_out_) {
            work_->tools.snapshots.clear_laid_out(laid_out_name(laid_out_ - 1));
        }
    }

    void start_check(std::function<void(const Prepared&)> done) {
        const Order& order = work_->order;
        auto why = program_objection(order.action, plan_.check);
        if (!why) {
            why = too_late(work_->tools.clock, order);
        }
        if (why) {
            done(refused_before(refuse(why->refusal, why->detail)));
            return;
        }
        ExecBack program;
        program.run = plan_.check;
        program.user = order.user;
        program.memory = hook_memory;
        program.tasks = hook_tasks;
        auto spec = program_spec(order.action, "check", program, order.rule.timeout);
        for (const FileBack& file : work_->files) {
            auto shown = work_->tools.snapshots.lay_out(file.after, laid_out_name(laid_out_));
            if (!shown) {
                clear_laid_out();
                done(refused_before(shown.error()));
                return;
            }
            ++laid_out_;
            spec.shown.push_back({std::move(*shown), file.path});
        }
        check_.start(std::move(spec), [this, done](const systemd::TransientEnd& end) {
            clear_laid_out();
            if (end.success()) {
                work_->begun = true;
                finish_prepare(work_, done);
                return;
            }
            const Report report = report_of_program(plan_.check.front(), end);
            done(refused_before(refuse(Refusal::check_failed, report.detail)));
        });
    }

    FallbackPlan plan_;
    systemd::TransientUnit check_;  // goes with this: its callback, too
    std::size_t laid_out_ = 0;
};

}  // namespace

std::unique_ptr<Execution> make_config_fallback(const Tools& tools, Order order) {
    const auto* plan = std::get_if<FallbackPlan>(&order.rule.plan);
    PRIMUM_CHECK(plan != nullptr);
    FallbackPlan copy = *plan;
    return std::make_unique<ConfigFallback>(tools, std::move(order), std::move(copy));
}

}  // namespace primum::remedy

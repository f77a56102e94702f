// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "remedy/job_remedy.hpp"
#include "remedy/snapshot_store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What the remedies that replace files have in common.
namespace primum::remedy {

// Why nothing was done, as a refusal before or after the way back became durable.
[[nodiscard]] Prepared refused_before(const FileError& error);
[[nodiscard]] Report refused_report(const FileError& error);

// Puts each `after` at its path. Where one cannot be, the earlier ones are put back; the report
// then says whether that left everything as it was (a refusal) or not. Nothing: all are there.
[[nodiscard]] std::optional<Report> change_files(SnapshotStore& snapshots,
                                                 const std::vector<FileBack>& files);

// Reloads or restarts the order's unit and awaits the end; done at once for Then::nothing.
void run_then(const Tools& tools,
              Then then,
              const Order& order,
              std::function<void(const Report&)> done);

// A remedy whose effect is to change files, and then `then`. The unit is read again just before.
class FileChange : public Execution {
public:
    FileChange(const Tools& tools, Order order, Then then);
    void run(std::function<void(const Report&)> done) final;

protected:
    struct Work {
        Tools tools;
        Order order;
        Then then = Then::nothing;
        std::vector<FileBack> files;
        std::string active_before;
        bool begun = false;  // a check has run
    };

    // The last step of prepare(): looks at the unit, then tells the way back.
    static void finish_prepare(const std::shared_ptr<Work>& work,
                               std::function<void(const Prepared&)> done);

    // Whoever calls back later holds it weakly.
    std::shared_ptr<Work> work_;

private:
    static void change(Work& work, std::function<void(const Report&)> done);
};

}  // namespace primum::remedy

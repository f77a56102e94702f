// SPDX-License-Identifier: MIT
#include "remedy/failover.hpp"

#include "remedy/file_change.hpp"
#include "remedy/pointer.hpp"
#include "rules/protected.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

FileError refuse(Refusal code, std::string message) {
    return FileError{code, std::move(message), {}};
}

const CandidateRule* find_candidate(const Order& order) {
    const auto& all = order.provider->candidates;
    const auto found = std::find_if(all.begin(), all.end(), [&order](const CandidateRule& one) {
        return one.name == order.candidate;
    });
    return found == all.end() ? nullptr : &*found;
}

// The pointer as it is and as it will be, both kept.
FileResult<FileBack> prepare_pointer(SnapshotStore& snapshots, const Order& order) {
    const CandidateRule* candidate = order.provider ? find_candidate(order) : nullptr;
    if (candidate == nullptr) {
        return fail(refuse(Refusal::no_provider, "no candidate " + order.candidate));
    }
    const std::string& path = order.provider->pointer.path;
    if (rules::is_protected_file(path)) {
        return fail(refuse(Refusal::unsafe_path, path + " is protected: no remedy writes there"));
    }
    const auto reading = read_pointer(*order.provider, snapshots.policy());
    if (!reading) {
        return fail(reading.error());
    }
    if (reading->candidate == order.candidate) {
        return fail(refuse(Refusal::points_there, path + " names " + order.candidate + " already"));
    }
    const auto before = snapshots.keep(path);
    if (!before) {
        return fail(before.error());
    }
    const auto after = keep_pointer_to(snapshots, *order.provider, *candidate, *before);
    if (!after) {
        return fail(after.error());
    }
    return FileBack{path, *before, *after};
}

class Failover : public FileChange {
public:
    Failover(const Tools& tools, Order order, Then then)
        : FileChange(tools, std::move(order), then) {}

    void prepare(std::function<void(const Prepared&)> done) override {
        auto file = prepare_pointer(work_->tools.snapshots, work_->order);
        if (!file) {
            done(refused_before(file.error()));
            return;
        }
        work_->files = {std::move(*file)};
        finish_prepare(work_, std::move(done));
    }
};

}  // namespace

std::unique_ptr<Execution> make_failover(const Tools& tools, Order order) {
    const auto* plan = std::get_if<FailoverPlan>(&order.rule.plan);
    PRIMUM_CHECK(plan != nullptr);
    const Then then = plan->then;
    return std::make_unique<Failover>(tools, std::move(order), then);
}

}  // namespace primum::remedy

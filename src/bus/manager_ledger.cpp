// SPDX-License-Identifier: MIT
#include "bus/documents.hpp"
#include "bus/manager.hpp"

#include <fmt/format.h>

namespace primum::bus {
namespace {

constexpr const char* action_backup = "org.primum.backup-ledger";

}  // namespace

void Manager::operator_commands(const SharedCall& call) {
    Page page;
    *call >> page.limit;
    if (page.limit == 0 || page.limit > options_.max_page) {
        call->refuse({error_name::invalid_argument,
                      fmt::format("limit must be between 1 and {}", options_.max_page)});
        return;
    }
    if (!waiting_.keep(call)) {
        return;
    }
    using Rows = std::vector<OperatorRecord>;
    backend_.operator_commands(
        page, answer_with<Rows>(call, [this](const SharedCall& waiting, const Rows& rows) {
            waiting->answer(commands_document(rows, backend_.now()));
        }));
}

// It changes nothing, so that it needs no reason of the caller's.
void Manager::backup_ledger(const SharedCall& call) {
    authorise(call, "a backup", action_backup, [this](const SharedCall& kept, const Identity&) {
        backend_.backup(
            answer_with<SharedFile>(kept, [](const SharedCall& waiting, const SharedFile& file) {
                waiting->answer(OpenFile{*file});
            }));
    });
}

}  // namespace primum::bus

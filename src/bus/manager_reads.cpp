// SPDX-License-Identifier: MIT
#include "bus/documents.hpp"
#include "bus/manager.hpp"

#include <fmt/format.h>

namespace primum::bus {

void Manager::status(const SharedCall& call) {
    call->answer(status_document(backend_));
}

void Manager::list_targets(const SharedCall& call) {
    call->answer(targets_document(backend_.targets(), backend_.now()));
}

void Manager::list_targets_after(const SharedCall& call) {
    std::uint32_t limit = 0;
    std::string after;
    *call >> limit >> after;
    if (limit == 0 || limit > options_.max_page) {
        call->refuse(bad_limit());
        return;
    }
    call->answer(targets_document(backend_.targets_after(after, limit), backend_.now()));
}

void Manager::explain(const SharedCall& call) {
    std::string target;
    *call >> target;
    explain_target(call, target);
}

void Manager::explain_target(const SharedCall& call, const std::string& target) {
    const std::optional<Explanation> explanation = backend_.explain(target);
    if (!explanation.has_value()) {
        call->refuse(unknown_target(target));
        return;
    }
    call->answer(explain_document(*explanation, backend_.now()));
}

void Manager::sources(const SharedCall& call) {
    call->answer(sources_document(backend_.sources(), backend_.now()));
}

void Manager::source(const SharedCall& call) {
    std::string name;
    *call >> name;
    const auto source = backend_.source(name);
    if (!source.has_value()) {
        call->refuse(unknown_source(name));
        return;
    }
    call->answer(source_document(*source, backend_.now()));
}

void Manager::precision(const SharedCall& call) {
    std::string target;
    *call >> target;
    if (!target.empty() && !backend_.target(target).has_value()) {
        call->refuse(unknown_target(target));
        return;
    }
    call->answer(precision_document(backend_.precision(), target, backend_.now()));
}

void Manager::providers(const SharedCall& call) {
    call->answer(providers_document(backend_.providers(), backend_.now()));
}

CallError Manager::bad_limit() const {
    return {error_name::invalid_argument,
            fmt::format("limit must be between 1 and {}; ask for the next page with the last id as "
                        "'before', or the last name as 'after'",
                        options_.max_page)};
}

std::optional<Page> Manager::page_of(const SharedCall& call) {
    Page page;
    *call >> page.limit >> page.before;
    if (page.limit == 0 || page.limit > options_.max_page) {
        call->refuse(bad_limit());
        return std::nullopt;
    }
    if (!waiting_.keep(call)) {
        return std::nullopt;
    }
    return page;
}

void Manager::incidents(const SharedCall& call) {
    const std::optional<Page> page = page_of(call);
    if (!page.has_value()) {
        return;
    }
    using Rows = std::vector<RestoredIncident>;
    backend_.incidents(*page,
                       answer_with<Rows>(call, [this](const SharedCall& waiting, const Rows& rows) {
                           waiting->answer(incidents_document(rows, backend_.now()));
                       }));
}

void Manager::actions(const SharedCall& call) {
    const std::optional<Page> page = page_of(call);
    if (!page.has_value()) {
        return;
    }
    using Rows = std::vector<RestoredAction>;
    backend_.actions(*page,
                     answer_with<Rows>(call, [this](const SharedCall& waiting, const Rows& rows) {
                         waiting->answer(actions_document(rows, backend_.now()));
                     }));
}

void Manager::incident(const SharedCall& call) {
    std::uint64_t id = 0;
    *call >> id;
    tell_incident(call, id);
}

void Manager::tell_incident(const SharedCall& call, std::uint64_t id) {
    if (!waiting_.keep(call)) {
        return;
    }
    using Story = std::optional<IncidentStory>;
    backend_.incident(
        id, answer_with<Story>(call, [this, id](const SharedCall& waiting, const Story& story) {
            if (!story.has_value()) {
                waiting->refuse(unknown_incident(id));
                return;
            }
            waiting->answer(incident_document(*story, backend_.now()));
        }));
}

}  // namespace primum::bus

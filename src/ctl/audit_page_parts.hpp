// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/audit.hpp"
#include "http/html.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// The parts of an audit's page. Each puts a section, with its drawing and the same as a table.
namespace primum::ctl {

// How much of it all the page shows.
struct PageBounds {
    std::size_t targets = 40;   // with a section of their own
    std::size_t actions = 30;   // of each: the newest
    std::size_t rows = 200;     // of the table of all targets, and of differences
    std::size_t columns = 816;  // of a drawing: so finely is time divided

    [[nodiscard]] PageBounds halved() const {
        return {std::max<std::size_t>(targets / 2, 1),
                std::max<std::size_t>(actions / 2, 2),
                std::max<std::size_t>(rows / 2, 10),
                std::max<std::size_t>(columns / 2, 100)};
    }
};

void put_levels(http::Html& html, const AuditFindings& findings);
void put_guards(http::Html& html, const AuditFindings& findings);
void put_recovery(http::Html& html, const AuditFindings& findings);
void put_difference(http::Html& html, const AuditDifference& difference, const PageBounds& bounds);
// `number` makes the ids of its drawing.
void put_target(http::Html& html,
                const replay::AuditTarget& target,
                const AuditFindings& findings,
                const PageBounds& bounds,
                std::size_t number);

// The page's own style, beside that of the status page.
[[nodiscard]] std::string_view audit_style();

}  // namespace primum::ctl

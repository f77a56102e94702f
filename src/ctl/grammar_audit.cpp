// SPDX-License-Identifier: MIT
#include "ctl/grammar.hpp"

namespace primum::ctl {

void Grammar::add_audit() {
    AuditOptions& options = command_.audit;
    CLI::App* const audit = verb(app_,
                                 "audit",
                                 "what was detected, done and held back, and whether it was right",
                                 Verb::audit);
    CLI::Option* const recordings = audit->add_option(
        "--recording", options.recordings, "of recordings: segments, or directories of them");
    CLI::Option* const ledger =
        audit->add_option("--ledger", options.ledger, "of this ledger instead of primumd's");
    CLI::Option* const bundles =
        audit->add_option("--bundles", options.bundles, "of all bundles in this directory");
    recordings->excludes(ledger)->excludes(bundles);
    ledger->excludes(bundles);
    audit->add_option("--since", options.since, "from this time on: \"7d ago\", \"2026-11-15\"");
    audit->add_option("--until", options.until, "and before this one");
    audit->add_option("--target", options.target, "only this target");
    CLI::Option* const against = audit->add_option(
        "--against", options.against, "which actions these rules would add, drop or change");
    against->needs(recordings);
    audit->add_option("--settings", options.settings, "for them, instead of the recorded ones")
        ->needs(against);
    add_library(*audit, options.library);
    audit->add_option("--html", options.page, "write one HTML file with charts here, too");
}

}  // namespace primum::ctl

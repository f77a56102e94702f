// SPDX-License-Identifier: MIT
#include "source/catalog.hpp"

namespace primum::source {
namespace {

constexpr std::string_view no_parameters;

constexpr CatalogEntry available(SourceKind kind,
                                 std::string_view summary,
                                 std::string_view parameters) {
    return {kind, name_of(kind), summary, true, parameters};
}

constexpr CatalogEntry later(SourceKind kind, std::string_view summary) {
    return {kind, name_of(kind), summary, false, no_parameters};
}

constexpr std::array<CatalogEntry, enum_names<SourceKind>.size()> entries{
    available(SourceKind::prometheus,
              "a page in the Prometheus text format 0.0.4, fetched over HTTP every interval",
              "url, interval, timeout, retries, max_series"),
    later(SourceKind::promql, "the answer of a Prometheus server to a query"),
    later(SourceKind::push, "samples that somebody writes to the push socket"),
    later(SourceKind::unit, "numbers that systemd keeps of a unit"),
    later(SourceKind::journal, "how often the journal says something"),
    later(SourceKind::pressure, "pressure stall information of the host or of a unit"),
    later(SourceKind::cgroup, "memory, CPU and tasks of a unit's control group"),
    later(SourceKind::file, "a number or a page in a file"),
    later(SourceKind::tcp, "a probe that connects to a port"),
    later(SourceKind::http, "a probe that fetches a page"),
    later(SourceKind::dns, "a probe that asks for a name"),
    later(SourceKind::exec, "a probe that runs a program"),
    later(SourceKind::alertmanager, "alerts that Alertmanager sends to the webhook"),
};

}  // namespace

const std::array<CatalogEntry, enum_names<SourceKind>.size()>& catalog() {
    return entries;
}

const CatalogEntry& catalog_entry(SourceKind kind) {
    return entries.at(static_cast<std::size_t>(kind));
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "source/catalog.hpp"

#include "source/alertmanager.hpp"
#include "source/cgroup.hpp"
#include "source/exec.hpp"
#include "source/file.hpp"
#include "source/journal.hpp"
#include "source/pressure.hpp"
#include "source/probe_dns.hpp"
#include "source/probe_http.hpp"
#include "source/probe_tcp.hpp"
#include "source/prometheus.hpp"
#include "source/promql.hpp"
#include "source/push.hpp"

namespace primum::source {
namespace {

constexpr std::array<CatalogEntry, enum_names<SourceKind>.size()> entries{{
    {SourceKind::prometheus,
     "a page in the Prometheus text format, fetched over HTTP every interval",
     make_prometheus},
    {SourceKind::promql, "the answers of a Prometheus server to queries", make_promql},
    {SourceKind::push, "samples that somebody writes to the push socket", make_push},
    {SourceKind::unit, "systemd's state of a unit; needs no source of its own", nullptr},
    {SourceKind::journal, "how often the journal has entries with certain fields", make_journal},
    {SourceKind::pressure, "pressure stall information of the host or of a unit", make_pressure},
    {SourceKind::cgroup, "memory, CPU and tasks of a unit's control group", make_cgroup},
    {SourceKind::file, "a number in a file, its age, or the room left where it stands", make_file},
    {SourceKind::tcp, "a probe that connects to a port", make_tcp},
    {SourceKind::http, "a probe that fetches a page", make_http_probe},
    {SourceKind::dns, "a probe that asks for a name", make_dns},
    {SourceKind::exec, "a probe that runs a monitoring plugin", make_exec},
    {SourceKind::alertmanager, "alerts that Alertmanager sends to the webhook", make_alertmanager},
}};

}  // namespace

const std::array<CatalogEntry, enum_names<SourceKind>.size()>& catalog() {
    return entries;
}

const CatalogEntry& catalog_entry(SourceKind kind) {
    return entries.at(static_cast<std::size_t>(kind));
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "rules/canonical_text.hpp"
#include "rules/section.hpp"

#include <primum/source.hpp>

#include <string>
#include <string_view>

namespace primum::rules {

// The kinds of source that this version collects; the others are "not available yet".
[[nodiscard]] bool is_available(SourceKind kind);

// The parameters of `source.kind`, as data and as canonical text; may set `source.url` and the
// default of `source.interval`. Mistakes go into the section's list.
void read_source_plan(CanonicalText& text, SourceRule& source, Section& section);

// One file per family of kinds.
void read_prometheus(CanonicalText& text, SourceRule& source, Section& section);
void read_promql(CanonicalText& text, SourceRule& source, Section& section);
void read_push(CanonicalText& text, SourceRule& source, Section& section);
void read_journal(CanonicalText& text, SourceRule& source, Section& section);
void read_pressure(CanonicalText& text, SourceRule& source, Section& section);
void read_cgroup(CanonicalText& text, SourceRule& source, Section& section);
void read_file(CanonicalText& text, SourceRule& source, Section& section);
void read_tcp(CanonicalText& text, SourceRule& source, Section& section);
void read_http_probe(CanonicalText& text, SourceRule& source, Section& section);
void read_dns(CanonicalText& text, SourceRule& source, Section& section);
void read_exec_probe(CanonicalText& text, SourceRule& source, Section& section);
void read_alertmanager(CanonicalText& text, SourceRule& source, Section& section);

// The keys by which an HTTP server is reached, other than its address: unix_socket, redirects,
// max_bytes, ca_file, cert_file, key_file, user, password_file, bearer_file.
[[nodiscard]] HttpAccess read_http_access(CanonicalText& text, Section& section);

// `agree = "2 of 3"` over `of` vantage points (without it: all of one, most of several), and
// `timeout_means`.
[[nodiscard]] Agreement read_agreement(CanonicalText& text, Section& section, std::size_t of);
[[nodiscard]] TimeoutMeans read_timeout_means(CanonicalText& text, Section& section);

}  // namespace primum::rules

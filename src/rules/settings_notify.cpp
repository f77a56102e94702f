// SPDX-License-Identifier: MIT
#include "rules/settings_notify.hpp"

#include "rules/program_parts.hpp"
#include "rules/section.hpp"
#include "rules/source_plan.hpp"
#include "rules/url.hpp"

#include <tuple>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

auto tie_access(const HttpAccess& access) {
    return std::tie(access.unix_socket,
                    access.ca_file,
                    access.cert_file,
                    access.key_file,
                    access.user,
                    access.password_file,
                    access.bearer_file);
}

void read_alertmanager_settings(Section& section, AlertmanagerSettings& out) {
    if (section.find("url") == nullptr) {
        section.fail_here("[notify.alertmanager] needs a url, like \"http://127.0.0.1:9093\"");
    } else if (read_url(section, out.url) && out.url.find('?') != std::string::npos) {
        section.fail_at(*section.find("url"), "the server's address is expected, without a query");
    }
    CanonicalText unused;
    out.access = read_http_access(unused, section);
    for (const auto* key : {"redirects", "max_bytes"}) {
        if (const Member* member = section.find(key)) {
            section.fail_key(*member, "it has no meaning for what is sent");
        }
    }
    section.read("interval", out.interval, {seconds{1}, minutes{30}});
    section.read("resolve_after", out.resolve_after, {seconds{2}, hours{24}});
    if (out.resolve_after < 2 * out.interval) {
        const Member* after = section.find("resolve_after");
        constexpr auto* why =
            "resolve_after must be twice the interval or more: else an alert "
            "ends when one sending fails";
        after != nullptr ? section.fail_at(*after, why) : section.fail_here(why);
    }
    section.refuse_unknown_keys();
}

void read_hook(Section& section, HookSettings& out) {
    if (section.find("program") == nullptr) {
        section.fail_here("[notify.exec] needs its program, like program = [\"/usr/bin/page\"]");
    }
    read_argv(section, "program", out.program);
    section.read("timeout", out.timeout, {seconds{1}, minutes{5}});
    section.refuse_unknown_keys();
}

}  // namespace

void read_notify(Section& top, NotifySettings& notify) {
    auto section = top.table("notify");
    if (!section) {
        return;
    }
    if (section->read("runbook", notify.runbook)) {
        if (const auto mistake = mistake_in_url(notify.runbook); !mistake.empty()) {
            section->fail_at(*section->find("runbook"), mistake);
        }
    }
    if (auto alertmanager = section->table("alertmanager")) {
        read_alertmanager_settings(*alertmanager, notify.alertmanager);
    }
    if (auto exec = section->table("exec")) {
        read_hook(*exec, notify.exec);
    }
    section->refuse_unknown_keys();
}

bool same(const NotifySettings& one, const NotifySettings& other) {
    const auto tied = [](const NotifySettings& it) {
        return std::tie(it.runbook,
                        it.exec.program,
                        it.exec.timeout,
                        it.alertmanager.url,
                        it.alertmanager.interval,
                        it.alertmanager.resolve_after);
    };
    return tied(one) == tied(other) &&
           tie_access(one.alertmanager.access) == tie_access(other.alertmanager.access);
}

}  // namespace primum::rules

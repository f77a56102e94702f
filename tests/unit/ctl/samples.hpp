// SPDX-License-Identifier: MIT
#pragma once

// Documents as primumd answers them. Their "now" is 2026-11-22 04:00:00 UTC.
namespace primum::ctl::testing {

inline constexpr const char* status_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"daemon":{"version":"0.1.0","started_wall_us":1795316400000000,"off_switch_run":false,
  "off_switch_etc":false,"reload":{"ever":true,"ok":true,"at_wall_us":1795319748000000,
  "digest":"0123456789abcdef0123","unchanged":false,"errors":[]}},
"host":{"mode":"enforce","disabled":false,"ledger_healthy":true,
  "rules_digest":"0123456789abcdef0123","warm_up_until":null,"in_flight":1,"host_actions_used":2,
  "host_budget":{"actions":6,"per_us":3600000000},
  "holds":[{"id":4,"target":"postgres","disable":false,"uid":1000,"reason":"schema change",
    "from":{"t_us":1,"wall_us":1795319000000000},
    "until":{"t_us":3852000000,"wall_us":1795320252000000}}]},
"counts":{"targets":12,"steady":10,"observe":1,"retry":0,"failover":0,"restart":1,"fallback":0},
"ill":[{"name":"gateway","unit":"gateway.service","mode":"enforce","enforce_up_to":"restart",
  "level":"restart","phase":"verifying","severity":"critical","incident":7,"reason":"acted",
  "held":false,"disabled":false},
 {"name":"größe","unit":"g.service","mode":"dry_run","enforce_up_to":"retry","level":"observe",
  "phase":"waiting","severity":"warning","incident":8,"reason":"cooldown","held":false,
  "disabled":false}]})j";

inline constexpr const char* failed_status_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"daemon":{"version":"0.1.0","started_wall_us":1795316400000000,"off_switch_run":true,
  "off_switch_etc":true,"reload":{"ever":true,"ok":false,"at_wall_us":1795319748000000,
  "digest":"","unchanged":false,"errors":["a.toml:1:1: one","a.toml:2:1: two","a.toml:3:1: three",
  "a.toml:4:1: four"]}},
"host":{"mode":"dry_run","disabled":true,"ledger_healthy":false,"rules_digest":"0123456789abcdef",
  "warm_up_until":{"t_us":3660000000,"wall_us":1795320060000000},"in_flight":0,
  "host_actions_used":6,"host_budget":{"actions":6,"per_us":3600000000},"holds":[]},
"counts":{"targets":1,"steady":1,"observe":0,"retry":0,"failover":0,"restart":0,"fallback":0},
"ill":[]})j";

inline constexpr const char* targets_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"targets":[{"name":"cache","unit":"","mode":"observe","enforce_up_to":"retry","level":"steady",
  "phase":"steady","severity":"ok","incident":0,"reason":"","held":false,"disabled":false},
 {"name":"gateway","unit":"gateway.service","mode":"enforce","enforce_up_to":"restart",
  "level":"restart","phase":"verifying","severity":"critical","incident":7,"reason":"acted",
  "held":true,"disabled":true},
 {"name":"postgres","unit":"postgresql.service","mode":"dry_run","enforce_up_to":"retry",
  "level":"observe","phase":"waiting","severity":"warning","incident":8,"reason":"cooldown",
  "held":true,"disabled":false}]})j";

inline constexpr const char* sources_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"sources":[{"name":"gateway_metrics","ok":true,"ever":true,"error_class":"",
  "last":{"t_us":3598000000,"wall_us":1795319998000000},"incident":0,"series":128,
  "kind":"prometheus","figures":{"latest_us":1200,"failed":null}},
 {"name":"old","ok":false,"ever":true,"error_class":"timeout",
  "last":{"t_us":1,"wall_us":1795316400000000},"incident":9,"series":3,"kind":"http",
  "figures":{"latest_us":2500000,"failure":"timeout",
   "failed":{"t_us":1,"wall_us":1795319990000000}}},
 {"name":"young","ok":false,"ever":false,"error_class":"","last":null,"incident":0,"series":0,
  "kind":"file","figures":{"latest_us":0}}]})j";

inline constexpr const char* source_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"source":{"name":"old","ok":false,"ever":true,"error_class":"timeout",
  "error_detail":"no whole answer within 2s","last":{"t_us":1,"wall_us":1795316400000000},
  "incident":9,"since_wall_us":1795316500000000,"series":3,"kind":"http",
  "figures":{"collections":720,"failures":40,"retries":80,"samples":2160,"refused":0,"partial":1,
   "bytes":5242880,"series":3,"took_us":2000000,"late_us":300,"latest_us":41000,
   "last":{"t_us":1,"wall_us":1795316400000000},"next":{"t_us":1,"wall_us":1795320003000000},
   "failure":"timeout","failure_detail":"no whole answer within 2s",
   "failed":{"t_us":1,"wall_us":1795319990000000},
   "failing_since":{"t_us":1,"wall_us":1795316500000000},"note":"asks 2 addresses"},
  "rule":{"url":"","interval_us":5000000,"timeout_us":2000000,
   "retries":{"attempts":3,"backoff_us":250000,"max_us":2000000},"max_series":10000,
   "plan":{"urls":["http://127.0.0.1/a","http://[::1]/a"],"statuses":[200,204],
    "json":{"pointer":"/status","equals":"ok"},"body":null,"agree":{"k":2,"n":2},
    "timeout_means":"unknown","access":{"unix_socket":"","redirects":0,"max_bytes":65536}}},
  "used_by":[{"target":"gateway","provider":"","name":"front","state":"unknown"},
   {"target":"","provider":"upstream","name":"east","state":"dead"}]}})j";

inline constexpr const char* providers_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"providers":[{"name":"upstream","pointer":{"form":"env","path":"/etc/gateway.env","key":"UPSTREAM"},
  "current":"west","next":"back to east once it has been healthy for 30m",
  "failback_at":{"t_us":4800000000,"wall_us":1795321200000000},
  "candidates":[{"candidate":"east","state":"healthy","note":"0.1","current":false,"marked":false,
    "marked_until":null,"uid":4294967295,"fell_again":1,
    "last_checked":{"t_us":3598000000,"wall_us":1795319998000000}},
   {"candidate":"west","state":"degraded","note":"it loses writes","current":true,"marked":true,
    "marked_until":{"t_us":4500000000,"wall_us":1795320900000000},"uid":1000,"fell_again":0,
    "last_checked":{"t_us":3590000000,"wall_us":1795319990000000}},
   {"candidate":"north","state":"unknown","note":"nothing judges it","current":false,
    "marked":false,"marked_until":null,"uid":4294967295,"fell_again":0}]}]})j";

inline constexpr const char* explain_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"explanation":{"target":{"name":"gateway","unit":"gateway.service","mode":"enforce",
  "enforce_up_to":"restart","level":"retry","phase":"waiting","severity":"critical","incident":7,
  "reason":"cooldown","held":false,"disabled":false},
 "at":{"t_us":3600000000,"wall_us":1795320000000000},
 "evidence":[{"indicator":"unit","severity":"critical","value":"failed",
   "why":"unit failed (signal)","source":"","last":{"t_us":3540000000,"wall_us":1795319940000000}},
  {"indicator":"errors","severity":"unknown","value":"no data","why":"the source does not answer",
   "source":"gateway_metrics","last":null}],
 "rungs":[{"level":"observe","named":true,"enforced":true,"spent":true,"attempts_used":0,
   "attempts":0,"condition":"warning on 1 indicator for 30s","remedy":"","cooldown_until":null},
  {"level":"retry","named":true,"enforced":true,"spent":false,"attempts_used":1,"attempts":2,
   "condition":"error on 1 indicator for 30s","remedy":"reload",
   "cooldown_until":{"t_us":3690000000,"wall_us":1795320090000000}},
  {"level":"failover","named":false,"enforced":true,"spent":false,"attempts_used":0,"attempts":0,
   "condition":"","remedy":"","cooldown_until":null},
  {"level":"restart","named":true,"enforced":false,"spent":false,"attempts_used":0,"attempts":1,
   "condition":"critical on 1 indicator","remedy":"restart","cooldown_until":null}],
 "last_decision":{"incident":7,"target":"gateway","at":{"t_us":3570000000,
   "wall_us":1795319970000000},"kind":"waited","level":"retry","reason":"cooldown",
   "detail":"1m 30s left","dry_run":false,"action":"","guards":[],"evidence":[]},
 "guards":[{"guard":"disabled","verdict":"pass","detail":""},
  {"guard":"cooldown","verdict":"veto","detail":"1m 30s left"},
  {"guard":"preflight","verdict":"not_asked","detail":""}],
 "next":"reload gateway.service","next_at":{"t_us":3690000000,"wall_us":1795320090000000},
 "action":"u-1: reload, done, unchanged","undo":"nothing to undo: a reload keeps the config",
 "stop":"primumctl hold gateway --for 1h --reason \"...\""}})j";

inline constexpr const char* incidents_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"incidents":[{"incident":{"id":8,"target":"postgres","opened":{"t_us":1,"wall_us":1795319940000000},
   "updated":{"t_us":1,"wall_us":1795319940000000},"closed":{"t_us":0,"wall_us":0},"open":true,
   "dry_run":true,"level":"observe","peak":"observe","phase":"waiting","reason":"latency"}},
 {"incident":{"id":7,"target":"gateway","opened":{"t_us":1,"wall_us":1795316400000000},
   "updated":{"t_us":1,"wall_us":1795316700000000},"closed":{"t_us":1,"wall_us":1795316700000000},
   "open":false,"dry_run":false,"level":"steady","peak":"restart","phase":"steady",
   "reason":"recovered"}}]})j";

inline constexpr const char* actions_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"actions":[{"action":{"id":"u-12","sequence":12,"incident":7,"target":"gateway",
   "unit":"gateway.service","level":"restart","index":0,"kind":"restart","dry_run":false,
   "intended":{"t_us":1,"wall_us":1795319970000000}},"state":"started","result":"none",
   "outcome":"none"},
 {"action":{"id":"u-11","sequence":11,"incident":7,"target":"gateway","unit":"gateway.service",
   "level":"retry","index":0,"kind":"reload","dry_run":false,
   "intended":{"t_us":1,"wall_us":1795319700000000}},"state":"verified","result":"done",
   "outcome":"unchanged"},
 {"action":{"id":"u-10","sequence":10,"incident":8,"target":"postgres","unit":"","level":"retry",
   "index":0,"kind":"reload","dry_run":true,"intended":{"t_us":1,"wall_us":1795319000000000}},
   "state":"verified","result":"none","outcome":"recovered_anyway"}]})j";

inline constexpr const char* incident_json = R"j({
"v":1,"now":{"t_us":3600000000,"wall_us":1795320000000000},
"story":{"incident":{"incident":{"id":7,"target":"gateway",
   "opened":{"t_us":1,"wall_us":1795316400000000},"updated":{"t_us":1,"wall_us":1795316700000000},
   "closed":{"t_us":1,"wall_us":1795316700000000},"open":false,"dry_run":false,"level":"steady",
   "peak":"retry","phase":"steady","reason":"recovered"}},
 "decisions":[{"incident":7,"target":"gateway","at":{"t_us":1,"wall_us":1795316400000000},
   "kind":"opened","level":"observe","reason":"unit","detail":"","guards":[],
   "evidence":[{"indicator":"unit","severity":"critical","value":"failed","why":"x"},
    {"indicator":"errors","severity":"ok","value":"0","why":""}]},
  {"incident":7,"target":"gateway","at":{"t_us":1,"wall_us":1795316410000000},"kind":"waited",
   "level":"retry","reason":"held","detail":"","guards":[{"guard":"held","verdict":"veto",
   "detail":"until 03:01"}],"evidence":[]},
  {"incident":7,"target":"gateway","at":{"t_us":1,"wall_us":1795316460000000},"kind":"acted",
   "level":"retry","reason":"reload","detail":"","action":"u-1","guards":[],"evidence":[]},
  {"incident":7,"target":"gateway","at":{"t_us":1,"wall_us":1795316700000000},
   "kind":"recovered","level":"steady","reason":"recovered","detail":"soaked 4m"}],
 "actions":[{"action":{"id":"u-1","sequence":1,"incident":7,"target":"gateway",
   "unit":"gateway.service","level":"retry","kind":"reload","dry_run":false,
   "intended":{"t_us":1,"wall_us":1795316460000000}},"state":"verified","result":"done",
   "outcome":"improved"}],
 "transitions":[{"action":"u-1","at":{"t_us":1,"wall_us":1795316460500000},"state":"started",
   "result":"none","outcome":"none","reason":"none"},
  {"action":"u-1","at":{"t_us":1,"wall_us":1795316462000000},"state":"finished","result":"done",
   "outcome":"none","reason":"","detail":"job done","took_us":1500000},
  {"action":"u-1","at":{"t_us":1,"wall_us":1795316470000000},"state":"verified","result":"none",
   "outcome":"improved","reason":"improved"}]}})j";

}  // namespace primum::ctl::testing

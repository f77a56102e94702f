// SPDX-License-Identifier: MIT
#include "support/narrator.hpp"

#include <fmt/format.h>

#include <variant>

namespace primum::support {
namespace {

// Action ids begin with the ledger's uuid, which differs from run to run.
std::string short_id(const std::string& action) {
    return '#' + action.substr(action.rfind('-') + 1);
}

// The same within a sentence: every word that looks like an id.
std::string without_uuids(const std::string& text) {
    constexpr std::size_t uuid_length = 36;
    std::string clean;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_id = text.size() > i + uuid_length && text[i + 8] == '-' &&
                           text[i + 13] == '-' && text[i + 18] == '-' && text[i + 23] == '-' &&
                           text[i + uuid_length] == '-';
        if (is_id) {
            clean += '#';
            i += uuid_length;
        } else {
            clean += text[i];
        }
    }
    return clean;
}

std::string quoted(const std::string& text) {
    return text.empty() ? "" : " \"" + without_uuids(text) + '"';
}

std::string span_text(Duration span) {
    return fmt::format("{:g}s", std::chrono::duration<double>(span).count());
}

std::string until_text(const Stamp& from, const Stamp& until) {
    return "+" + span_text(until.t - from.t);
}

std::string evidence_text(const std::vector<EvidenceItem>& evidence) {
    std::string text;
    for (const EvidenceItem& item : evidence) {
        text += fmt::format("{}{}={} {}",
                            text.empty() ? "" : ", ",
                            item.indicator,
                            name_of(item.severity),
                            item.value);
    }
    return text.empty() ? "" : " {" + text + '}';
}

// The vetoes with their words; of the others only that they were not asked.
std::string guards_text(const std::vector<GuardVerdict>& guards) {
    std::string vetoes;
    std::string skipped;
    for (const GuardVerdict& guard : guards) {
        if (guard.verdict == Verdict::veto) {
            vetoes += fmt::format(
                "{}{}{}", vetoes.empty() ? "" : ", ", name_of(guard.guard), quoted(guard.detail));
        } else if (guard.verdict == Verdict::not_asked) {
            skipped += fmt::format("{}{}", skipped.empty() ? "" : ", ", name_of(guard.guard));
        }
    }
    return guards.empty() ? ""
                          : fmt::format(" [veto: {}; not asked: {}]",
                                        vetoes.empty() ? "none" : vetoes,
                                        skipped.empty() ? "none" : skipped);
}

std::string words_of(const DecisionRecord& decision) {
    return fmt::format("{}: {} {} {}{}{}{}{}{}",
                       decision.target,
                       name_of(decision.kind),
                       name_of(decision.level),
                       decision.reason,
                       decision.dry_run ? " (dry-run)" : "",
                       decision.action.empty() ? "" : " of " + short_id(decision.action),
                       quoted(decision.detail),
                       guards_text(decision.guards),
                       evidence_text(decision.evidence));
}

std::string words_of(const ActionRecord& action) {
    return fmt::format("{}: intent {} {} {}[{}] {} streak {}{}",
                       action.target,
                       short_id(action.id),
                       action.kind,
                       name_of(action.level),
                       action.index,
                       action.unit,
                       action.streak,
                       action.dry_run ? " (dry-run)" : "");
}

std::string words_of(const TransitionRecord& step) {
    return fmt::format(
        "{}: {}{}{} {}{}{}",
        short_id(step.action),
        name_of(step.state),
        step.result == ActionResult::none ? "" : fmt::format(" {}", name_of(step.result)),
        step.outcome == Outcome::none ? "" : fmt::format(" {}", name_of(step.outcome)),
        step.reason,
        quoted(step.detail),
        step.took > Duration{0} ? " took " + span_text(step.took) : "");
}

std::string words_of(const HoldRecord& hold) {
    return fmt::format("{} {} of {} {} by uid {}{}",
                       hold.disable ? "disable" : "hold",
                       hold.id,
                       hold.target.empty() ? "all" : hold.target,
                       hold.released ? "released" : "until " + until_text(hold.from, hold.until),
                       hold.uid,
                       quoted(hold.reason));
}

std::string words_of(const OperatorRecord& command) {
    return fmt::format("operator: {} {}{}{}",
                       command.verb,
                       command.target.empty() ? "all" : command.target,
                       command.accepted ? " accepted" : " refused",
                       quoted(command.reason));
}

std::string words_of(const AskPreflight& request) {
    return fmt::format("{}: ask preflight {}[{}]{}{}",
                       request.target,
                       name_of(request.level),
                       request.index,
                       request.candidate.empty() ? "" : " to " + request.candidate,
                       request.dry_run ? " (dry-run)" : "");
}

std::string words_of(const RunAction& request) {
    return fmt::format("{}: RUN {} {}[{}]{} {} timeout {}",
                       request.target,
                       short_id(request.action),
                       name_of(request.level),
                       request.index,
                       request.candidate.empty() ? "" : " to " + request.candidate,
                       request.unit,
                       span_text(request.timeout));
}

std::string words_of(const Notify& page) {
    return fmt::format("{}: PAGE {} {} {}{}",
                       page.target,
                       name_of(page.kind),
                       name_of(page.level),
                       page.reason,
                       quoted(page.text));
}

std::string words_of(const LevelChanged& change) {
    return fmt::format("{}: level {} -> {} {}",
                       change.target,
                       name_of(change.from),
                       name_of(change.to),
                       change.reason);
}

std::string words_of(const SeverityChanged& change) {
    return fmt::format("{}: {} {} -> {}{}",
                       change.target,
                       change.indicator,
                       name_of(change.from),
                       name_of(change.to),
                       quoted(change.value));
}

std::string words_of(const UnitStarted& start) {
    return fmt::format("{}: started by {}{}", start.unit, name_of(start.by), quoted(start.detail));
}

std::string words_of(const BaselineRecord& baseline) {
    return fmt::format(
        "{}: {} learnt from {} samples", baseline.target, baseline.indicator, baseline.samples);
}

std::string words_of(const BreakerRecord& breaker) {
    return fmt::format("{}: breaker {} {}{}",
                       breaker.target.empty() ? "host" : breaker.target,
                       breaker.tripped ? "TRIPPED" : "reset",
                       breaker.reason,
                       quoted(breaker.detail));
}

// Every verdict moves a tally; only one that demotes a remedy is worth a line.
std::string words_of(const TrialRecord& trial) {
    if (!trial.demoted) {
        return "";
    }
    return fmt::format("{}: tried {}[{}] improved {} unchanged {} worse {}{}",
                       trial.target,
                       trial.level == Level::steady ? "waiting" : name_of(trial.level),
                       trial.index,
                       trial.improved,
                       trial.unchanged,
                       trial.worse,
                       trial.demoted ? " demoted" : "");
}

std::string words_of(const ProviderRecord& record) {
    return fmt::format(
        "provider {}: {} {}{}{}{}{}",
        record.provider,
        record.candidate,
        name_of(record.state),
        record.marked ? " marked" : "",
        record.current ? ", in use" : "",
        record.fell_again > 0 ? fmt::format(", fell again {}", record.fell_again) : "",
        quoted(record.note));
}

// The comparison's word follows from the outcome, unless waiting does as well.
std::string words_of(const JudgementRecord& judgement) {
    const bool follows =
        judgement.by == JudgedBy::comparison && judgement.reason != "no_better_than_waiting";
    return follows ? ""
                   : fmt::format("{}: judged {} {} by {}: {}",
                                 judgement.target,
                                 short_id(judgement.action),
                                 name_of(judgement.judged),
                                 name_of(judgement.by),
                                 judgement.reason);
}

std::string words_of(const PrecisionRecord& /*counts*/) {
    return "";  // every rung entered moves one
}

std::string words_of(const OperatorReply& reply) {
    return fmt::format("reply: {}{}", reply.code, quoted(reply.message));
}

std::string words_of(const Rejected& rejected) {
    return fmt::format("rejected: {}{}", rejected.reason, quoted(rejected.detail));
}

}  // namespace

std::string Narrator::stimulus(Duration at, const std::string& what) {
    return fmt::format("{:10.3f} > {}", std::chrono::duration<double>(at).count(), what);
}

std::vector<std::string> Narrator::tell(const Turn& turn) {
    std::vector<std::string> lines;
    for (const Effect& effect : turn.effects) {
        const std::string text = words(effect);
        if (!text.empty()) {
            lines.push_back(fmt::format(
                "{:10.3f}   {}", std::chrono::duration<double>(turn.elapsed).count(), text));
        }
    }
    return lines;
}

std::string Narrator::words(const Effect& effect) {
    if (const auto* recorded = std::get_if<RecordEffect>(&effect)) {
        return words(recorded->record);
    }
    return std::visit(
        []<class T>(const T& each) -> std::string {
            if constexpr (std::is_same_v<T, RecordEffect>) {
                return "";
            } else if constexpr (std::is_same_v<T, SettleAction>) {
                return "settle " + short_id(each.action);
            } else if constexpr (std::is_same_v<T, AskPointer>) {
                return "";  // every minute
            } else if constexpr (std::is_same_v<T, RollBack>) {
                return "ROLL BACK " + short_id(each.action);
            } else {
                return words_of(each);
            }
        },
        effect);
}

std::string Narrator::words(const Record& record) {
    if (const auto* incident = std::get_if<IncidentRecord>(&record)) {
        return words(*incident);
    }
    return std::visit(
        []<class T>(const T& each) -> std::string {
            if constexpr (std::is_same_v<T, IncidentRecord>) {
                return "";
            } else {
                return words_of(each);
            }
        },
        record);
}

std::string Narrator::words(const IncidentRecord& incident) {
    const auto [known, is_new] = open_.try_emplace(incident.id, incident.open);
    if (!is_new && known->second == incident.open) {
        return "";
    }
    known->second = incident.open;
    return fmt::format("{}: incident {} {}{}",
                       incident.target,
                       incident.id,
                       !incident.open ? "closed"
                       : is_new       ? "opened"
                                      : "opened again",
                       quoted(incident.reason));
}

}  // namespace primum::support

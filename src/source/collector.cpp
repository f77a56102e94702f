// SPDX-License-Identifier: MIT
#include "source/collector.hpp"

#include "source/catalog.hpp"
#include "systemd/manager.hpp"

#include <algorithm>
#include <utility>

namespace primum::source {

Collector::Collector(systemd::EventLoop& loop, const Clock& clock, Emit emit)
    : Collector(loop, clock, std::move(emit), Loan{}) {}

Collector::Collector(systemd::EventLoop& loop, const Clock& clock, Emit emit, Loan loan)
    : client_(loop, clock),
      workers_(loop),
      manager_(loan.bus != nullptr ? std::make_unique<systemd::Manager>(*loan.bus) : nullptr),
      tools_{loop,
             clock,
             client_,
             std::move(emit),
             loan.bus,
             std::move(loan.run_probe),
             loan.push,
             &workers_,
             loan.alerts,
             manager_.get()} {}

Collector::~Collector() = default;

void Collector::apply(const RuleSet& rules) {
    for (const auto& [name, source] : sources_) {
        first_id_ = std::max(first_id_, source->interner().next_id());
    }
    decltype(sources_) next;
    for (std::size_t i = 0; i < rules.sources.size(); ++i) {
        const auto& rule = rules.sources[i];
        if (!catalog_entry(rule.kind).available()) {
            continue;  // the checker has refused it; nothing collects it
        }
        auto known = sources_.extract(rule.name);
        const bool unchanged = !known.empty() && known.mapped()->rule().digest == rule.digest;
        auto wanted = wanted_from(rules, i);
        auto source = unchanged ? std::move(known.mapped())
                                : catalog_entry(rule.kind).make(tools_, rule, first_id_);
        if (!unchanged || source->selectors() != wanted.selectors) {
            source->want(std::move(wanted));
        }
        next.emplace(rule.name, std::move(source));
    }
    sources_ = std::move(next);
}

const Source* Collector::find(std::string_view name) const {
    const auto found = sources_.find(name);
    return found != sources_.end() ? found->second.get() : nullptr;
}

SourceFigures Collector::figures() const {
    SourceFigures figures;
    figures.reserve(sources_.size());
    for (const auto& [name, source] : sources_) {
        figures.emplace_back(name, source->stats());
    }
    return figures;
}

}  // namespace primum::source

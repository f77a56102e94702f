// SPDX-License-Identifier: MIT
#pragma once

#include "core/provider_state.hpp"
#include "core/series_index.hpp"
#include "core/target_state.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace primum::core {

// An indicator that listens to a source: of a target, or of a provider's candidate.
struct Listener {
    TargetState* target = nullptr;
    std::size_t indicator = 0;
    ProviderState* provider = nullptr;  // then there is no target
    bool operator==(const Listener&) const = default;

    [[nodiscard]] IndicatorState& state() const {
        return provider != nullptr ? provider->indicators[indicator]
                                   : target->indicators[indicator];
    }
    [[nodiscard]] Deadlines::Key key() const {
        return provider != nullptr ? provider->key : target->key;
    }
    // `homes` finds whose it is by its key.
    static void members(auto& archive, auto& it, const auto& homes) {
        bool is_provider = it.provider != nullptr;
        Deadlines::Key key = it.target == nullptr && !is_provider ? 0 : it.key();
        archive(is_provider, key, it.indicator);
        if constexpr (requires { it.indicator = 0; }) {
            archive.require(homes.find(it, is_provider, key));
        }
    }
    // What a candidate shows while nothing calls it ill may be learnt as its normal.
    void evaluate(Stamp now) const {
        const bool is_well =
            provider != nullptr ? state().severity() < Severity::warning : target->is_well(now.t);
        state().evaluate(now, state().baseline() != nullptr && is_well);
    }
};

// Who can listen, by key.
struct ListenerHomes {
    const std::map<Deadlines::Key, TargetState*>& targets;
    const std::map<Deadlines::Key, ProviderState*>& providers;

    // False when there is no such indicator; then the listener stays nobody's.
    bool find(Listener& listener, bool is_provider, Deadlines::Key key) const;
};

// One source: its series, who listens to them, and its own health.
class SourceState {
public:
    SourceState(Deadlines::Key number, SourceRule source) : key(number), rule(std::move(source)) {}

    // Lets an indicator listen: it is bound to every series of this source that it selects, those
    // known now and those declared later, unless its target has left the rules by then.
    void add_listener(Listener listener);
    void remove_listeners(const TargetState& target);
    void remove_listeners(const ProviderState& provider);
    [[nodiscard]] const std::vector<Listener>& listeners() const { return listeners_; }

    // Why a series is not taken. Nothing of it is kept then.
    enum class Declared : std::uint8_t { taken, too_many, too_long };
    // Declares a series under an id, or gives a known one a new id in place of its old one: there
    // are never more ids than series, and never more series than `bound`.
    Declared declare(const SeriesEvent& event, std::size_t bound, std::size_t max_name_bytes);
    // A series is no more; its id and all that was kept of it are free. False: there is none.
    bool forget(SeriesId id);
    [[nodiscard]] std::size_t series_count() const { return series_.size(); }

    // A whole collection: expect() it, then feed() each of the listeners, by their place among
    // listeners(). One can be judged before the next is fed: what it makes of its values is its
    // own. Expecting is false if an id was never declared; then nothing is fed. Most collections
    // bring the series of the one before in their order, for which this is remembered. Allocates
    // nothing then, once the windows of its series have their size.
    [[nodiscard]] bool expect(const std::vector<SampleValue>& values);
    void feed(std::size_t listener, Instant now, const std::vector<SampleValue>& values);
    // One value outside of a collection. False if the id was never declared; then nothing has
    // changed. Nothing is judged: that is for Listener::evaluate, on those touched.
    bool sample(Instant now, SeriesId id, double value);
    // The indicators that the latest sample() touched.
    [[nodiscard]] const std::vector<Listener>& touched() const { return touched_; }

    // For how long it must fail, or answer, before that is worth a word.
    [[nodiscard]] Duration patience() const { return 3 * rule.interval; }

    Deadlines::Key key;
    SourceRule rule;
    bool ok = false;
    bool ever = false;
    std::string error_class;
    std::string error_detail;
    std::optional<Instant> last;  // successful collection
    std::optional<IncidentRecord> incident;
    ResponseClock response;                // of the incident
    std::optional<Instant> page_at;        // still failed then: a person is told, once
    std::optional<Instant> answers_since;  // while its incident is open

    // All but what it is of: `key` and `rule`. `homes` finds whose a listener is.
    static void members(auto& archive, auto& it, const auto& homes) {
        archive(it.ok,
                it.ever,
                it.error_class,
                it.error_detail,
                it.last,
                it.incident,
                it.response,
                it.page_at,
                it.answers_since);
        archive.sequence(it.listeners_, [&](auto& each) { each.members(archive, each, homes); });
        std::vector<SavedSeries> all = it.saved_series();
        archive.sequence(all, [&](auto& each) {
            archive(each.name, each.id, each.has_id);
            archive.sequence(each.bindings, [&](auto& binding) {
                binding.listener.members(archive, binding.listener, homes);
                archive(binding.slot);
                archive.require(archive.ok() &&
                                binding.slot < binding.listener.state().slot_count());
            });
        });
        if constexpr (requires { it.take_series(all); }) {
            archive.require(archive.ok() && it.take_series(all));
        }
    }

private:
    struct Binding {
        std::uint32_t listener = 0;  // its place in listeners_
        std::uint32_t slot = 0;
    };
    struct Series {
        const SeriesName* name;  // the key of by_name_
        SeriesId id;
        std::vector<Binding> bindings;
    };
    struct SavedBinding {
        Listener listener;
        std::size_t slot = 0;
    };
    struct SavedSeries {
        SeriesName name;
        SeriesId id = 0;
        bool has_id = false;  // another series has not been given the same id since
        std::vector<SavedBinding> bindings;
    };
    struct ByText {
        bool operator()(const SeriesName& a, const SeriesName& b) const;
    };

    void bind(Series& series, std::uint32_t listener);
    template <class Mine>
    void remove_if(const Mine& is_mine);
    [[nodiscard]] std::vector<SavedSeries> saved_series() const;
    // False when two have one name, or one id, or when one is bound to who does not listen.
    bool take_series(std::vector<SavedSeries>& all);
    [[nodiscard]] bool plan(const std::vector<SampleValue>& values);

    std::vector<Series> series_;
    std::map<SeriesName, std::uint32_t, ByText> by_name_;
    SeriesIndex by_id_;
    std::vector<Listener> listeners_;
    std::vector<Listener> touched_;

    // How the values of a collection reach who listens. Made of the above, for the ids of the
    // collection that was expected last; empty when any of the above has changed since.
    std::vector<SeriesId> planned_;
    std::vector<Feed> feeds_;                  // those of one listener after those of another
    std::vector<std::uint32_t> feeds_before_;  // by listener, and the number of all at the end
};

}  // namespace primum::core

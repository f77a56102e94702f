// SPDX-License-Identifier: MIT
#include "daemon/notice/page_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace primum::notice {

void PageQueue::restore(const std::vector<Row>& rows, const RestoredState& state, WallTime now) {
    for (const auto& row : rows) {
        auto page = page_of(row);
        if (!page) {
            continue;
        }
        last_ = std::max(last_, page->number);
        if (page->kind == NoticeKind::resolved) {
            open_.erase(page->incident);
        } else if (page->incident != 0 && !page->only_counted) {
            open_.insert(page->incident);
        }
        if (!program_ && !page->done) {
            page->done = true;
            changed_.insert(row.key);
        }
        pages_.insert_or_assign(page->number, std::move(*page));
    }
    std::map<std::uint64_t, IncidentRecord> known;
    for (const auto& restored : state.incidents) {
        known[restored.incident.id] = restored.incident;
    }
    const auto paged = open_;
    for (const auto id : paged) {
        // One that the ledger gives back no more was closed long ago.
        IncidentRecord incident = known[id];
        incident.open = incident.id != 0 && incident.open;
        incident.id = id;
        observe(incident, now);
    }
}

void PageQueue::add(const Notify& page, std::string unit, WallTime now) {
    Page added;
    added.kind = kind_of(page.kind);
    added.incident = page.incident;
    added.target = page.target;
    added.unit = std::move(unit);
    added.level = page.level;
    added.reason = page.reason.substr(0, max_text_bytes);
    added.text = page.text.substr(0, max_text_bytes);
    added.at = now;
    added.done = !program_;
    added.only_counted = !program_;
    if (page.incident != 0 && program_) {
        open_.insert(page.incident);
    }
    push(std::move(added));
}

void PageQueue::observe(const IncidentRecord& incident, WallTime now) {
    if (incident.open || open_.erase(incident.id) == 0) {
        return;
    }
    const auto first = std::find_if(pages_.begin(), pages_.end(), [&](const auto& entry) {
        return entry.second.incident == incident.id && entry.second.kind != NoticeKind::resolved;
    });
    if (!program_ || first == pages_.end()) {
        return;
    }
    Page end;
    end.kind = NoticeKind::resolved;
    end.incident = incident.id;
    end.target = first->second.target;
    end.unit = first->second.unit;
    end.reason = incident.reason.substr(0, max_text_bytes);
    end.text = fmt::format("{}: incident {} is over{}{}",
                           end.target,
                           incident.id,
                           end.reason.empty() ? "" : ": ",
                           end.reason);
    end.at = now;
    push(std::move(end));
}

void PageQueue::push(Page page) {
    page.number = ++last_;
    changed_.insert(key_of(page));
    pages_.insert_or_assign(page.number, std::move(page));
    make_room();
}

const Page* PageQueue::front() const {
    const auto found = std::find_if(
        pages_.begin(), pages_.end(), [](const auto& entry) { return !entry.second.done; });
    return found == pages_.end() ? nullptr : &found->second;
}

void PageQueue::delivered(std::uint64_t number) {
    if (const auto found = pages_.find(number); found != pages_.end()) {
        found->second.done = true;
        changed_.insert(key_of(found->second));
    }
}

bool PageQueue::failed(std::uint64_t number) {
    const auto found = pages_.find(number);
    if (found == pages_.end()) {
        return false;
    }
    auto& page = found->second;
    page.done = ++page.tries >= max_page_tries;
    changed_.insert(key_of(page));
    return page.done;
}

void PageQueue::tidy(WallTime now) {
    std::vector<std::uint64_t> old;
    for (const auto& [number, page] : pages_) {
        if (page.done && !open_.contains(page.incident) && page.at + pages_known <= now) {
            old.push_back(number);
        }
    }
    for (const auto number : old) {
        drop(number);
    }
}

void PageQueue::drop(std::uint64_t number) {
    const auto found = pages_.find(number);
    changed_.insert(key_of(found->second));
    if (!found->second.done) {
        dropped_.push_back(found->second);
    }
    pages_.erase(found);
}

bool PageQueue::is_paged(std::uint64_t incident) const {
    return std::any_of(pages_.begin(), pages_.end(), [&](const auto& entry) {
        return entry.second.incident == incident && entry.second.kind != NoticeKind::resolved;
    });
}

void PageQueue::make_room() {
    if (waiting() > max_waiting_pages) {
        const Page* victim = nullptr;
        for (const auto& [number, page] : pages_) {
            if (!page.done && page.kind != NoticeKind::resolved &&
                (victim == nullptr ||
                 facts_of(page.kind).gravity < facts_of(victim->kind).gravity)) {
                victim = &page;
            }
        }
        const auto number = victim != nullptr ? victim->number : front()->number;
        const auto incident = pages_.at(number).incident;
        drop(number);
        if (incident != 0 && !is_paged(incident)) {
            open_.erase(incident);
            for (auto at = pages_.begin(); at != pages_.end();) {
                const auto next = std::next(at);
                if (at->second.incident == incident) {
                    drop(at->first);
                }
                at = next;
            }
        }
    }
    while (pages_.size() > max_known_pages) {
        const auto done = std::find_if(
            pages_.begin(), pages_.end(), [](const auto& entry) { return entry.second.done; });
        drop(done->first);
    }
}

std::size_t PageQueue::waiting() const {
    return static_cast<std::size_t>(std::count_if(
        pages_.begin(), pages_.end(), [](const auto& entry) { return !entry.second.done; }));
}

std::optional<WallTime> PageQueue::waiting_since() const {
    const auto* first = front();
    return first == nullptr ? std::nullopt : std::optional{first->at};
}

std::vector<WallTime> PageQueue::lately(WallTime now) const {
    std::vector<WallTime> times;
    for (const auto& [number, page] : pages_) {
        if (page.kind != NoticeKind::resolved && page.at <= now && page.at + pages_known > now) {
            times.push_back(page.at);
        }
    }
    return times;
}

std::vector<Row> PageQueue::take_rows() {
    std::vector<Row> rows;
    for (const auto& key : std::exchange(changed_, {})) {
        std::uint64_t number = 0;
        const auto at = key.rfind('/') + 1;
        std::from_chars(key.data() + at, key.data() + key.size(), number);
        const auto found = pages_.find(number);
        rows.push_back(found == pages_.end() ? Row{key, {}} : kept(found->second));
    }
    return rows;
}

}  // namespace primum::notice

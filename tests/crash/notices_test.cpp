// SPDX-License-Identifier: MIT
// Death between the intent to tell somebody and the telling, and after it: nothing is lost, and
// nothing is told to Alertmanager as if it were something else.
#include "daemon/notice/alert_book.hpp"
#include "daemon/notice/page_queue.hpp"
#include "fault_vfs.hpp"
#include "ledger_dump.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <map>
#include <sstream>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace primum::ledger {
namespace {

using notice::AlertBook;
using notice::PageQueue;
using testing::ElementsAre;

constexpr std::int64_t minute_us = 60 * second_us;

// What happens, and when.
struct Happening {
    std::int64_t at = 0;
    std::vector<Effect> effects;
};

IncidentRecord as_of(IncidentRecord record, std::int64_t at) {
    record.updated = stamp(at);
    return record;
}

// One incident that is exhausted and closed; one that comes and goes at once; a breaker.
std::vector<Happening> story() {
    const auto exhausted_bit = 1U << static_cast<unsigned>(PageKind::exhausted);
    IncidentRecord ill = incident(1, minute_us);
    IncidentRecord lost = ill;
    lost.phase = Phase::exhausted;
    lost.paged = exhausted_bit;
    IncidentRecord well = lost;
    well.open = false;
    well.phase = Phase::steady;
    well.closed = stamp(4 * minute_us);
    BreakerRecord tripped;
    tripped.tripped = true;
    tripped.at = stamp(3 * minute_us);
    BreakerRecord reset = tripped;
    reset.tripped = false;
    reset.at = stamp(6 * minute_us);
    IncidentRecord brief = closed_incident(2, 5 * minute_us, 5 * minute_us + 1);
    IncidentRecord opened = incident(2, 5 * minute_us);
    const Notify page{
        PageKind::exhausted, 1, "gateway", Level::fallback, "ladder_spent", "nothing left"};
    return {
        {minute_us, {RecordEffect{ill}}},
        {2 * minute_us, {page, RecordEffect{as_of(lost, 2 * minute_us)}}},
        {3 * minute_us, {RecordEffect{tripped}, RecordEffect{as_of(lost, 3 * minute_us)}}},
        {4 * minute_us, {RecordEffect{as_of(well, 4 * minute_us)}}},
        {5 * minute_us, {RecordEffect{opened}}},
        {5 * minute_us + 1, {RecordEffect{brief}}},
        {6 * minute_us, {RecordEffect{reset}, RecordEffect{as_of(brief, 6 * minute_us)}}},
    };
}

// A process that tells people by writing lines to a pipe: an accepted POST, a run that ended well.
class Life {
public:
    Life(const std::string& path, const char* vfs, int out)
        : store_(Store::open(crash_options(path, vfs))), out_(out) {}

    // 0, or where it broke.
    int live() {
        if (!store_) {
            return 1;
        }
        const auto rows = store_->notices();
        const auto state = store_->restore(stamp(0), true);
        if (!rows || !state) {
            return 2;
        }
        std::int64_t known = -1;  // what the ledger knows of has happened
        for (const auto& restored : state->incidents) {
            known = std::max(known, to_us(restored.incident.updated.t));
        }
        now_ = stamp(std::max<std::int64_t>(known, 0));
        std::vector<notice::Row> kept;
        for (const auto& row : *rows) {
            kept.push_back({row.key, row.body});
        }
        book_.restore(kept, *state, now_);
        queue_.restore(kept, *state, now_.wall);
        if (!keep({}) || !tell()) {
            return 3;
        }
        for (const auto& happening : story()) {
            if (happening.at > known && !(happens(happening) && tell())) {
                return 4;
            }
        }
        // Until there is nothing to tell but that it lives.
        for (int minute = 0; minute < 12; ++minute) {
            now_ = {now_.t + Duration{minute_us}, now_.wall + Duration{minute_us}};
            if (!tell()) {
                return 5;
            }
        }
        return 0;
    }

private:
    bool keep(const std::vector<Record>& records) {
        std::vector<KeptNotice> rows;
        for (auto& row : book_.take_rows()) {
            rows.push_back({row.key, row.body});
        }
        for (auto& row : queue_.take_rows()) {
            rows.push_back({row.key, row.body});
        }
        return (records.empty() && rows.empty()) || store_->append(records, rows).has_value();
    }
    bool happens(const Happening& happening) {
        now_ = stamp(happening.at);
        std::vector<Record> records;
        for (const auto& effect : happening.effects) {
            book_.observe(effect, now_);
            if (const auto* page = std::get_if<Notify>(&effect)) {
                queue_.add(*page, {}, now_.wall);
            } else if (const auto* made = std::get_if<RecordEffect>(&effect)) {
                records.push_back(made->record);
                if (const auto* it = std::get_if<IncidentRecord>(&made->record)) {
                    queue_.observe(*it, now_.wall);
                }
            }
        }
        return keep(records);
    }
    bool say(const std::string& line) const {
        return write(out_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    }
    bool tell() {
        const auto sendings = book_.due(now_.t, 100);
        for (const auto& one : sendings) {
            if (!say((one.ending ? "- " : "+ ") + one.key + ' ' +
                     std::to_string(to_us(one.alert.starts)) + '\n')) {
                return false;
            }
        }
        book_.accepted(sendings, now_);
        if (!keep({})) {
            return false;
        }
        while (const auto* page = queue_.front()) {
            if (!say("page " + std::string{name_of(page->kind)} + ' ' +
                     std::to_string(page->incident) + '\n')) {
                return false;
            }
            queue_.delivered(page->number);
            if (!keep({})) {
                return false;
            }
        }
        return true;
    }

    LedgerResult<Store> store_;
    int out_;
    Stamp now_;
    AlertBook book_{notice::AlertTimes{}, [](const std::string& t) { return t + ".service"; }};
    PageQueue queue_{true};
};

// Lives once in a process of its own; gives its exit status, and adds what it told to `told`.
int live(const std::string& path, const fault::Plan& plan, std::string& told, std::int64_t* count) {
    std::array<int, 2> ends{};
    PRIMUM_CHECK(pipe(ends.data()) == 0);
    const pid_t child = fork();
    PRIMUM_CHECK(child >= 0);
    if (child == 0) {
        fault::set_plan(plan);
        int status = 0;
        {
            Life life{path, fault::vfs_name, ends[1]};
            status = life.live();
        }
        const auto line = "operations " + std::to_string(fault::operations()) + '\n';
        static_cast<void>(write(ends[1], line.data(), line.size()));
        _exit(status);
    }
    close(ends[1]);
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t n = 0; (n = read(ends[0], part.data(), part.size())) > 0;) {
        text.append(part.data(), static_cast<std::size_t>(n));
    }
    close(ends[0]);
    if (const auto at = text.find("operations "); at != std::string::npos) {
        if (count != nullptr) {
            *count = std::stoll(text.substr(at + 11));
        }
        text.resize(at);
    }
    told += text;
    int status = 0;
    PRIMUM_CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1'000 + WTERMSIG(status);
}

// What people know in the end: of each alert what was said, repetitions left out; and the pages in
// the order in which each first came.
struct Known {
    std::map<std::string, std::string> alerts;
    std::vector<std::string> pages;
};

Known known_from(const std::string& told) {
    Known known;
    std::istringstream lines{told};
    std::map<std::string, std::string> starts;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("page ")) {
            if (std::find(known.pages.begin(), known.pages.end(), line) == known.pages.end()) {
                known.pages.push_back(line);
            }
            continue;
        }
        const auto space = line.find(' ', 2);
        const auto key = line.substr(2, space - 2);
        const auto& start = starts.try_emplace(key, line.substr(space)).first->second;
        EXPECT_EQ(start, line.substr(space)) << key << " has begun twice";
        auto& said = known.alerts[key];
        if (said.empty() || said.back() != line.front()) {
            said += line.front();
        }
    }
    return known;
}

void expect_all_told(const std::string& told) {
    const auto known = known_from(told);
    const std::map<std::string, std::string> wanted{{"alert/heartbeat/", "+"},
                                                    {"alert/incident/1", "+-"},
                                                    {"alert/exhausted/1", "+-"},
                                                    {"alert/breaker/", "+-"},
                                                    {"alert/incident/2", "+-"}};
    EXPECT_EQ(known.alerts, wanted) << told;
    EXPECT_THAT(known.pages, ElementsAre("page exhausted 1", "page resolved 1")) << told;
}

class NoticesCrashTest : public testing::TestWithParam<fault::Death> {};

TEST_P(NoticesCrashTest, NothingIsLostByDeathAtAnyOperationAndNothingIsDoubled) {
    Scratch scratch;
    std::int64_t operations = 0;
    std::string told;
    ASSERT_EQ(live(scratch.fresh(), {}, told, &operations), 0);
    expect_all_told(told);
    ASSERT_GT(operations, 50);
    for (std::int64_t at = 1; at <= operations && !HasFailure(); ++at) {
        SCOPED_TRACE(fmt::format("death at operation {} of {}", at, operations));
        const std::string path = scratch.fresh();
        told.clear();
        ASSERT_EQ(live(path, {at, GetParam(), 0, false}, told, nullptr), fault::death_status);
        ASSERT_EQ(live(path, {}, told, nullptr), 0);
        expect_all_told(told);
    }
}

std::string name_of_notices_death(const testing::TestParamInfo<fault::Death>& death) {
    constexpr std::array<const char*, 4> names{"none", "killed", "power_loss", "torn"};
    return names.at(static_cast<std::size_t>(death.param));
}

INSTANTIATE_TEST_SUITE_P(Deaths,
                         NoticesCrashTest,
                         testing::Values(fault::Death::killed,
                                         fault::Death::power_loss,
                                         fault::Death::torn),
                         name_of_notices_death);

}  // namespace
}  // namespace primum::ledger

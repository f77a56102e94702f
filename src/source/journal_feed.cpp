// SPDX-License-Identifier: MIT
#include "source/journal_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

namespace primum::source {
namespace {

// More fields than journald takes in one entry (ENTRY_FIELD_COUNT_MAX).
constexpr int fields_of_an_entry = 1'100;

struct Close {
    void operator()(sd_journal* journal) const { ::sd_journal_close(journal); }
};

std::string text_of(int error) {
    std::array<char, 128> buffer{};
    return strerror_r(std::abs(error), buffer.data(), buffer.size());
}

JournalTrouble trouble_of(int error, std::string_view what) {
    const bool denied = error == -EACCES || error == -EPERM;
    return {denied ? SourceFailure::denied : SourceFailure::other,
            fmt::format("{}: {}", what, text_of(error))};
}

// sd-journal passes over files that it may not read without a word.
std::optional<JournalTrouble> cannot_read() {
    sd_id128_t machine{};
    if (::sd_id128_get_machine(&machine) < 0) {
        return JournalTrouble{SourceFailure::missing, "this host has no machine id"};
    }
    std::array<char, SD_ID128_STRING_MAX> id{};
    bool there = false;
    for (const std::string_view root : {"/run/log/journal/", "/var/log/journal/"}) {
        const auto path =
            fmt::format("{}{}/system.journal", root, ::sd_id128_to_string(machine, id.data()));
        if (::access(path.c_str(), R_OK) == 0) {
            there = true;
        } else if (errno == EACCES) {
            return JournalTrouble{
                SourceFailure::denied,
                path + " may not be read: the user needs the group systemd-journal"};
        }
    }
    return there ? std::nullopt
                 : std::optional{
                       JournalTrouble{SourceFailure::missing, "there is no journal on this host"}};
}

class HostJournal final : public JournalFeed {
public:
    std::optional<JournalTrouble> open(const std::vector<JournalCount>& counts) override;
    void close() override {
        journal_.reset();
        fd_ = -1;
    }
    [[nodiscard]] int fd() const override { return fd_; }
    void changed() override { ::sd_journal_process(journal_.get()); }
    Read next(const std::function<void(std::string_view)>& field) override;

private:
    int stand_at_end();
    int match(const std::vector<JournalCount>& counts);
    [[nodiscard]] bool is_new(std::uint64_t us, const sd_id128_t& boot) const;

    std::unique_ptr<sd_journal, Close> journal_;
    int fd_ = -1;
    std::string end_;             // cursor of the last entry at the time of opening
    std::uint64_t since_us_ = 0;  // when it was received
    sd_id128_t end_boot_{};       // in which boot
    sd_id128_t boot_{};           // this one, as far as this process sees it
};

std::optional<JournalTrouble> HostJournal::open(const std::vector<JournalCount>& counts) {
    close();
    if (auto trouble = cannot_read()) {
        return trouble;
    }
    sd_journal* journal = nullptr;
    int error = ::sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY);
    if (error < 0) {
        return trouble_of(error, "the journal cannot be opened");
    }
    journal_.reset(journal);
    // At once: from here on nothing that is written goes unnoticed.
    fd_ = ::sd_journal_get_fd(journal);
    error = std::min({fd_, ::sd_id128_get_boot(&boot_), stand_at_end(), match(counts)});
    if (error >= 0 && !end_.empty()) {
        error = ::sd_journal_seek_cursor(journal, end_.c_str());
    } else if (error >= 0) {
        error = ::sd_journal_seek_head(journal);
    }
    if (error < 0) {
        close();
        return trouble_of(error, "the end of the journal cannot be found");
    }
    return std::nullopt;
}

// Without matches: the last entry that matches may be far back, and a tail with none before it is
// a place that sd-journal does not find forward from.
int HostJournal::stand_at_end() {
    end_.clear();
    since_us_ = 0;
    int got = ::sd_journal_seek_tail(journal_.get());
    if (got >= 0) {
        got = ::sd_journal_previous(journal_.get());
    }
    if (got <= 0) {
        return got;
    }
    char* cursor = nullptr;
    got = ::sd_journal_get_cursor(journal_.get(), &cursor);
    if (got < 0) {
        return got;
    }
    end_ = cursor;
    std::free(cursor);  // NOLINT(*-no-malloc): sd-journal's
    got = ::sd_journal_get_monotonic_usec(journal_.get(), &since_us_, &end_boot_);
    return got;
}

// Fields are joined by "and", values of one field by "or", counts by "or".
int HostJournal::match(const std::vector<JournalCount>& counts) {
    std::size_t longest = 0;
    for (const auto& count : counts) {
        for (const auto& [field, values] : count.match) {
            for (const auto& value : values) {
                const auto text = field + "=" + value;
                longest = std::max(longest, text.size());
                const int error = ::sd_journal_add_match(journal_.get(), text.data(), text.size());
                if (error < 0) {
                    return error;
                }
            }
        }
        const int error = ::sd_journal_add_disjunction(journal_.get());
        if (error < 0) {
            return error;
        }
    }
    // One byte more, so that what is cut is never taken for what was asked for.
    return ::sd_journal_set_data_threshold(journal_.get(), longest + 1);
}

// A second look, should a place be lost: nothing from before the opening counts. The boot is
// compared with the journal's own first: in a container /proc may tell of another.
bool HostJournal::is_new(std::uint64_t us, const sd_id128_t& boot) const {
    if (end_.empty()) {
        return true;
    }
    if (::sd_id128_equal(boot, end_boot_) == 0) {
        return ::sd_id128_equal(boot, boot_) != 0;
    }
    return us >= since_us_ && ::sd_journal_test_cursor(journal_.get(), end_.c_str()) <= 0;
}

JournalFeed::Read HostJournal::next(const std::function<void(std::string_view)>& field) {
    const int got = ::sd_journal_next(journal_.get());
    if (got < 0) {
        return {Step::trouble, {}, "the journal cannot be read: " + text_of(got)};
    }
    if (got == 0) {
        return {};
    }
    sd_id128_t boot{};
    std::uint64_t us = 0;
    const int dated = ::sd_journal_get_monotonic_usec(journal_.get(), &us, &boot);
    Read read{Step::entry, instant_from_us(static_cast<std::int64_t>(us)), {}};
    if (dated < 0 || !is_new(us, boot)) {
        return read;  // without a field: nobody counts it
    }
    const void* data = nullptr;
    std::size_t size = 0;
    ::sd_journal_restart_data(journal_.get());
    for (int i = 0; i < fields_of_an_entry &&
                    ::sd_journal_enumerate_available_data(journal_.get(), &data, &size) > 0;
         ++i) {
        field({static_cast<const char*>(data), size});
    }
    return read;
}

}  // namespace

std::unique_ptr<JournalFeed> make_host_journal() {
    return std::make_unique<HostJournal>();
}

}  // namespace primum::source

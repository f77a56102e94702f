// SPDX-License-Identifier: MIT
#include "rules/promotion.hpp"

#include "rules/digest.hpp"

#include <primum/names.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace primum::rules {
namespace {

constexpr std::array acting{Level::retry, Level::failover, Level::restart, Level::fallback};
constexpr std::size_t digest_digits = 64;

bool is_digest(std::string_view text) {
    return text.size() == digest_digits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::optional<Promotion> read_promotion(Section& one) {
    Promotion promotion;
    const Member* digest = one.find("digest");
    if (digest == nullptr) {
        one.fail_here(
            "a promotion needs the digest of what was promoted; write it by primumctl "
            "promote");
    } else if (one.read("digest", promotion.digest) && !is_digest(promotion.digest)) {
        one.fail_at(*digest, "a digest is 64 lower-case hex digits; write it by primumctl promote");
    }
    std::string until;
    if (one.read("until", until)) {
        if (const auto end = parse_utc(until)) {
            promotion.until = *end;
        } else {
            one.fail_at(*one.find("until"),
                        "a time in UTC is expected, like \"2026-12-31T00:00:00Z\"");
        }
    }
    one.refuse_unknown_keys();
    return promotion;
}

void read_share(TargetRule& target, Section& section) {
    std::string text;
    if (!section.read("enforce_share", text)) {
        return;
    }
    if (const auto share = parse_share(text)) {
        target.enforce_share = *share;
    } else {
        section.fail_at(*section.find("enforce_share"), "a share of hosts is 0% to 100%");
    }
}

// Why `level` may not be enforced; empty where it may.
std::string mistake_in(const TargetRule& target, Level level) {
    const auto& promotion = target.promoted[index_of(level)];
    if (!promotion) {
        return fmt::format("{} is not promoted", name_of(level));
    }
    return promotion->digest == target.level_digests[index_of(level)]
               ? std::string{}
               : fmt::format("{} has changed since it was promoted", name_of(level));
}

template <class T>
bool take_number(std::string_view text, T from, T to, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && out >= from && out <= to;
}

}  // namespace

void read_promotions(TargetRule& target, Section& section) {
    read_share(target, section);
    auto table = section.table("promoted");
    if (!table) {
        return;
    }
    for (const Level level : acting) {
        if (auto one = table->table(name_of(level))) {
            target.promoted[index_of(level)] = read_promotion(*one);
        }
    }
    table->refuse_unknown_keys();
}

bool is_left_over(const Node& target) {
    return target.kind == Node::Kind::table && find_member(target, "promoted") != nullptr &&
           std::all_of(target.members.begin(), target.members.end(), [](const Member& member) {
               return member.key == "promoted" || member.key == "mode" ||
                      member.key == "enforce_up_to";
           });
}

void settle_promotions(TargetRule& target, bool required) {
    const bool any = std::any_of(target.promoted.begin(),
                                 target.promoted.end(),
                                 [](const auto& each) { return each.has_value(); });
    if (!any && !required) {
        return;
    }
    WallTime until;  // of the levels below, and so of those above them
    for (const Level level : acting) {
        if (target.rungs[index_of(level)].remedies.empty()) {
            continue;
        }
        if (const std::string why = mistake_in(target, level); !why.empty()) {
            if (target.mode == Mode::enforce && level <= target.enforce_up_to) {
                target.held_back = why;
                const bool is_first = std::all_of(acting.begin(), acting.end(), [&](Level each) {
                    return each >= level || target.rungs[index_of(each)].remedies.empty();
                });
                target.mode = is_first ? Mode::dry_run : Mode::enforce;
                target.enforce_up_to = static_cast<Level>(index_of(level) - 1);
            }
            return;
        }
        WallTime& end = target.promoted[index_of(level)]->until;
        if (until != WallTime{} && (end == WallTime{} || until < end)) {
            end = until;
        }
        until = end;
    }
}

void settle_share(TargetRule& target, std::string_view machine) {
    target.in_share = is_in_share(machine, target.enforce_share);
    if (!target.in_share && target.mode == Mode::enforce) {
        target.held_back += target.held_back.empty() ? "" : "; ";
        target.held_back += fmt::format("{} in the {} of hosts",
                                        machine.empty() ? "not known to be" : "not",
                                        format_share(target.enforce_share));
    }
}

bool is_in_share(std::string_view machine, double share) {
    if (share >= 1) {
        return true;
    }
    if (machine.empty()) {
        return false;
    }
    const std::string digest = sha256_hex(machine);
    constexpr std::size_t digits = 16;  // of eight bytes
    std::uint64_t place = 0;
    std::from_chars(digest.data(), digest.data() + digits, place, 16);
    return std::ldexp(static_cast<double>(place), -64) < share;
}

std::optional<double> parse_share(std::string_view text) {
    double percent = 0;
    if (!text.ends_with('%') ||
        !take_number(text.substr(0, text.size() - 1), 0.0, 100.0, percent)) {
        return std::nullopt;
    }
    return percent / 100;
}

std::string format_share(double share) {
    return fmt::format("{:.6g}%", share * 100);
}

std::optional<WallTime> parse_utc(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
    const auto fits = [](char is, char wanted) {
        return wanted == 'd' ? is >= '0' && is <= '9' : is == wanted;
    };
    if (text.size() != form.size() || !std::equal(text.begin(), text.end(), form.begin(), fits)) {
        return std::nullopt;
    }
    const auto part = [&](std::size_t from, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + from, text.data() + from + size, value);
        return value;
    };
    const std::chrono::year_month_day day{std::chrono::year{part(0, 4)},
                                          std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(part(8, 2)))};
    if (!day.ok() || day.year() < std::chrono::year{1970} || part(11, 2) > 23 || part(14, 2) > 59 ||
        part(17, 2) > 59) {
        return std::nullopt;
    }
    return WallTime{std::chrono::sys_days{day}.time_since_epoch() +
                    std::chrono::hours{part(11, 2)} + std::chrono::minutes{part(14, 2)} +
                    std::chrono::seconds{part(17, 2)}};
}

std::string format_utc(WallTime time) {
    return fmt::format(
        "{:%Y-%m-%dT%H:%M:%SZ}",
        fmt::gmtime(
            std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count()));
}

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// What a bundle of an incident holds (docs/incident-bundle.md), written and checked.
namespace primum::ctl {

inline constexpr const char* bundle_schema = "primum-incident/1";

// A part of this host's recordings, copied: whole segments from their beginning, the last one up
// to the last event that is asked for.
struct Slice {
    std::vector<std::string> files;
    std::optional<WallTime> from;  // of the first event; none: there is no recording of it
    bool from_state = false;       // begins in the middle of a run
    WallTime to;                   // of the last event
    bool reaches_end = false;      // an event at or after the end that was asked for is in it
    bool cut = false;              // it would have been too large
    std::string rules;             // in force at its end
};

// What is asked of a slice.
struct SliceOrder {
    std::filesystem::path recordings;
    std::filesystem::path into;  // a directory that is there
    WallTime from;
    WallTime to;
    std::uint64_t max_bytes = std::uint64_t{256} << 20U;  // unpacked
};

[[nodiscard]] Result<Slice, std::string> cut_slice(const SliceOrder& order);

// The decisions of one incident that the recordings in a directory give when they are replayed, one
// canonical line each.
[[nodiscard]] Result<std::vector<std::string>, std::string> replayed_decisions(
    const std::filesystem::path& recordings, std::uint64_t incident, WallTime to);

// The first place where two rows of decisions differ; nullopt: they are the same.
struct FirstDifference {
    std::size_t number = 0;  // from 1
    std::string recorded;    // empty: there is none
    std::string replayed;
};
[[nodiscard]] std::optional<FirstDifference> first_difference(
    const std::vector<std::string>& recorded, const std::vector<std::string>& replayed);

// `replay BUNDLE`: makes the decisions again and compares them with those on record. With other
// rules (--rules, --against) `command` is replayed on the bundle's recording instead.
[[nodiscard]] Exit replay_bundle(const Command& command, Surroundings& world);

}  // namespace primum::ctl

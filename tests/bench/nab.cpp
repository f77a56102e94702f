// SPDX-License-Identifier: MIT
// The Numenta Anomaly Benchmark with the baselines of primum: see tests/bench/nab, which feeds it.
// Standard input, for each file: "file NAME ROWS WINDOWS", a line "FIRST LAST" for each window (row
// numbers), a line "SECONDS VALUE" for each row. Prints one JSON object.
#include "nab_detector.hpp"
#include "nab_score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <optional>

namespace primum::bench {
namespace {

std::optional<std::vector<LabelledFile>> read_files(std::istream& input) {
    std::vector<LabelledFile> files;
    std::string word;
    while (input >> word) {
        LabelledFile file;
        std::size_t rows = 0;
        std::size_t windows = 0;
        if (word != "file" || !(input >> file.name >> rows >> windows)) {
            return std::nullopt;
        }
        file.windows.resize(windows);
        for (Window& window : file.windows) {
            input >> window.first >> window.last;
        }
        file.rows.resize(rows);
        for (Row& row : file.rows) {
            input >> row.seconds >> row.value;
        }
        files.push_back(std::move(file));
    }
    return input.eof() && !files.empty() ? std::optional{std::move(files)} : std::nullopt;
}

struct Detection {
    std::vector<std::vector<double>> anomalies;
    double nanoseconds_per_sample = 0;
    std::size_t bytes_per_series = 0;
};

Detection detect(const std::vector<LabelledFile>& files) {
    Detection detection;
    std::size_t rows = 0;
    const auto started = std::chrono::steady_clock::now();
    for (const LabelledFile& file : files) {
        Detector detector;
        std::vector<double>& scores = detection.anomalies.emplace_back();
        scores.reserve(file.rows.size());
        for (const Row& row : file.rows) {
            scores.push_back(detector.score(row));
        }
        rows += file.rows.size();
        detection.bytes_per_series = std::max(detection.bytes_per_series, detector.size_bytes());
    }
    const std::chrono::duration<double, std::nano> took =
        std::chrono::steady_clock::now() - started;
    detection.nanoseconds_per_sample = took.count() / static_cast<double>(rows);
    return detection;
}

std::string categories(const std::vector<LabelledFile>& files,
                       const Scored& scored,
                       const Profile& profile) {
    std::map<std::string, std::pair<double, std::size_t>> sums;
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto& [sum, windows] = sums[files[i].category()];
        sum += scored.of_files[i];
        windows += files[i].windows.size();
    }
    std::string text;
    for (const auto& [name, total] : sums) {
        text += fmt::format("{}\"{}\":{:.2f}",
                            text.empty() ? "" : ",",
                            name,
                            normalised(total.first, total.second, profile));
    }
    return '{' + text + '}';
}

std::string scores(const std::vector<LabelledFile>& files, const Detection& detection) {
    std::string text;
    for (const Profile& profile : {standard_profile(), reward_low_fp_profile()}) {
        const Scored scored = best_of(files, detection.anomalies, profile);
        text += fmt::format(R"({}"{}":{{"score":{:.2f},"threshold":{:.4f},"categories":{}}})",
                            text.empty() ? "" : ",",
                            profile.name,
                            scored.score,
                            scored.threshold,
                            categories(files, scored, profile));
    }
    return text;
}

}  // namespace
}  // namespace primum::bench

int main() {
    using namespace primum::bench;
    const auto files = read_files(std::cin);
    if (!files) {
        std::cerr << "nab: standard input is not what tests/bench/nab gives\n";
        return 1;
    }
    const Detection detection = detect(*files);
    std::cout << fmt::format(R"({{"files":{},"ns_per_sample":{:.0f},"bytes_per_series":{},{}}})",
                             files->size(),
                             detection.nanoseconds_per_sample,
                             detection.bytes_per_series,
                             scores(*files, detection))
              << '\n';
    return 0;
}

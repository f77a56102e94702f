// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// The Numenta Anomaly Benchmark: its files, and its published scoring (Lavin and Ahmad 2015,
// "Evaluating Real-time Anomaly Detection Algorithms - the Numenta Anomaly Benchmark"; where the
// paper is silent, nab/scorer.py and nab/sweeper.py of NAB 1.1).
namespace primum::bench {

// Rows from first to last, both included.
struct Window {
    std::size_t first = 0;
    std::size_t last = 0;
};

struct Row {
    std::int64_t seconds = 0;  // since the Unix epoch
    double value = 0;
};

struct LabelledFile {
    std::string name;  // category/file
    std::vector<Row> rows;
    std::vector<Window> windows;  // in their order

    [[nodiscard]] std::string category() const { return name.substr(0, name.find('/')); }
    // Rows at the beginning that are for learning only: 15 % of the file, of at most 5,000 rows.
    [[nodiscard]] std::size_t probation() const;
};

// What detections, misses and false alarms weigh.
struct Profile {
    std::string name;
    double true_positive = 1;
    double false_positive = 0.11;
    double false_negative = 1;
};
[[nodiscard]] Profile standard_profile();
[[nodiscard]] Profile reward_low_fp_profile();

// The value of a detection at a place relative to a window's end: -1 is its begin, 0 its end, more
// is behind it.
[[nodiscard]] double scaled_sigmoid(double place);

// The score of one file at a threshold: of each window its first detection counts by how early it
// is, a window without one costs, and so does every detection outside, more the further it is from
// the window before.
[[nodiscard]] double score_of(const LabelledFile& file,
                              const std::vector<double>& anomaly,
                              double threshold,
                              const Profile& profile);

// 0 for a detector that detects nothing, 100 for a perfect one. Without a window nothing is to be
// won: then it is what was lost, a window being worth 100.
[[nodiscard]] double normalised(double score, std::size_t windows, const Profile& profile);

struct Scored {
    double threshold = 0;
    double score = 0;              // normalised
    std::vector<double> of_files;  // as score_of gives it
};

// The one threshold over all files that scores best, and what it scores.
[[nodiscard]] Scored best_of(const std::vector<LabelledFile>& files,
                             const std::vector<std::vector<double>>& anomalies,
                             const Profile& profile);

}  // namespace primum::bench

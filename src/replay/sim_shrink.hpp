// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace primum::replay {

// The smallest part of `items`, in their order, that still fails, as far as `tries` calls of
// `fails` find it: Zeller and Hildebrandt's ddmin ("Simplifying and Isolating Failure-Inducing
// Input", TSE 2002). `items` itself must fail. What is given back fails too; with tries to spare,
// no single item of it can be left out.
template <class T, class Fails>
std::vector<T> shrink(std::vector<T> items, std::uint32_t tries, Fails fails) {
    std::size_t parts = 2;
    while (items.size() > 1 && tries > 0) {
        parts = std::min(parts, items.size());
        bool smaller = false;
        for (std::size_t part = 0; part < parts && tries > 0 && !smaller; ++part, --tries) {
            const auto begin = static_cast<std::ptrdiff_t>(items.size() * part / parts);
            const auto end = static_cast<std::ptrdiff_t>(items.size() * (part + 1) / parts);
            std::vector<T> rest(items.begin(), items.begin() + begin);
            rest.insert(rest.end(), items.begin() + end, items.end());
            if (fails(rest)) {
                items = std::move(rest);
                smaller = true;
            }
        }
        if (smaller) {
            parts = std::max<std::size_t>(parts - 1, 2);
        } else if (parts == items.size()) {
            break;
        } else {
            parts *= 2;
        }
    }
    if (items.size() == 1 && tries > 0 && fails(std::vector<T>{})) {
        items.clear();
    }
    return items;
}

}  // namespace primum::replay

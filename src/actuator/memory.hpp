// SPDX-License-Identifier: MIT
#pragma once

namespace primum::actuator {

// Gives back what is not needed while nothing is asked: free heap pages, and the pages of code and
// constants that starting up has touched. What is needed again comes from the page cache.
void give_back_memory();

}  // namespace primum::actuator

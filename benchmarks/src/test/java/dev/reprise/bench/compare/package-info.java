/** That the comparisons compare, and find a side whose output is another. */
@NullMarked
package dev.reprise.bench.compare;

import org.jspecify.annotations.NullMarked;

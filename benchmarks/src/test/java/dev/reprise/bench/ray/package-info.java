/** That the comparisons with Ray compare what they say. */
@NullMarked
package dev.reprise.bench.ray;

import org.jspecify.annotations.NullMarked;

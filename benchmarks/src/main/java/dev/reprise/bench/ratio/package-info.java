/**
 * Measures one way of doing something against another, in turns, and says what the ratio is held
 * to.
 */
@NullMarked
package dev.reprise.bench.ratio;

import org.jspecify.annotations.NullMarked;

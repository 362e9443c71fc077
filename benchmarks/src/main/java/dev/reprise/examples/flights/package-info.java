/**
 * The shipped pipeline {@code flights}: delays of US flights by origin, from monthly Parquet files.
 * Written as a user would.
 *
 * <p>Start with {@link dev.reprise.examples.flights.Flights}.
 */
@NullMarked
package dev.reprise.examples.flights;

import org.jspecify.annotations.NullMarked;

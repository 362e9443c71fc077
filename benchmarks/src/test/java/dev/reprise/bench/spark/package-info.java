/** That the comparisons with Spark compare what they say. */
@NullMarked
package dev.reprise.bench.spark;

import org.jspecify.annotations.NullMarked;

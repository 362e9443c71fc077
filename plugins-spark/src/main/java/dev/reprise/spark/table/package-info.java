/**
 * Tables of the result store as Spark's: written by tasks, a piece each, and read back column by
 * column.
 *
 * <p>Start with {@link dev.reprise.spark.table.StoredTables}.
 */
@NullMarked
package dev.reprise.spark.table;

import org.jspecify.annotations.NullMarked;

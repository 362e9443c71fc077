/** Runs tasks on Spark: the factories a user calls, the dispatcher, what its failures mean. */
@NullMarked
package dev.reprise.spark;

import org.jspecify.annotations.NullMarked;

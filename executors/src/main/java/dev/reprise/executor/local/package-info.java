/**
 * The executor that runs units in the driver's own process.
 *
 * <p>Start with {@link dev.reprise.executor.local.LocalExecutorFactory}.
 */
@NullMarked
package dev.reprise.executor.local;

import org.jspecify.annotations.NullMarked;

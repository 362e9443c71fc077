/**
 * What an engine must do to run attempts: the service provider interface, and the data that passes
 * through it.
 *
 * <p>Start with {@link dev.reprise.executor.TaskExecutor}.
 */
@NullMarked
package dev.reprise.executor;

import org.jspecify.annotations.NullMarked;

/**
 * What every executor must do, as tests that each one extends, and a fake executor for the tests of
 * those who use one.
 *
 * <p>Start with {@link dev.reprise.executor.testing.TaskExecutorContract}.
 */
@NullMarked
package dev.reprise.executor.testing;

import org.jspecify.annotations.NullMarked;
